import type { Database } from 'better-sqlite3'
import type { RoomJid } from '../model/address.ts'
import { toMicros } from '../model/archive-time.ts'
import type { ArchiveTime, Micros } from '../model/archive-time.ts'
import { HansardError } from '../model/errors.ts'
import { streamOf } from '../model/event.ts'
import type { ArchivedEvent, RoomEvent, Stream, Uid } from '../model/event.ts'
import { createPlacement, ordinalOf } from './placement.ts'
import type { Surroundings } from './placement.ts'
import { revised } from './revised.ts'
import type { Counted, Ledger } from './sqlite-ledger.ts'
import type { SqliteLinks } from './sqlite-links.ts'
import { documentOf, streamNumber, toEvent } from './sqlite-record.ts'
import type { EventRow } from './sqlite-record.ts'
import type { AppendResult, Revise } from './store.ts'
import { wellFormed } from './well-formed.ts'

export interface SqliteWriter {
  append (events: readonly RoomEvent[]): AppendResult[]
  /** The forms that stand, of the uids that are recorded. */
  revise (room: RoomJid, uids: readonly Uid[], change: Revise): ArchivedEvent[]
  /** Deletes the oldest events of the streams up to the time, at most `limit`; returns how many. */
  purge (room: RoomJid, upTo: Micros, streams: readonly Stream[], limit: number): number
  /** The number of the newest change; 0 before the first. */
  readonly lastChange: () => number
  readonly roomId: (room: RoomJid) => number | undefined
  readonly roomJid: (id: number) => RoomJid
}

interface Options {
  readonly db: Database
  readonly ledger: Ledger
  readonly links: SqliteLinks
}

/** Everything that changes the events: each call is one transaction, which takes the write lock at its beginning. */
export function createSqliteWriter ({ db, ledger, links }: Options): SqliteWriter {
  // Rooms are never deleted, so an id once read stays true.
  const ids = new Map<RoomJid, number>()
  const jids = new Map<number, RoomJid>()

  const findRoom = db.prepare<[string], number>('SELECT id FROM rooms WHERE jid = ?').pluck()
  const findJid = db.prepare<[number], RoomJid>('SELECT jid FROM rooms WHERE id = ?').pluck()
  const addRoom = db.prepare('INSERT INTO rooms (jid) VALUES (?)')
  const lastChange = db.prepare<[], number>(
    'SELECT max(ifnull((SELECT max(change) FROM events), 0), ifnull((SELECT max(change) FROM deletions), 0))').pluck()
  const byUid = db.prepare<[number, string], EventRow>('SELECT * FROM events WHERE room = ? AND uid = ?')
  const isTaken = db.prepare<[number, number, Micros], 1>('SELECT 1 FROM events WHERE room = ? AND stream = ? AND time = ?').pluck()
  const lastTime = db.prepare<[{ room: number }], Micros | null>(`
    SELECT max(time) FROM (
      SELECT max(time) AS time FROM events WHERE room = @room AND stream = 0 UNION ALL
      SELECT max(time) FROM events WHERE room = @room AND stream = 1)`).pluck()
  const highestOrdinal = db.prepare<[number, Micros, Micros], number | null>(
    'SELECT max(ordinal) FROM events WHERE room = ? AND stream IN (0, 1) AND time BETWEEN ? AND ?').pluck()
  const insert = db.prepare(`
    INSERT INTO events (change, room, stream, time, ordinal, uid, nick, document)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)`)
  const update = db.prepare('UPDATE events SET change = ?, nick = ?, document = ? WHERE change = ?')
  const remove = db.prepare('DELETE FROM events WHERE change = ?')
  const logDeletion = db.prepare('INSERT INTO deletions (change, room, stream, time) VALUES (?, ?, ?, ?)')
  const oldest = db.prepare<[number, number, Micros, number], EventRow>(
    'SELECT * FROM events WHERE room = ? AND stream = ? AND time <= ? ORDER BY time LIMIT ?')

  function roomId (room: RoomJid): number | undefined {
    const id = ids.get(room) ?? findRoom.get(room)
    if (id !== undefined) ids.set(room, id)
    return id
  }

  function roomJid (id: number): RoomJid {
    const jid = jids.get(id) ?? findJid.get(id)
    if (jid === undefined) throw new HansardError('ERR_STORE', `Cannot read the record: room ${id} is missing from its table of rooms`)
    jids.set(id, jid)
    return jid
  }

  function knownOrNewRoom (room: RoomJid): number {
    const id = roomId(room) ?? Number(addRoom.run(room).lastInsertRowid)
    ids.set(room, id)
    return id
  }

  function createSurroundings (): Surroundings {
    // Nearly every event is newer than all that its room has: then one look per room and batch will do.
    const newest = new Map<RoomJid, Micros>()
    function isNewer (room: RoomJid, time: Micros): boolean {
      let micros = newest.get(room)
      if (micros === undefined) newest.set(room, micros = lastTime.get({ room: knownOrNewRoom(room) }) ?? Number.MIN_SAFE_INTEGER)
      return time > micros
    }
    return {
      isTaken (room, stream, time) {
        const micros = toMicros(time)
        return !isNewer(room, micros) && isTaken.get(knownOrNewRoom(room), streamNumber(stream), micros) !== undefined
      },
      nextOrdinal (room, second) {
        const start = toMicros(`${second}.000000Z` as ArchiveTime)
        return isNewer(room, start) ? 0 : (highestOrdinal.get(knownOrNewRoom(room), start, start + 999_999) ?? -1) + 1
      }
    }
  }

  function append (events: readonly RoomEvent[]): AppendResult[] {
    const place = createPlacement(createSurroundings())
    const before = lastChange.get() ?? 0
    let change = before
    const results = events.map((asGiven): AppendResult => {
      const event = wellFormed(asGiven)
      const room = knownOrNewRoom(event.room)
      const known = byUid.get(room, event.uid)
      if (known !== undefined) return { event: toEvent(known, event.room), isNew: false }
      const placed = place(event)
      const stream = streamNumber(streamOf(placed.kind))
      const ordinal = ordinalOf(placed.anchor)
      const time = toMicros(placed.time)
      insert.run(++change, room, stream, time, ordinal, placed.uid, placed.nick, documentOf(placed))
      links.put({ room, time }, placed)
      ledger.note(room, counted(placed), 1)
      return { event: placed, isNew: true }
    })
    if (change > before) ledger.write(change)
    return results
  }

  function revise (jid: RoomJid, uids: readonly Uid[], change: Revise): ArchivedEvent[] {
    const room = roomId(jid)
    if (room === undefined) return []
    const before = lastChange.get() ?? 0
    let last = before
    const events = [...new Set(uids)].flatMap(uid => {
      const row = byUid.get(room, uid)
      if (row === undefined) return []
      const present = toEvent(row, jid)
      const event = revised(present, change)
      if (event === undefined) return [present]
      update.run(++last, event.nick, documentOf(event), row.change)
      links.put(row, event, present)
      ledger.note(room, counted(present), -1)
      ledger.note(room, counted(event), 1)
      return [event]
    })
    if (last > before) ledger.write(last)
    return events
  }

  function purge (jid: RoomJid, upTo: Micros, streams: readonly Stream[], limit: number): number {
    const room = roomId(jid)
    if (room === undefined) return 0
    const rows = streams
      .flatMap(stream => oldest.all(room, streamNumber(stream), upTo, limit))
      .sort((a, b) => a.time - b.time)
      .slice(0, limit)
    let change = lastChange.get() ?? 0
    for (const row of rows) {
      remove.run(row.change)
      logDeletion.run(++change, row.room, row.stream, row.time)
      const event = toEvent(row, jid)
      links.put(row, undefined, event)
      ledger.note(row.room, counted(event), -1)
    }
    ledger.write(change)
    return rows.length
  }

  /** The write lock is taken first, so that what was read cannot change before it is used. */
  function atomic<A extends unknown[], R> (work: (...args: A) => R): (...args: A) => R {
    const transaction = db.transaction(work)
    return (...args) => {
      try {
        return transaction.immediate(...args)
      } catch (error) {
        // A room added by the failed transaction is not there.
        ids.clear()
        jids.clear()
        ledger.clear()
        throw error
      }
    }
  }

  return {
    append: atomic(append),
    revise: atomic(revise),
    purge: atomic(purge),
    lastChange: () => lastChange.get() ?? 0,
    roomId,
    roomJid
  }
}

function counted ({ kind, time, nick, appliesTo }: ArchivedEvent): Counted {
  return { stream: streamNumber(streamOf(kind)), time, nick, isPart: appliesTo !== undefined }
}
