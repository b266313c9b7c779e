import type { RoomJid } from '../model/address.ts'
import type { RoomEvent } from '../model/event.ts'
import type { Lane, Lanes } from './lanes.ts'
import type { Spool, SpooledEvent } from './spool.ts'

/** Sends each event one of two ways, straight to the store or into the spool, so that no event of a room overtakes another. */
export interface Intake {
  /** Synchronously; resolves when the event is durable. */
  accept (event: RoomEvent): Promise<void>
  /** The oldest of those that go straight to the store; they stay until written(). */
  direct (limit: number): Waiting[]
  /** Puts the times that were given to the oldest in their place, for another attempt. */
  fixed (events: readonly Waiting[]): void
  /** The oldest are in the store, and so durable. */
  written (events: readonly Waiting[]): void
  /** The store does not take what goes straight to it: into the spool with that, before what came after it. */
  divert (): void
  /** What is on its way into the spool goes to disk now instead of at the end of the turn. */
  push (): void
  /** Whether something of the room, up to this number, is not in the store yet. */
  isUnderWay (room: RoomJid, seq: number): boolean
  /** The number of the event accepted last. */
  lastSeq (): number
  /** Events in memory. */
  waiting (): number
}

export interface Waiting extends SpooledEvent {
  readonly isLate: boolean
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

export interface IntakeOptions {
  readonly spool: Spool
  readonly lanes: Lanes
  /** Whether the store takes events, as far as is known. */
  readonly isStoreOpen: () => boolean
  /** The spool does not take an event, and the store neither. */
  readonly onRefused: (event: Waiting) => void
  /** There may be something to do. */
  readonly onWork: () => void
}

/** More than this in memory at once goes through the spool, which has more room. */
const MAX_DIRECT = 2_000

export function createIntake ({ spool, lanes, isStoreOpen, onRefused, onWork }: IntakeOptions): Intake {
  let seq = spool.lastSeq()
  // Both in the order of the calls.
  let direct: Waiting[] = []
  let incoming: Waiting[] = []
  let pushing: NodeJS.Immediate | undefined

  function mayGoDirect (lane: Lane): boolean {
    return isStoreOpen() && lane.hold === undefined && lane.spooled === 0 && direct.length < MAX_DIRECT
  }

  function goDirect (waiting: Waiting, lane: Lane): void {
    const isLate = !waiting.isFixed
    direct.push({ ...waiting, isLate })
    lane.direct++
    if (!isLate) return
    lane.late++
    lane.isBehind = true
  }

  function goSpool (waiting: Waiting, lane: Lane): void {
    incoming.push(waiting)
    lane.spooled++
    lane.isBehind = true
  }

  /** One transaction for all that came in one turn. */
  function push (): void {
    clearImmediate(pushing)
    pushing = undefined
    const events = incoming
    incoming = []
    if (events.length === 0) return
    const taken = spool.push(events)
    for (const { resolve } of events.slice(0, taken)) resolve()
    if (taken < events.length) overflow(events.slice(taken))
    onWork()
  }

  // Order goes before completeness: what waits for catch-up waits no longer.
  function overflow (events: readonly Waiting[]): void {
    lanes.letGo()
    for (const { event } of events) lanes.of(event.room).spooled--
    for (const waiting of events) {
      const lane = lanes.of(waiting.event.room)
      // A spool whose disk is broken is no reason to refuse what the store takes.
      if (mayGoDirect(lane)) goDirect(waiting, lane)
      else onRefused(waiting)
    }
  }

  return {
    accept: event => new Promise((resolve, reject) => {
      const lane = lanes.of(event.room)
      const isDirect = mayGoDirect(lane)
      const waiting = { seq: ++seq, event, isFixed: isDirect && lane.late === 0, isLate: false, resolve, reject }
      if (isDirect) {
        goDirect(waiting, lane)
        onWork()
      } else {
        goSpool(waiting, lane)
        pushing ??= setImmediate(push)
      }
    }),

    direct: limit => direct.slice(0, limit),

    fixed (events) { direct.splice(0, events.length, ...events) },

    written (events) {
      direct = direct.slice(events.length)
      for (const { event, isLate, resolve } of events) {
        const lane = lanes.of(event.room)
        lane.direct--
        if (isLate) lane.late--
        resolve()
      }
    },

    divert () {
      const later = incoming
      const events = direct
      incoming = []
      direct = []
      for (const waiting of events) {
        const lane = lanes.of(waiting.event.room)
        lane.direct--
        if (waiting.isLate) lane.late--
        goSpool(waiting, lane)
      }
      incoming.push(...later)
      push()
    },

    push,

    isUnderWay (room, seq) {
      const lane = lanes.of(room)
      if (lane.direct === 0 && lane.spooled === 0) return false
      const isBefore = (waiting: Waiting): boolean => waiting.event.room === room && waiting.seq <= seq
      return direct.some(isBefore) || incoming.some(isBefore) || (spool.first(room) ?? Infinity) <= seq
    },

    lastSeq: () => seq,
    waiting: () => direct.length + incoming.length
  }
}
