import { createHash } from 'node:crypto'
import type { Database } from 'better-sqlite3'
import type { Logger } from '../log.ts'
import type { RoomJid } from '../model/address.ts'
import type { Micros } from '../model/archive-time.ts'
import type { ArchivedEvent, RoomEvent } from '../model/event.ts'
import { linksOf } from './links.ts'
import type { Link } from './links.ts'
import { toEvent } from './sqlite-record.ts'
import type { EventRow } from './sqlite-record.ts'
import { MAX_REFERRING } from './store.ts'

/** By which ids messages are found, kept in the transaction of the messages. */
export interface SqliteLinks {
  /** The event at the place has this form now, undefined for none, and had the other before. */
  put (place: Place, now: RoomEvent | undefined, before?: RoomEvent): void
  find (room: number, jid: RoomJid, link: Link, ids: readonly string[], before?: Micros): ArchivedEvent[]
}

interface Place {
  readonly room: number
  readonly time: Micros
}

const FILL_EVENTS = 2000
const REPORT_MS = 5000

// Ids of people's clients are long; of a hash that is too short to be unique the table takes 25 bytes for each.
export const LINKS_TABLE = `
  -- key: a hash of an id by which the talk at this time is found, see sqlite-links.ts; the event itself tells whether it is that id.
  CREATE TABLE links (
    room INTEGER NOT NULL,
    key INTEGER NOT NULL,
    time INTEGER NOT NULL,
    PRIMARY KEY (room, key, time)
  ) WITHOUT ROWID;
`

export function createSqliteLinks (db: Database): SqliteLinks {
  const insert = db.prepare('INSERT OR IGNORE INTO links (room, key, time) VALUES (?, ?, ?)')
  const remove = db.prepare('DELETE FROM links WHERE room = ? AND key = ? AND time = ?')
  const newest = db.prepare<[number, number, number], EventRow>(`
    SELECT events.* FROM links JOIN events ON events.room = links.room AND events.stream = 0 AND events.time = links.time
    WHERE links.room = ? AND links.key = ? AND links.time < ? ORDER BY links.time DESC`)

  return {
    put ({ room, time }, now, before) {
      const keys = keysOf(now)
      const old = keysOf(before)
      for (const key of old) if (!keys.has(key)) remove.run(room, key, time)
      for (const key of keys) if (!old.has(key)) insert.run(room, key, time)
    },

    find (room, jid, link, ids, before = Number.MAX_SAFE_INTEGER) {
      const wanted = new Set(ids)
      const found = new Map<Micros, ArchivedEvent>()
      for (const key of new Set(ids.map(id => keyOf(link, id)))) {
        let count = 0
        for (const row of newest.iterate(room, key, before)) {
          const event = toEvent(row, jid)
          if (!linksOf(event)[link].some(id => wanted.has(id))) continue
          found.set(row.time, event)
          if (++count === MAX_REFERRING) break
        }
      }
      return [...found].sort(([a], [b]) => a - b).slice(-MAX_REFERRING).map(([, event]) => event)
    }
  }
}

/** Fills the empty table from the events, and tells how far it is. */
export function fillLinks (db: Database, log: Logger | undefined): void {
  const links = createSqliteLinks(db)
  const next = db.prepare<[number, number], EventRow>('SELECT * FROM events WHERE change > ? AND stream = 0 ORDER BY change LIMIT ?')
  const last = db.prepare<[], number | null>('SELECT max(change) FROM events').pluck().get()
  let reported = performance.now()
  for (let rows = next.all(0, FILL_EVENTS); rows.length > 0; rows = next.all(rows.at(-1)!.change, FILL_EVENTS)) {
    for (const { document, ...place } of rows) links.put(place, JSON.parse(document) as RoomEvent)
    if (performance.now() - reported < REPORT_MS) continue
    reported = performance.now()
    log?.info({ change: rows.at(-1)?.change, last }, 'bringing the record up to date')
  }
}

function keysOf (event: RoomEvent | undefined): Set<number> {
  if (event === undefined) return new Set()
  return new Set(Object.entries(linksOf(event)).flatMap(([link, ids]) => ids.map(id => keyOf(link as Link, id))))
}

function keyOf (link: Link, id: string): number {
  return createHash('sha256').update(`${link} ${id}`).digest().readInt32BE()
}
