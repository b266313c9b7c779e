import type { Database } from 'better-sqlite3'
import type { RoomJid } from '../model/address.ts'
import { formatTime } from '../model/archive-time.ts'
import type { Micros } from '../model/archive-time.ts'
import { eventId } from '../model/event.ts'
import { streamName, toEvent } from './sqlite-record.ts'
import type { EventRow } from './sqlite-record.ts'
import type { Change, ChangeCursor } from './store.ts'

const CHANGES = 500

interface Options {
  readonly db: Database
  readonly roomJid: (id: number) => RoomJid
}

/** Reads the next changes after a change number; none at the end. */
export function createSqliteChanges ({ db, roomJid }: Options): (since: number) => Change[] {
  const changed = db.prepare<[number, number], EventRow>('SELECT * FROM events WHERE change > ? ORDER BY change LIMIT ?')
  const deleted = db.prepare<[number, number], { change: number, room: number, stream: number, time: Micros }>(
    'SELECT * FROM deletions WHERE change > ? ORDER BY change LIMIT ?')

  return since => {
    const events = changed.all(since, CHANGES)
    const gone = deleted.all(since, CHANGES)
    // What lies past the end of a full batch of the other kind waits for its turn.
    const upTo = Math.min(...[events, gone].map(rows => rows.length < CHANGES ? Infinity : rows.at(-1)?.change ?? Infinity))
    return [...events, ...gone]
      .filter(({ change }) => change <= upTo)
      .sort((a, b) => a.change - b.change)
      .map(row => {
        const jid = roomJid(row.room)
        return {
          id: eventId(jid, streamName(row.stream), formatTime(row.time)),
          event: 'document' in row ? toEvent(row, jid) : undefined,
          cursor: String(row.change) as ChangeCursor
        }
      })
  }
}
