import type { Database } from 'better-sqlite3'
import type { Logger } from '../log.ts'
import type { RoomJid } from '../model/address.ts'
import { messageOf } from '../model/errors.ts'
import type { RoomEvent } from '../model/event.ts'

/**
 * The events that wait on this machine's disk for the store, in the order in which they came. Every call is one
 * transaction; what is there when it returns survives a crash and a power cut. What reads throws a SpoolFault when the
 * disk fails. What writes does not: a full disk takes nothing in, but what is there can still be brought away.
 */
export interface Spool {
  /** Takes events in the given order up to the first for which there is no room, or none when the disk refuses; returns how many. */
  push (events: readonly SpooledEvent[]): number
  /** Of one room, oldest first: at most so many events and, past the first, so many bytes. */
  read (room: RoomJid, options: { readonly upTo: number, readonly limit: number, readonly maxBytes: number }): SpooledEvent[]
  /**
   * Keeps the times that were given to events which wait here, so that another attempt gives them the same; where the disk
   * refuses, for the life of the process only.
   */
  fix (events: readonly SpooledEvent[]): void
  /**
   * These are recorded, and what came before them in their rooms. They are not read again; where the disk refuses to let
   * them go, by the next process, which may record them again.
   */
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

interface Size {
  readonly count: number
  readonly bytes: number
}

interface Row {
  readonly seq: number
  readonly fixed: 0 | 1
  readonly bytes: number
  readonly event: string
}

const FREED_PAGES = 1_000

export function createSpool ({ db, maxBytes, log }: { readonly db: Database, readonly maxBytes: number, readonly log: Logger }): Spool {
  const insert = db.prepare('INSERT INTO waiting (seq, room, fixed, bytes, event) VALUES (?, ?, ?, ?, ?)')
  const oldest = db.prepare<[string, number, number, number], Row>(
    'SELECT seq, fixed, bytes, event FROM waiting WHERE room = ? AND seq > ? AND seq <= ? ORDER BY seq LIMIT ?')
  const setFixed = db.prepare('UPDATE waiting SET fixed = 1, event = ? WHERE seq = ?')
  const sizeOf = db.prepare<[string, number, number], Size>(
    'SELECT count(*) AS count, total(bytes) AS bytes FROM waiting WHERE room = ? AND seq > ? AND seq <= ?')
  const removeUpTo = db.prepare('DELETE FROM waiting WHERE room = ? AND seq <= ?')
  const firstOf = db.prepare<[string, number], number | null>('SELECT min(seq) FROM waiting WHERE room = ? AND seq > ?')
    .pluck()
  const counts = db.prepare<[], { room: RoomJid, n: number }>('SELECT room, count(*) AS n FROM waiting GROUP BY room ORDER BY min(seq)')
  const last = db.prepare<[], number | null>('SELECT max(seq) FROM waiting').pluck()
  let { count, bytes } = db.prepare<[], Size>('SELECT count(*) AS count, total(bytes) AS bytes FROM waiting').get() ?? { count: 0, bytes: 0 }
  // What the disk does not take: up to where each room is recorded, and times that were given.
  const recorded = new Map<RoomJid, number>()
  const fixed = new Map<number, SpooledEvent>()
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

  const removeAll = db.transaction(() => {
    for (const [room, upTo] of recorded) removeUpTo.run(room, upTo)
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

  function reading<T> (work: () => T): T {
    try {
      return work()
    } catch (error) {
      throw new SpoolFault(`Cannot read the spool: ${messageOf(error)}`, { cause: error })
    }
  }

  /** Undefined when the disk refuses. */
  function writing<T> (work: () => T): T | undefined {
    try {
      const result = work()
      if (isRefused) log.info('spool can be written again')
      isRefused = false
      return result
    } catch (error) {
      if (!isRefused) log.error({ err: error }, 'spool cannot be written: free some space, or look at its disk (spool.path)')
      isRefused = true
      return undefined
    }
  }

  return {
    push (events) {
      const taken = writing(() => pushAll.immediate(events)) ?? { count: 0, bytes: 0 }
      count += taken.count
      bytes += taken.bytes
      return taken.count
    },

    read: (room, { upTo, limit, maxBytes }) => reading(() => {
      const events: SpooledEvent[] = []
      let size = 0
      for (const row of oldest.iterate(room, recorded.get(room) ?? 0, upTo, limit)) {
        size += row.bytes
        if (events.length > 0 && size > maxBytes) break
        events.push(fixed.get(row.seq) ?? { seq: row.seq, event: JSON.parse(row.event) as RoomEvent, isFixed: row.fixed === 1 })
      }
      return events
    }),

    fix (events) {
      if (events.length === 0) return
      for (const event of events) fixed.set(event.seq, event)
      const isDone = writing(() => {
        fixAll.immediate([...fixed.values()])
        return true
      })
      if (isDone === true) fixed.clear()
    },

    remove (events) {
      const ends = new Map(events.map(({ event, seq }) => [event.room, seq]))
      const gone = reading(() => [...ends].map(([room, upTo]) => sizeOf.get(room, recorded.get(room) ?? 0, upTo)))
      for (const size of gone) {
        count -= size?.count ?? 0
        bytes -= size?.bytes ?? 0
      }
      for (const [room, upTo] of ends) recorded.set(room, upTo)
      for (const { seq } of events) fixed.delete(seq)
      const isDone = writing(() => {
        removeAll.immediate()
        return true
      })
      if (isDone !== true) return
      recorded.clear()
      tidy()
    },

    first: room => reading(() => firstOf.get(room, recorded.get(room) ?? 0)) ?? undefined,
    rooms: () => new Map(counts.all().map(({ room, n }) => [room, n])),
    lastSeq: () => last.get() ?? 0,
    status: () => ({ events: count, bytes, maxBytes })
  }
}
