import type { Database } from 'better-sqlite3'
import type { RoomJid } from '../model/address.ts'
import { toMicros } from '../model/archive-time.ts'
import type { Micros } from '../model/archive-time.ts'
import { HansardError } from '../model/errors.ts'
import { streamNumber, toEvent } from './sqlite-record.ts'
import type { EventRow } from './sqlite-record.ts'
import type { Page, PageQuery } from './store.ts'

const EARLIEST: Micros = Number.MIN_SAFE_INTEGER
const LATEST: Micros = Number.MAX_SAFE_INTEGER

interface Options {
  readonly db: Database
  readonly roomId: (room: RoomJid) => number | undefined
}

/** Reads a page and one row more, which tells whether it is complete. */
export function createSqlitePage ({ db, roomId }: Options): (room: RoomJid, query: PageQuery) => Page {
  const byUid = db.prepare<[number, string], EventRow>('SELECT * FROM events WHERE room = ? AND uid = ?')
  const PAGE = 'SELECT * FROM events WHERE room = @room AND stream = @stream AND time BETWEEN @from AND @to'
  const pages = {
    forward: db.prepare<[object], EventRow>(`${PAGE} ORDER BY time LIMIT @limit`),
    backward: db.prepare<[object], EventRow>(`${PAGE} ORDER BY time DESC LIMIT @limit`),
    nickForward: db.prepare<[object], EventRow>(`${PAGE} AND nick = @nick ORDER BY time LIMIT @limit`),
    nickBackward: db.prepare<[object], EventRow>(`${PAGE} AND nick = @nick ORDER BY time DESC LIMIT @limit`)
  }

  function timeOf (room: number | undefined, uid: string): Micros {
    const row = room === undefined ? undefined : byUid.get(room, uid)
    if (row === undefined) throw new HansardError('ERR_ITEM_NOT_FOUND', `Cannot page from "${uid}": the room has no event of this id`)
    return row.time
  }

  return (jid, { stream, start, end, nick, after, before, limit, reverse = false }) => {
    const room = roomId(jid)
    const from = Math.max(start === undefined ? EARLIEST : toMicros(start), after === undefined ? EARLIEST : timeOf(room, after) + 1)
    const to = Math.min(end === undefined ? LATEST : toMicros(end), before === undefined ? LATEST : timeOf(room, before) - 1)
    if (room === undefined) return { events: [], complete: true }
    const statement = nick === undefined
      ? (reverse ? pages.backward : pages.forward)
      : (reverse ? pages.nickBackward : pages.nickForward)
    const range = { room, stream: streamNumber(stream), from, to, limit: limit + 1 }
    const rows = statement.all(nick === undefined ? range : { ...range, nick })
    const events = rows.slice(0, limit).map(row => toEvent(row, jid))
    return { events: reverse ? events.reverse() : events, complete: rows.length <= limit }
  }
}
