import type { RoomJid } from '../model/address.ts'
import { formatTime } from '../model/archive-time.ts'
import type { ArchiveTime } from '../model/archive-time.ts'
import { defined } from '../model/defined.ts'
import { streamOf } from '../model/event.ts'
import type { ArchivedEvent, Removal, Uid } from '../model/event.ts'
import { quotedText, shownText } from '../model/fallback.ts'
import { withoutQuote } from '../model/quote.ts'
import type { CutStanza } from '../model/quote.ts'
import { idsOf } from '../model/standing.ts'
import { anonymousOf, tombstoneOf, withoutPerson } from '../model/tombstone.ts'
import { allReferring } from './all-referring.ts'
import type { ArchiveStore } from './store.ts'

/** The one way in which a text leaves the record, whoever asks for it. */
export interface Removals {
  /**
   * Leaves tombstones in the places of these events and of their corrections, which are the same message, and takes
   * quotes of them out of the replies. What is removed already, or unknown, is left alone; the same again finishes what
   * was broken off. Rejects with what the store rejects with.
   */
  remove (room: RoomJid, uids: readonly Uid[], removal: Removal, options?: RemoveOptions): Promise<Removed>
  /** Takes out of these messages what they mark as quotes: what they answer was removed, and what it said is not known any more. */
  cutQuotes (room: RoomJid, uids: readonly Uid[]): Promise<void>
}

export interface RemoveOptions {
  /** Who asked for it, for the log of removals: a moderator's nick, or the account that ran the command. */
  readonly actor?: string
  /** The tombstones do not even tell who it was. */
  readonly isAnonymous?: boolean
  /** The nick of somebody whose traces are taken out: of comings and goings of others only the nick goes. */
  readonly person?: string
}

export interface Removed {
  /** Events that became tombstones now, corrections included. */
  readonly events: number
  /** Replies that quoted them. */
  readonly replies: number
}

export interface RemovalsOptions {
  readonly store: Pick<ArchiveStore, 'getMany' | 'referring' | 'scrub' | 'logRemoval'>
  readonly cutStanza: CutStanza
  /** Something has gone from the record: what was derived from it must forget it too. Removal is done when it resolves. */
  readonly onRemoved: () => Promise<void>
  readonly now?: () => ArchiveTime
}

/** Uids in one line of the log, and in one call of the store. */
const MAX_BATCH = 500

export function createRemovals ({
  store, cutStanza, onRemoved, now = () => formatTime(Date.now() * 1_000)
}: RemovalsOptions): Removals {
  async function removeBatch (
    room: RoomJid, uids: readonly Uid[], removal: Removal, { actor, isAnonymous = false, person }: RemoveOptions
  ): Promise<Removed> {
    const isLeft = (event: ArchivedEvent): boolean => person !== undefined && !isOf(event, person)
    const messages = await wholeMessages(room, uids)
    const present = messages.filter(event => event.removed === undefined && !isLeft(event))
    const texts = [...new Set(present.flatMap(textsOf))]
    if (present.length > 0) {
      // First, so that nothing is ever removed that the log does not know. Its time is the present one, also when the removal
      // was asked for long ago: whoever has read the log so far reads on from there.
      await store.logRemoval({
        time: now(),
        room,
        by: removal.by,
        uids: uidsOf(present),
        count: present.length,
        ...defined({ reason: removal.reason, actor })
      })
    }
    // While the texts are known still by which quotes are found.
    const replies = await withoutQuotes(room, messages, texts)
    // The removed as well: a call that was broken off is finished.
    await store.scrub(room, uidsOf(messages), event => {
      if (person !== undefined && isLeft(event)) return withoutPerson(event, person)
      const tombstone = event.removed === undefined ? tombstoneOf(event, removal) : event
      return isAnonymous ? anonymousOf(tombstone) : tombstone
    })
    await onRemoved()
    return { events: present.length, replies }
  }

  /** What is asked for, with all corrections: the message is one, whichever of its forms was named. */
  async function wholeMessages (room: RoomJid, uids: readonly Uid[]): Promise<ArchivedEvent[]> {
    const named = await store.getMany(room, uids)
    const originals = await store.getMany(room, named.flatMap(event => event.replaces === undefined ? [] : event.appliesTo ?? []))
    const messages = new Map([...named, ...originals].map(event => [event.uid, event]))
    // Each correction may name the one before.
    for (let wave = [...messages.values()]; wave.length > 0;) {
      wave = (await allReferring(store, room, wave.flatMap(idsOf))).filter(({ uid, replaces, appliesTo }) =>
        replaces !== undefined && appliesTo !== undefined && messages.has(appliesTo) && !messages.has(uid))
      for (const event of wave) messages.set(event.uid, event)
    }
    return [...messages.values()]
  }

  /** Replies and reactions, and what corrects them, may repeat what they are about. */
  async function withoutQuotes (room: RoomJid, messages: readonly ArchivedEvent[], texts: readonly string[]): Promise<number> {
    const uids = new Set(uidsOf(messages))
    const others = (await allReferring(store, room, messages.flatMap(idsOf))).filter(({ uid }) => !uids.has(uid))
    // An id that its sender gave may be that of another message as well: then only what is quoted tells.
    const replies = others.filter(reply => reply.repliesTo !== undefined &&
      (uids.has(reply.repliesTo) || isQuoteOf(quotedText(reply), texts)))
    const reactions = others.filter(({ reactsTo }) => reactsTo !== undefined)
    const corrections = (await allReferring(store, room, replies.flatMap(idsOf))).filter(({ replaces, appliesTo }) =>
      replaces !== undefined && replies.some(({ uid }) => uid === appliesTo))
    await store.scrub(room, uidsOf([...replies, ...corrections]), event =>
      event.removed === undefined ? { ...withoutQuote(event, texts, cutStanza), answered: { isRemoved: true } } : undefined)
    await store.scrub(room, uidsOf(reactions), event => event.removed === undefined ? withoutQuote(event, texts, cutStanza) : undefined)
    return replies.length
  }

  return {
    async cutQuotes (room, uids) {
      await store.scrub(room, uids, event =>
        event.removed === undefined ? { ...withoutQuote(event, [], cutStanza), answered: { isRemoved: true } } : undefined)
      await onRemoved()
    },

    async remove (room, uids, removal, options = {}) {
      let [events, replies] = [0, 0]
      for (let from = 0; from < uids.length; from += MAX_BATCH) {
        const done = await removeBatch(room, uids.slice(from, from + MAX_BATCH), removal, options)
        events += done.events
        replies += done.replies
      }
      return { events, replies }
    }
  }
}

/** Whether it is of the person, rather than of another one and only names them. */
function isOf ({ kind, nick, newNick }: ArchivedEvent, person: string): boolean {
  return streamOf(kind) === 'talk' || nick === person || newNick === person
}

function uidsOf (events: readonly ArchivedEvent[]): Uid[] {
  return events.map(({ uid }) => uid)
}

/** Whether words of the texts are quoted, however they are marked and broken into lines. */
function isQuoteOf (quoted: string | undefined, texts: readonly string[]): boolean {
  const words = wordsOf(quoted ?? '')
  return words !== '' && texts.some(text => wordsOf(text).includes(words) || words.includes(wordsOf(text)))
}

function wordsOf (text: string): string {
  return text.replace(/[\s>]+/g, ' ').trim()
}

/** Every text that the event holds, as it was said and as it stands. */
function textsOf (event: ArchivedEvent): string[] {
  const contents = [event, ...(event.standing?.latest === undefined ? [] : [event.standing.latest])]
  const texts = contents.flatMap(content => [content.body ?? '', shownText(content), ...Object.values(content.bodies ?? {})])
  return texts.filter(text => text !== '')
}
