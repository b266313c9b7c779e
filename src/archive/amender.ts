import { isDeepStrictEqual } from 'node:util'
import type { Logger } from '../log.ts'
import type { RoomJid } from '../model/address.ts'
import type { ArchiveTime } from '../model/archive-time.ts'
import { defined } from '../model/defined.ts'
import { messageOf } from '../model/errors.ts'
import { streamOf } from '../model/event.ts'
import type { ArchivedEvent, Uid } from '../model/event.ts'
import { idsOf, standingOf } from '../model/standing.ts'
import { allReferring } from './all-referring.ts'
import { createFollower } from './follower.ts'
import type { Removals } from './removals.ts'
import { sessionOf } from './session.ts'
import { MAX_REFERRING } from './store.ts'
import type { ArchiveStore, Change, ChangeCursor } from './store.ts'

/**
 * Works out how messages stand: reads the store's changes after a mark of its own in the store, and has corrections,
 * reactions and retractions applied to what they are about, in whatever order both were recorded, by whichever process.
 */
export interface Amender {
  /** Resolves when everything recorded before the call is worked out, or when that failed (see problem). */
  advance (): Promise<void>
  problem (): string | undefined
  /** Lets the present message be finished and starts no other. */
  stop (): Promise<void>
}

export interface AmenderOptions {
  readonly store: Pick<ArchiveStore, 'changes' | 'mark' | 'setMark' | 'getMany' | 'named' | 'referring' | 'revise' | 'page' | 'gaps'>
  readonly removals: Removals
  /** Something stands otherwise than before. */
  readonly onAmended: () => void
  /** What was heard live before may come from another record, in any order. */
  readonly startedAt: ArchiveTime
  /** From when on comings and goings are kept; undefined where all are. */
  readonly presenceKeptSince: (room: RoomJid) => ArchiveTime | undefined
  readonly log: Logger
}

const MARK = 'amender'
const MARK_MS = 5_000
/** Of what is said of one message so much counts, the newest: nobody may keep us busy for ever. */
const MOST_COUNTED = 5_000
/** Corrections of corrections of …: programs that name the form before instead of the first are looked up so far. */
const MAX_DEPTH = 3
/** So many times such a program may correct a message, one less than that and take it back. */
const MAX_WAVES = 25

export function createAmender ({ store, removals, onAmended, startedAt, presenceKeptSince, log }: AmenderOptions): Amender {
  let isKnown = false
  let reached: ChangeCursor | undefined
  let marked: ChangeCursor | undefined
  let markedAt = -Infinity

  const follower = createFollower({
    work: catchUp,
    onFailure: error => { log.error({ err: error }, 'corrections and removals cannot be applied; the next event tries again') },
    onRecovery: () => { log.info('corrections and removals are applied again') }
  })

  async function catchUp (): Promise<void> {
    isKnown = isKnown || await recall()
    for await (const changes of store.changes(reached)) {
      for (const [room, events] of talkByRoom(changes)) await amendAll(room, events)
      const last = changes.at(-1)
      if (follower.isStopped() || last === undefined) return
      reached = last.cursor
      if (performance.now() - markedAt > MARK_MS) await remember()
    }
  }

  async function recall (): Promise<true> {
    marked = reached = await store.mark(MARK)
    return true
  }

  /** Not at once: what is done twice after a crash changes nothing. */
  async function remember (): Promise<void> {
    markedAt = performance.now()
    if (reached === undefined || reached === marked) return
    await store.setMark(MARK, reached)
    marked = reached
  }

  async function amendAll (room: RoomJid, events: readonly ArchivedEvent[]): Promise<void> {
    const concerned = new Map<Uid, ArchivedEvent>()
    for (const event of [...await aboutWhich(room, events), ...await spokenOf(room, events)]) concerned.set(event.uid, event)
    const [corrections, originals] = partition([...concerned.values()], ({ replaces }) => replaces !== undefined)
    for (const event of originals) await amendUnlessStopped(event)
    // One that is part of another message now has no standing of its own.
    for (const { uid } of corrections) {
      const [event] = await store.getMany(room, [uid])
      if (event !== undefined && event.appliesTo === undefined) await amendUnlessStopped(event)
    }
  }

  async function amendUnlessStopped (event: ArchivedEvent): Promise<void> {
    if (!follower.isStopped() && await amend(event)) onAmended()
  }

  /** The messages that these events are about. */
  async function aboutWhich (room: RoomJid, events: readonly ArchivedEvent[], depth = 0): Promise<ArchivedEvent[]> {
    const ids = [...new Set(events.flatMap(targetsOf))]
    if (ids.length === 0 || depth === MAX_DEPTH) return []
    const named = nearest(events, await store.named(room, ids))
    const found = [...await store.getMany(room, ids), ...named].filter(({ kind }) => streamOf(kind) === 'talk')
    return [...found, ...await aboutWhich(room, found.filter(({ replaces }) => replaces !== undefined), depth + 1)]
  }

  /** Those of the events that others speak of already: what was said later came first. To what is heard live that cannot happen. */
  async function spokenOf (room: RoomJid, all: readonly ArchivedEvent[]): Promise<ArchivedEvent[]> {
    const events = all.filter(({ via, time }) => via !== 'live' || time < startedAt)
    if (events.length === 0) return []
    const referring = await store.referring(room, events.flatMap(idsOf))
    if (referring.length >= MAX_REFERRING) return [...events]
    const ids = new Set(referring.flatMap(targetsOf))
    return events.filter(event => event.standing !== undefined || idsOf(event).some(id => ids.has(id)))
  }

  async function amend (message: ArchivedEvent): Promise<boolean> {
    const { room, uid } = message
    const referring = await saidOf(message)
    const last = referring.at(-1)
    if (last === undefined && message.standing === undefined) return false
    const until = last === undefined || last.time < message.time ? message.time : last.time
    const session = await sessionOf(store, message, until, presenceKeptSince(room))
    const { standing, applied, corrections, removal } = standingOf(message, referring, session)
    let isChanged = false

    async function revise (uid: Uid, change: (event: ArchivedEvent) => ArchivedEvent): Promise<void> {
      await store.revise(room, uid, event => {
        const next = change(event)
        isChanged ||= !isDeepStrictEqual(next, event)
        return next
      })
    }

    const isApplied = new Set(applied)
    for (const other of referring) {
      if (isApplied.has(other.uid)) {
        if (other.appliesTo === uid && other.standing === undefined) continue
        await revise(other.uid, ({ standing: _, ...event }) => ({ ...event, appliesTo: uid }))
      } else if (other.appliesTo === uid) {
        await revise(other.uid, ({ appliesTo: _, ...event }) => event)
      }
    }
    const gone = message.removed ?? removal
    if (gone !== undefined) {
      const isWhole = [message, ...referring.filter(other => corrections.includes(other.uid))].every(({ removed }) => removed !== undefined)
      const isQuoted = referring.some(({ repliesTo, removed, answered }) =>
        repliesTo === uid && removed === undefined && answered?.isRemoved !== true)
      if (isWhole && !isQuoted) return isChanged
      await removals.remove(room, [uid, ...corrections], gone, gone.moderator === undefined ? {} : { actor: gone.moderator })
      return true
    }
    const isCut = message.answered?.isRemoved === true
    const uncut = isCut ? referring.filter(other => corrections.includes(other.uid) && other.answered?.isRemoved !== true) : []
    if (uncut.length > 0) {
      // What is said anew of a reply must not bring back what it quoted.
      await removals.cutQuotes(room, uncut.map(({ uid }) => uid))
      return true
    }
    // A tombstone that came meanwhile stays one, and so does a text whose quotes were cut meanwhile.
    await revise(uid, event => {
      if (event.removed !== undefined || (event.answered?.isRemoved === true) !== isCut) return event
      const { standing: _, ...rest } = event
      return standing === undefined ? rest : { ...rest, standing }
    })
    const answered = defined({ latest: standing?.latest?.uid })
    for (const reply of referring) {
      if (reply.repliesTo !== uid || reply.answered?.isRemoved === true || isDeepStrictEqual(reply.answered, answered)) continue
      await revise(reply.uid, event => event.answered?.isRemoved === true ? event : { ...event, answered })
    }
    return isChanged
  }

  /** All that names the message or one of its corrections, by time. */
  async function saidOf (message: ArchivedEvent): Promise<ArchivedEvent[]> {
    const found = new Map<Uid, ArchivedEvent>()
    let wave = [message]
    for (let depth = 0; depth < MAX_WAVES && wave.length > 0; depth++) {
      const naming = await allReferring(store, message.room, wave.flatMap(idsOf), MOST_COUNTED)
      const next = naming.filter(({ uid }) => uid !== message.uid && !found.has(uid))
      for (const event of next) found.set(event.uid, event)
      wave = next.filter(({ replaces }) => replaces !== undefined)
    }
    // Nobody makes a correction forgotten by saying much after it.
    const missing = [message.standing?.latest?.uid].filter(uid => uid !== undefined && !found.has(uid)) as Uid[]
    for (const event of missing.length === 0 ? [] : await store.getMany(message.room, missing)) found.set(event.uid, event)
    return [...found.values()].sort((one, other) => one.time < other.time ? -1 : 1)
  }

  return {
    advance: () => follower.advance(),
    problem: () => follower.problem(),
    async stop () {
      await follower.stop()
      await remember().catch((error: unknown) => { log.warn({ problem: messageOf(error) }, 'how far corrections were applied is not noted') })
    }
  }
}

/** What an event names; some of it by uid, some by the id attribute of a stanza. */
function targetsOf ({ replaces, retracts, reactsTo, repliesTo, appliesTo }: ArchivedEvent): string[] {
  return [replaces, retracts, reactsTo, repliesTo, appliesTo].filter(id => id !== undefined)
}

/**
 * Of messages with the ids that are named those that can be meant: of the same person the last before and the first after, as a
 * sender may give one id to all that he says; and those that stand by it.
 */
function nearest (events: readonly ArchivedEvent[], named: readonly ArchivedEvent[]): ArchivedEvent[] {
  const [corrections, originals] = partition(named, ({ replaces }) => replaces !== undefined)
  return [...new Set(events.flatMap(event => [originals, corrections].flatMap(forms => {
    const own = forms.filter(form => targetsOf(event).includes(form.message ?? '') &&
      form.occupant === event.occupant && (form.occupant !== undefined || form.nick === event.nick))
    const after = own.findIndex(({ time }) => time > event.time)
    const [last, first] = after === -1 ? [own.at(-1)] : [own[after - 1], own[after]]
    return [last, first, ...own.filter(({ standing }) => standing?.latest?.uid === event.uid)].filter(form => form !== undefined)
  })))]
}

function partition<T> (items: readonly T[], is: (item: T) => boolean): [T[], T[]] {
  return [items.filter(is), items.filter(item => !is(item))]
}

function talkByRoom (changes: readonly Change[]): Map<RoomJid, ArchivedEvent[]> {
  const rooms = new Map<RoomJid, ArchivedEvent[]>()
  for (const { event } of changes) {
    if (event === undefined || streamOf(event.kind) !== 'talk') continue
    const events = rooms.get(event.room) ?? []
    rooms.set(event.room, events)
    events.push(event)
  }
  return rooms
}
