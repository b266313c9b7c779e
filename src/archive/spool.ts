import type { Database } from 'better-sqlite3'
import type { Logger } from '../log.ts'
import type { RoomJid } from '../model/address.ts'
import { messageOf } from '../model/errors.ts'
import type { RoomEvent } from '../model/event.ts'

/**
 * The events that wait on this machine's disk for the store, in the order in which they came. Every call is one
 * transaction; what is there when it returns survives a crash and a power cut. Only push() never throws: reading and
 * removing throw a SpoolFault.
 */
export interface Spool {
  /** Takes events in the given order up to the first for which there is no room, or none when the disk refuses; returns how many. */
  push (events: readonly SpooledEvent[]): number
  /** Of one room, oldest first: at most so many events and, past the first, so many bytes. */
  read (room: RoomJid, options: { readonly upTo: number, readonly limit: number, readonly maxBytes: number }): SpooledEvent[]
  /** Keeps the times that were given to events which wait here, so that another attempt gives them the same. */
  fix (events: readonly SpooledEvent[]): void
  /** What is recorded now need not wait. Unknown ones are passed over. */
  remove (events: readonly SpooledEvent[]): void
  /** The oldest of a room. */
  first (room: RoomJid): number | undefined
  /** How many wait of each room, the room that waits longest first. */
  rooms (): ReadonlyMap<RoomJid, number>
  /** Events after this come with a higher `seq`; 0 when it is empty. */
  lastSeq (): number
  status (): SpoolStatus
}

export interface SpooledEvent {
  /** Orders the events of a room; each is given once. */
  readonly seq: number
  readonly event: RoomEvent
  /** Its time stays as it is, since part of the store may have it; otherwise what is live moves on to the end of the record. */
  readonly isFixed: boolean
}

export interface SpoolStatus {
  readonly events: number
  /** Of their JSON, in UTF-8. */
  readonly bytes: number
  readonly maxBytes: number
}

/** The disk does not let us at what waits. */
export class SpoolFault extends Error {}

interface Row {
  readonly seq: number
  readonly fixed: 0 | 1
  readonly bytes: number
  readonly event: string
}

const FREED_PAGES = 1_000

export function createSpool ({ db, maxBytes, log }: { readonly db: Database, readonly maxBytes: number, readonly log: Logger }): Spool {
  const insert = db.prepare('INSERT INTO waiting (seq, room, fixed, bytes, event) VALUES (?, ?, ?, ?, ?)')
  const oldest = db.prepare<[string, number, number], Row>(
    'SELECT seq, fixed, bytes, event FROM waiting WHERE room = ? AND seq <= ? ORDER BY seq LIMIT ?')
  const setFixed = db.prepare('UPDATE waiting SET fixed = 1, event = ? WHERE seq = ?')
  const take = db.prepare<[number], number>('DELETE FROM waiting WHERE seq = ? RETURNING bytes').pluck()
  const firstOf = db.prepare<[string], number | null>('SELECT min(seq) FROM waiting WHERE room = ?').pluck()
  const counts = db.prepare<[], { room: RoomJid, n: number }>('SELECT room, count(*) AS n FROM waiting GROUP BY room ORDER BY min(seq)')
  const last = db.prepare<[], number | null>('SELECT max(seq) FROM waiting').pluck()
  let { events: count, bytes } = db.prepare<[], { events: number, bytes: number }>(
    'SELECT count(*) AS events, total(bytes) AS bytes FROM waiting').get() ?? { events: 0, bytes: 0 }
  let isRefused = false

  const pushAll = db.transaction((events: readonly SpooledEvent[]): { count: number, bytes: number } => {
    const taken = { count: 0, bytes: 0 }
    for (const { seq, event, isFixed } of events) {
      const json = JSON.stringify(event)
      const size = Buffer.byteLength(json)
      if (bytes + taken.bytes + size > maxBytes) break
      insert.run(seq, event.room, isFixed ? 1 : 0, size, json)
      taken.count++
      taken.bytes += size
    }
    return taken
  })

  const fixAll = db.transaction((events: readonly SpooledEvent[]) => {
    for (const { seq, event } of events) setFixed.run(JSON.stringify(event), seq)
  })

  const removeAll = db.transaction((events: readonly SpooledEvent[]) => {
    const sizes = events.map(({ seq }) => take.get(seq)).filter(size => size !== undefined)
    return { count: sizes.length, bytes: sizes.reduce((sum, size) => sum + size, 0) }
  })

  // What is gone should not linger in the log, nor the file stay as large as it was once.
  function tidy (): void {
    try {
      db.pragma(`incremental_vacuum(${FREED_PAGES})`)
      if (count === 0) db.pragma('wal_checkpoint(TRUNCATE)')
    } catch (error) {
      log.warn({ err: error }, 'spool cannot be made smaller now')
    }
  }

  function attempt<T> (work: () => T): T {
    try {
      return work()
    } catch (error) {
      throw new SpoolFault(`Cannot use the spool: ${messageOf(error)}`, { cause: error })
    }
  }

  return {
    push (events) {
      try {
        const taken = pushAll.immediate(events)
        count += taken.count
        bytes += taken.bytes
        if (isRefused) log.info('spool takes events again')
        isRefused = false
        return taken.count
      } catch (error) {
        if (!isRefused) log.error({ err: error }, 'spool cannot be written: free some space, or look at its disk (spool.path)')
        isRefused = true
        return 0
      }
    },

    read: (room, { upTo, limit, maxBytes }) => attempt(() => {
      const events: SpooledEvent[] = []
      let size = 0
      for (const row of oldest.iterate(room, upTo, limit)) {
        size += row.bytes
        if (events.length > 0 && size > maxBytes) break
        events.push({ seq: row.seq, event: JSON.parse(row.event) as RoomEvent, isFixed: row.fixed === 1 })
      }
      return events
    }),

    fix (events) {
      if (events.length > 0) attempt(() => fixAll.immediate(events))
    },

    remove (events) {
      const gone = attempt(() => removeAll.immediate(events))
      count -= gone.count
      bytes -= gone.bytes
      if (gone.count > 0) tidy()
    },

    first: room => attempt(() => firstOf.get(room)) ?? undefined,
    rooms: () => new Map(counts.all().map(({ room, n }) => [room, n])),
    lastSeq: () => last.get() ?? 0,
    status: () => ({ events: count, bytes, maxBytes })
  }
}
