import type { Database } from 'better-sqlite3'
import type { RoomJid } from '../model/address.ts'
import { formatTime, toMicros } from '../model/archive-time.ts'
import type { Micros } from '../model/archive-time.ts'
import { isHole } from '../model/gap.ts'
import type { Gap } from '../model/gap.ts'
import type { GapsQuery } from './store.ts'
import { wellFormed } from './well-formed.ts'

export interface SqliteGaps {
  /** One transaction. */
  put (gaps: readonly Gap[]): void
  find (room: RoomJid, query: GapsQuery): Gap[]
}

interface GapRow {
  readonly start: Micros
  readonly stop: Micros | null
  readonly document: string
}

export function createSqliteGaps (db: Database): SqliteGaps {
  const insert = db.prepare(`
    INSERT OR REPLACE INTO gaps (room, start, stop, hole, document) VALUES (?, ?, ?, ?, ?)`)
  const SHARED = 'SELECT start, stop, document FROM gaps WHERE room = ? AND start <= ? AND (stop IS NULL OR stop >= ?)'
  const all = db.prepare<[string, Micros, Micros], GapRow>(`${SHARED} ORDER BY start`)
  const holes = db.prepare<[string, Micros, Micros], GapRow>(`${SHARED} AND hole = 1 ORDER BY start`)

  const putAll = db.transaction((gaps: readonly Gap[]) => {
    for (const gap of gaps) {
      const { room, from, to, ...rest } = wellFormed(gap)
      insert.run(room, toMicros(from), to === undefined ? null : toMicros(to), isHole(gap) ? 1 : 0, JSON.stringify(rest))
    }
  })

  return {
    put (gaps) {
      putAll.immediate(gaps)
    },
    find (room, { start, end, holesOnly = false }) {
      const latest = end === undefined ? Number.MAX_SAFE_INTEGER : toMicros(end)
      const earliest = start === undefined ? Number.MIN_SAFE_INTEGER : toMicros(start)
      if (earliest > latest) return []
      return (holesOnly ? holes : all).all(room, latest, earliest).map(row => ({
        room,
        from: formatTime(row.start),
        ...(row.stop === null ? {} : { to: formatTime(row.stop) }),
        ...JSON.parse(row.document) as Omit<Gap, 'room' | 'from' | 'to'>
      }))
    }
  }
}
