import type { Logger } from '../log.ts'
import type { RoomJid } from '../model/address.ts'
import type { ArchiveTime } from '../model/archive-time.ts'
import { HansardError } from '../model/errors.ts'
import type { RoomEvent } from '../model/event.ts'
import { createAppend } from './append.ts'
import { appendApart } from './append-apart.ts'
import { fixTimes } from './fix-times.ts'
import { createIntake } from './intake.ts'
import type { Waiting } from './intake.ts'
import { createLanes } from './lanes.ts'
import { createOutage, STORE_PAUSES } from './outage.ts'
import type { Pauses } from './outage.ts'
import type { Quarantine } from './quarantine.ts'
import { readSpooled } from './read-spooled.ts'
import { SpoolFault } from './spool.ts'
import type { Spool, SpooledEvent } from './spool.ts'
import type { AppendResult, ArchiveStore } from './store.ts'
import { createWatchers } from './watchers.ts'

/**
 * The way into the record for what is heard. As a rule an event goes straight to the store. While the store is away, or
 * the room is held, it waits in the spool, and so does what follows it in its room: the order of calls is the order of
 * the record in each room. What an earlier process left in the spool comes first.
 */
export interface Archive {
  /**
   * A live event, or history told on join. Accepted synchronously, so that the order of calls counts; resolves when it is
   * durable, in the store or in the spool. One that the store refuses for good is put into the quarantine and
   * logged; that resolves too, since nothing more can be done. Rejects with ERR_SPOOL_FULL when neither takes it, and
   * with ERR_STORE_CLOSED after close().
   */
  record (event: RoomEvent): Promise<void>
  /**
   * What was recovered: straight to the store, in order, waiting as long as it is away. What the store refuses for good
   * goes into the quarantine and has no result. Rejects with ERR_STORE_CLOSED after close(), and with
   * ERR_STORE_UNAVAILABLE when the store was away until then.
   */
  append (events: readonly RoomEvent[]): Promise<readonly AppendResult[]>
  /**
   * From now on what is recorded of this room waits in the spool until release(). Resolves when everything recorded before
   * stands in the store, also what an earlier hold kept waiting. When the spool fills up all holds end by themselves.
   */
  hold (room: RoomJid): Promise<void>
  /**
   * Lets go what waits, after everything that append() brought; resolves when it stands in the store. Live events are moved
   * on in time where the record has grown past them. Resolves at once when the room is not held.
   */
  release (room: RoomJid): Promise<void>
  status (): ArchiveStatus
  /**
   * Takes no more, lets go what is held and brings what it can into the store; the rest stays in the spool for the next
   * process. Ends after the time at the latest, and at once when the store is away and everything is in the spool.
   */
  close (timeoutMs: number): Promise<void>
}

export interface ArchiveStatus {
  /** Events accepted that are not durable yet. */
  readonly waiting: number
  /** Events in the spool, and the bytes of their JSON. */
  readonly spooled: number
  readonly spooledBytes: number
  /** Neither store nor spool take any more. */
  readonly isFull: boolean
  readonly quarantined: number
  /** Why the store does not take them; undefined while all is well. */
  readonly problem?: string
}

export interface ArchiveOptions {
  readonly store: Pick<ArchiveStore, 'append' | 'lastTime' | 'ping'>
  readonly spool: Spool
  readonly quarantine: Quarantine
  /** Called after each batch that added something. Nothing waits for it: what is heard must be durable before it is searchable. */
  readonly onRecorded: () => void
  /**
   * Called when the last event of a room that waited has its place, before a later one can go straight to the store: the
   * room's clock must go on after this time.
   */
  readonly onPlaced: (room: RoomJid, time: ArchiveTime) => void
  /** Called when the first event is refused, before record() rejects. From then on all are, until onFree(). */
  readonly onFull: () => void
  /** Called after onFull(), once the store answers and the spool is drained. */
  readonly onFree: () => void
  readonly log: Logger
  readonly pauses?: Pauses
  /** What a call of the store has not taken after so many milliseconds goes into the spool as well. */
  readonly patienceMs?: number
}

const MAX_BATCH = 500
const PATIENCE_MS = 500

export function createArchive (options: ArchiveOptions): Archive {
  const { store, spool, quarantine, onRecorded, onPlaced, onFull, onFree, log, pauses = STORE_PAUSES, patienceMs = PATIENCE_MS } = options
  const lanes = createLanes(spool.rooms())
  const outage = createOutage({ log, whatWaits: 'events wait in the spool', pauses })
  const recovered = createAppend({ store, onRecorded, onRefused: putAside, log, pauses })
  const intake = createIntake({
    spool, lanes, isStoreOpen: () => outage.problem() === undefined && !isDiverted && !isFull && !isClosed, onRefused: refuse, onWork: wake
  })
  const watchers = createWatchers((room, seq) => intake.isUnderWay(room, seq))
  let running: Promise<void> | undefined
  let closing: Promise<void> | undefined
  let isClosed = false
  let isFull = false
  let isWanted = false
  // The store has not answered for so long that what it was to take is in the spool as well.
  let isDiverted = false
  let wasDrained = false
  // Why the spool cannot be emptied, and the time for which it is left alone.
  let fault: string | undefined
  let resting: NodeJS.Timeout | undefined

  function putAside (event: RoomEvent, error: unknown): void {
    const { room, uid, kind } = event
    log.error({ err: error, room, uid, kind }, 'store refuses an event; it is kept in the quarantine')
    quarantine.add({ room, stanza: JSON.stringify(event), error })
  }

  function refuse ({ event, reject }: Waiting): void {
    if (!isFull && !isClosed) {
      isFull = true
      log.error({ ...spool.status() }, 'spool takes no more: events are refused until the store has taken what waits')
      onFull()
    }
    reject(spoolFull(event.room))
  }

  function wake (): void {
    isWanted = true
    running ??= run()
  }

  async function run (): Promise<void> {
    await Promise.resolve() // so that calls of the same turn share the first batch
    while (isWanted && !isClosed) {
      try {
        isWanted = false
        if (await step()) isWanted = true
        watchers.look()
      } catch (error) {
        if (isClosed) break
        if (error instanceof SpoolFault) {
          rest(error)
          continue
        }
        isWanted = true
        outage.failed(error)
        intake.divert()
        if (closing !== undefined) break
        await outage.pause()
      }
    }
    // At once, so that a call that comes now starts anew and is not left lying.
    running = undefined
  }

  /** Leaves the spool alone for a while; rooms that have nothing in it go on. */
  function rest (error: SpoolFault): void {
    if (fault === undefined) log.error({ err: error }, 'what waits in the spool cannot be brought into the store now')
    fault = error.message
    // The first time there may be other work; later it is only looked at.
    if (resting === undefined) isWanted = true
    clearTimeout(resting)
    resting = setTimeout(() => {
      resting = undefined
      wake()
    }, pauses.most)
  }

  /** One call of the store, of the two ways by turns; false when there is nothing to do. */
  async function step (): Promise<boolean> {
    const { events, bytes, maxBytes } = spool.status()
    const isAway = outage.problem() !== undefined
    if (bytes > maxBytes / 2 && !isAway && lanes.letGo()) log.warn('spool fills up: what waits for catch-up is let go')
    const direct = intake.direct(MAX_BATCH)
    const spooled = events > 0 && resting === undefined && (direct.length === 0 || !wasDrained) ? readSpooled(spool, lanes, MAX_BATCH) : []
    wasDrained = spooled.length > 0
    if (spooled.length > 0) await patiently(drain(spooled))
    else if (direct.length > 0) await patiently(write(direct))
    else if (isAway && closing === undefined) await patiently(store.ping())
    else {
      if (isFull && intake.waiting() === 0 && fault === undefined) free()
      return false
    }
    return true
  }

  /** While a store hangs what waits for it is made durable in the spool; the call goes on, and what it takes late is recognised. */
  async function patiently (call: Promise<void>): Promise<void> {
    const impatience = setTimeout(() => {
      isDiverted = true
      intake.divert()
    }, patienceMs)
    try {
      await call
    } finally {
      clearTimeout(impatience)
      isDiverted = false
    }
    outage.answered()
  }

  function free (): void {
    isFull = false
    log.info('spool is drained; events are taken again')
    onFree()
  }

  async function drain (batch: readonly SpooledEvent[]): Promise<void> {
    const events = await fixTimes(batch, store)
    if (isClosed) return
    spool.fix(events.filter((event, n) => event !== batch[n]))
    const results = await appendApart(store, events.map(({ event }) => event), putAside)
    if (isClosed) return
    spool.remove(events)
    fault = undefined
    for (const { event } of events) lanes.of(event.room).spooled--
    place(events, results)
  }

  async function write (batch: readonly Waiting[]): Promise<void> {
    const events = await fixTimes(batch, store)
    if (isClosed || isDiverted) return
    intake.fixed(events)
    const results = await appendApart(store, events.map(({ event }) => event), putAside)
    if (isClosed || isDiverted) return
    intake.written(events)
    place(events, results)
  }

  function place (events: readonly SpooledEvent[], results: ReadonlyArray<AppendResult | undefined>): void {
    for (const { room, time } of lanes.placed(events, results)) onPlaced(room, time)
    if (results.some(result => result?.isNew === true)) onRecorded()
  }

  /** Resolves when everything recorded of the room so far, and not held, stands in the store. */
  async function standing (room: RoomJid): Promise<void> {
    if (isClosed) throw closed()
    wake()
    await watchers.watch(room, lanes.of(room).hold?.from ?? intake.lastSeq())
  }

  async function close (timeoutMs: number): Promise<void> {
    lanes.letGo()
    intake.push()
    wake()
    outage.hurry()
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>(resolve => { timer = setTimeout(resolve, timeoutMs) })
    await Promise.race([Promise.all([recovered.close(timeoutMs), running]), late])
    clearTimeout(timer)
    clearTimeout(resting)
    isClosed = true
    outage.stop()
    intake.divert()
    watchers.disappoint(closed())
  }

  if (spool.status().events > 0) wake()

  return {
    record (event) {
      if (closing !== undefined) return Promise.reject(closed())
      if (isFull) return Promise.reject(spoolFull(event.room))
      return intake.accept(event)
    },

    append: events => recovered.append(events),

    async hold (room) {
      if (closing !== undefined) throw closed()
      lanes.of(room).hold = { from: intake.lastSeq() }
      await standing(room)
    },

    async release (room) {
      const lane = lanes.of(room)
      const { hold } = lane
      if (hold === undefined) return
      await recovered.settled()
      // Unless it was held anew meanwhile.
      if (lane.hold === hold) lane.hold = undefined
      await standing(room)
    },

    status () {
      const { events, bytes } = spool.status()
      const problem = outage.problem() ?? fault ?? (isDiverted ? `no answer for ${patienceMs} ms` : undefined)
      return {
        waiting: intake.waiting() + recovered.status().waiting,
        spooled: events,
        spooledBytes: bytes,
        isFull,
        quarantined: quarantine.count(),
        ...(problem === undefined ? {} : { problem })
      }
    },

    close: timeoutMs => (closing ??= close(timeoutMs))
  }
}

function spoolFull (room: RoomJid): HansardError {
  return new HansardError('ERR_SPOOL_FULL', `Cannot record an event of ${room}: the store does not take it and the spool has no room left, ` +
    'expected a store that answers, or a larger spool.max_mb')
}

function closed (): HansardError {
  return new HansardError('ERR_STORE_CLOSED', 'Cannot record an event: the archive is closed')
}
