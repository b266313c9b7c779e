import type { Database } from 'better-sqlite3'
import type { Micros } from '../model/archive-time.ts'

/**
 * How many events stand before a time, by counters of stretches of time: a stretch of the lowest level is 2^30 µs (18 minutes),
 * one of each level above holds 64 of the level below, so that an answer reads a few hundred small rows at most, and beside
 * them the events of 18 minutes, whatever the room holds. Kept in the transaction of the events they count.
 */
export interface Counts {
  /** Notes that an event came (1) or went (-1); nothing is written before `write`. */
  note (room: number, stream: 0 | 1, time: Micros, sign: 1 | -1): void
  write (): void
  /** Forgets what was noted, after a failed transaction. */
  clear (): void
  before (room: number, stream: 0 | 1, time: Micros): number
}

interface Delta {
  readonly room: number
  readonly stream: 0 | 1
  readonly part: number
  n: number
}

const LEVELS = [0, 1, 2, 3]
const STRETCH: Micros = 2 ** 30
const FAN_OUT = 64

/** A step of the schema: the table, filled from the events. */
export const COUNTS_TABLE = `
  -- n: events of the stretch of time number part of the level, see sqlite-counts.ts.
  CREATE TABLE counts (
    room INTEGER NOT NULL,
    stream INTEGER NOT NULL,
    level INTEGER NOT NULL,
    part INTEGER NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (room, stream, level, part)
  ) WITHOUT ROWID;
  INSERT INTO counts SELECT room, stream, 0, time >> 30 AS part, count(*) FROM events GROUP BY room, stream, part;
  INSERT INTO counts SELECT room, stream, 1, part >> 6 AS above, sum(n) FROM counts WHERE level = 0 GROUP BY room, stream, above;
  INSERT INTO counts SELECT room, stream, 2, part >> 6 AS above, sum(n) FROM counts WHERE level = 1 GROUP BY room, stream, above;
  INSERT INTO counts SELECT room, stream, 3, part >> 6 AS above, sum(n) FROM counts WHERE level = 2 GROUP BY room, stream, above;
`

export function createCounts (db: Database): Counts {
  const deltas = new Map<string, Delta>()

  const add = db.prepare<[number, number, number, number, number], number>(`
    INSERT INTO counts (room, stream, level, part, n) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET n = n + excluded.n RETURNING n`).pluck()
  const drop = db.prepare('DELETE FROM counts WHERE room = ? AND stream = ? AND level = ? AND part = ?')
  const OF = 'WHERE room = @room AND stream = @stream'
  const before = db.prepare<[{ room: number, stream: number, time: Micros }], number>(`
    SELECT (SELECT count(*) FROM events ${OF} AND time >= (@time >> 30) << 30 AND time < @time) + (
      SELECT ifnull(sum(n), 0) FROM (
        SELECT n FROM counts ${OF} AND level = 0 AND part >= (@time >> 36) << 6 AND part < @time >> 30 UNION ALL
        SELECT n FROM counts ${OF} AND level = 1 AND part >= (@time >> 42) << 6 AND part < @time >> 36 UNION ALL
        SELECT n FROM counts ${OF} AND level = 2 AND part >= (@time >> 48) << 6 AND part < @time >> 42 UNION ALL
        SELECT n FROM counts ${OF} AND level = 3 AND part < @time >> 48))`).pluck()

  function addTo (found: Map<string, Delta>, { room, stream, part, n }: Delta): void {
    const key = `${room} ${stream} ${part}`
    const delta = found.get(key)
    if (delta === undefined) found.set(key, { room, stream, part, n })
    else delta.n += n
  }

  return {
    note (room, stream, time, sign) {
      addTo(deltas, { room, stream, part: Math.floor(time / STRETCH), n: sign })
    },
    write () {
      let ofLevel = new Map(deltas)
      for (const level of LEVELS) {
        const above = new Map<string, Delta>()
        for (const delta of ofLevel.values()) {
          const { room, stream, part, n } = delta
          if (n === 0) continue
          if (add.get(room, stream, level, part, n) === 0) drop.run(room, stream, level, part)
          addTo(above, { ...delta, part: Math.floor(part / FAN_OUT) })
        }
        ofLevel = above
      }
      deltas.clear()
    },
    clear () {
      deltas.clear()
    },
    before: (room, stream, time) => before.get({ room, stream, time }) ?? 0
  }
}
