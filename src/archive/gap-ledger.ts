import { setImmediate } from 'node:timers/promises'
import type { Logger } from '../log.ts'
import type { RoomJid } from '../model/address.ts'
import type { ArchiveTime } from '../model/archive-time.ts'
import { shift } from '../model/day.ts'
import { defined } from '../model/defined.ts'
import { hasCode, HansardError } from '../model/errors.ts'
import type { Uid } from '../model/event.ts'
import type { Absence, Gap, GapProblem } from '../model/gap.ts'
import { createOutage, STORE_PAUSES } from './outage.ts'
import type { Pauses } from './outage.ts'
import type { OpenAbsence, RoomMemory, RoomState } from './room-memory.ts'
import type { ArchiveStore } from './store.ts'

/**
 * Keeps book of when each room was not listened to, across restarts and crashes: on this machine at once, and as gaps
 * in the store as soon as it answers.
 */
export interface GapLedger {
  /**
   * The room is not listened to from `from` on, or from when it was last joined, if that is later. Durable on this
   * machine on return. An absence that is open already goes on unchanged.
   */
  leave (room: RoomJid, absence: Absence): void
  /**
   * The open absence, as far as progress() has brought it. When the process before ended without a leave(): since its last
   * tick(), with cause `killed`. When this machine does not know the room: the one that stands open in the store, or since
   * the last recorded time. Waits for the store where only the store can tell. Undefined when the room is listened to, or
   * never was.
   */
  absence (room: RoomJid): Promise<Absence | undefined>
  /** Everything up to here was recovered, and the next attempt begins here. The published gap stays as it is. */
  progress (room: RoomJid, reached: { readonly from: ArchiveTime, readonly after?: Uid }): void
  /**
   * What was said from where progress() came to until `to` is missing, and from there on catch-up goes on: the hole is
   * published, and the absence begins at `to`.
   */
  split (room: RoomJid, hole: { readonly to: ArchiveTime, readonly problem: GapProblem }): void
  /** Somebody listens, and nothing said before is missing; also after the first join ever. */
  filled (room: RoomJid, at: ArchiveTime): void
  /** Somebody listens again; of what was said from where progress() came to until `to`, something is or may be missing. */
  lost (room: RoomJid, hole: { readonly to: ArchiveTime, readonly problem: GapProblem }): void
  /** Gaps behind us that were not filled, oldest first. Waits for the store. */
  holes (room: RoomJid): Promise<readonly Gap[]>
  /** Publishes gaps, or another form of gaps that are known: room and `from` say which. */
  put (...gaps: Gap[]): void
  status (): GapLedgerStatus
  /** The program listens: to be called every ten seconds or so while it does. */
  tick (at: ArchiveTime): void
  /** Resolves when everything is published; rejects with ERR_STORE_CLOSED when that will be for the next process. */
  settled (): Promise<void>
  /** Publishes what it can in the time; the next process publishes the rest. */
  close (timeoutMs: number): Promise<void>
}

export interface GapLedgerStatus {
  /** Rooms that are not listened to, or whose catch-up goes on. */
  readonly open: number
  /** Holes since the program began. */
  readonly holes: number
}

export interface GapLedgerOptions {
  readonly store: Pick<ArchiveStore, 'putGaps' | 'gaps' | 'lastTime'>
  readonly local: { readonly rooms: RoomMemory }
  readonly log: Logger
  readonly pauses?: Pauses
}

const MAX_BATCH = 500

export function createGapLedger ({ store, local, log, pauses = STORE_PAUSES }: GapLedgerOptions): GapLedger {
  const remembered = local.rooms.load()
  const rooms = new Map(remembered.rooms)
  const outage = createOutage({ log, whatWaits: 'gaps are published later', pauses })
  const unpublished = new Map(remembered.unpublished.map(gap => [keyOf(gap), gap]))
  // What the disk has not taken yet.
  let unsaved = { rooms: new Map<RoomJid, RoomState>(), unpublished: new Map<string, Gap>(), published: new Map<string, Gap>() }
  let isUnwritable = false
  let holes = 0
  let running: Promise<void> | undefined
  let isClosed = false

  function save (alive?: ArchiveTime): void {
    try {
      local.rooms.save({
        rooms: unsaved.rooms, unpublished: unsaved.unpublished.values(), published: unsaved.published.values(), ...defined({ alive })
      })
      unsaved = { rooms: new Map(), unpublished: new Map(), published: new Map() }
      isUnwritable = false
    } catch (error) {
      // The program knows it still, and the next tick tries again.
      if (!isUnwritable) log.error({ err: error }, 'gaps cannot be kept on this machine: free some space, or look at its disk (spool.path)')
      isUnwritable = true
    }
  }

  function remember (room: RoomJid, state: RoomState, ...gaps: readonly Gap[]): void {
    rooms.set(room, state)
    unsaved.rooms.set(room, state)
    publish(gaps)
  }

  function publish (gaps: readonly Gap[]): void {
    for (const gap of gaps) {
      unpublished.set(keyOf(gap), gap)
      unsaved.unpublished.set(keyOf(gap), gap)
    }
    save()
    if (unpublished.size > 0 && !isClosed) running ??= run()
  }

  async function run (): Promise<void> {
    await setImmediate() // so that rooms left in the same turn share one call
    let atOnce = MAX_BATCH
    while (unpublished.size > 0 && !isClosed) {
      const gaps = [...unpublished.values()].slice(0, atOnce)
      try {
        await outage.patiently(() => store.putGaps(gaps))
        published(gaps)
      } catch (error) {
        if (hasCode(error, 'ERR_STORE_UNAVAILABLE', 'ERR_STORE_CLOSED')) break
        // One that the store refuses must not take the others with it.
        atOnce = 1
        if (gaps.length > 1) continue
        log.error({ err: error, room: gaps[0]?.room, from: gaps[0]?.from }, 'store refuses a gap; it is not published')
        published(gaps)
      }
    }
    running = undefined
  }

  function published (gaps: readonly Gap[]): void {
    for (const gap of gaps) {
      // Another form that came meanwhile is still to be published.
      if (unpublished.get(keyOf(gap)) !== gap) continue
      unpublished.delete(keyOf(gap))
      unsaved.unpublished.delete(keyOf(gap))
      unsaved.published.set(keyOf(gap), gap)
    }
    if (!isClosed) save()
  }

  function leave (room: RoomJid, { from: told, cause, after, isFirst }: Absence): void {
    const state = rooms.get(room)
    if (state?.absence !== undefined) return
    const from = later(told, state?.heardFrom)
    const absence: OpenAbsence = { start: { from, ...defined({ after }) }, from, cause, ...defined({ after, isFirst }) }
    remember(room, { ...state, absence }, ...gapOf(room, absence))
  }

  async function settled (): Promise<void> {
    while (running !== undefined) await running
    if (unpublished.size > 0) throw new HansardError('ERR_STORE_CLOSED', 'Cannot publish gaps: the ledger is closed')
  }

  async function fromStore (room: RoomJid): Promise<Absence | undefined> {
    const [open, ...younger] = (await outage.patiently(() => store.gaps(room, { holesOnly: true }))).filter(({ to }) => to === undefined)
    if (open === undefined) {
      const last = await outage.patiently(() => store.lastTime(room))
      return last === undefined ? undefined : { from: last, cause: 'killed' }
    }
    // The oldest takes in the others.
    publish(younger.map(gap => ({ ...gap, to: gap.from, filled: gap.from })))
    return { from: open.from, cause: open.cause, ...defined({ after: open.after }) }
  }

  // The process before has left none of these: it was killed while it listened.
  for (const [room, { heardFrom, absence }] of rooms) {
    const from = later(remembered.alive, heardFrom)
    if (absence === undefined && from !== undefined) leave(room, { from, cause: 'killed' })
  }
  publish([])

  return {
    leave,

    async absence (room) {
      if (!rooms.has(room)) {
        const found = await fromStore(room)
        if (found !== undefined && !rooms.has(room)) leave(room, found)
      }
      const absence = rooms.get(room)?.absence
      if (absence === undefined) return undefined
      const { from, cause, after, isFirst } = absence
      return { from, cause, ...defined({ after, isFirst }) }
    },

    progress (room, { from, after }) {
      const state = rooms.get(room)
      if (state?.absence === undefined) return
      remember(room, { ...state, absence: { ...state.absence, from: later(from, state.absence.from), ...defined({ after }) } })
    },

    filled (room, at) {
      const absence = rooms.get(room)?.absence
      const gap = absence === undefined ? [] : gapOf(room, absence)
      remember(room, { heardFrom: at }, ...gap.map(gap => ({ ...gap, to: later(at, gap.from), filled: at })))
    },

    split (room, { to, problem }) {
      const state = rooms.get(room)
      if (state?.absence === undefined) return
      holes += 1
      // Both are known by where they begin.
      const from = later(to, shift(state.absence.from, 1))
      const absence: OpenAbsence = { start: { from }, from, cause: state.absence.cause, ...defined({ isFirst: state.absence.isFirst }) }
      remember(room, { ...state, absence }, ...holeOf(room, state.absence, to, problem), ...gapOf(room, absence))
    },

    lost (room, { to, problem }) {
      const absence = rooms.get(room)?.absence
      holes += 1
      remember(room, { heardFrom: to }, ...(absence === undefined ? [] : holeOf(room, absence, to, problem)))
    },

    async holes (room) {
      await settled()
      return (await outage.patiently(() => store.gaps(room, { holesOnly: true }))).filter(({ to }) => to !== undefined)
    },

    status: () => ({ open: [...rooms.values()].filter(({ absence }) => absence !== undefined).length, holes }),
    put (...gaps) { publish(gaps) },
    tick (at) { save(at) },
    settled,

    async close (timeoutMs) {
      outage.hurry()
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<void>(resolve => { timer = setTimeout(resolve, timeoutMs) })
      await Promise.race([running, late])
      clearTimeout(timer)
      outage.stop()
      isClosed = true
    }
  }
}

/** An absence as the gap that everybody may see; none when it is nobody's. */
function gapOf (room: RoomJid, { start, cause, isFirst }: OpenAbsence): Gap[] {
  return isFirst === true ? [] : [{ room, ...start, cause }]
}

/** The absence as a gap that ends at `to`. */
function holeOf (room: RoomJid, absence: OpenAbsence, to: ArchiveTime, problem: GapProblem): Gap[] {
  const { from, after, start } = absence
  return gapOf(room, absence).flatMap(gap => {
    if (from === start.from) return [{ ...gap, to: later(to, from), problem }]
    // Of the one that is known, the beginning was recovered.
    const hole = { room, from, to: later(to, from), cause: gap.cause, problem, ...defined({ after }) }
    return [{ ...gap, to: from, filled: later(to, from) }, hole]
  })
}

function keyOf ({ room, from }: Gap): string {
  return `${room} ${from}`
}

function later<A extends ArchiveTime | undefined> (a: A, b: ArchiveTime | undefined): A | ArchiveTime {
  if (a === undefined) return b as A
  return b !== undefined && b > a ? b : a
}
