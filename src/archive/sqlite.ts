import { setImmediate } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { RoomJid } from '../model/address.ts'
import { formatTime, toMicros } from '../model/archive-time.ts'
import type { ArchiveTime, Micros } from '../model/archive-time.ts'
import { HansardError } from '../model/errors.ts'
import { eventId, splitEventId } from '../model/event.ts'
import type { ArchivedEvent, RoomEvent } from '../model/event.ts'
import { createGroupWriter, storeClosed } from './group-writer.ts'
import { sqliteError } from './sqlite-errors.ts'
import { createLedger } from './sqlite-ledger.ts'
import { streamName, streamNumber, toEvent } from './sqlite-record.ts'
import type { EventRow } from './sqlite-record.ts'
import { openDatabase } from './sqlite-schema.ts'
import { createSqliteWriter } from './sqlite-writer.ts'
import type { ArchiveStore, Change, ChangeCursor, PageQuery } from './store.ts'

const EARLIEST: Micros = Number.MIN_SAFE_INTEGER
const LATEST: Micros = Number.MAX_SAFE_INTEGER
const GROUP_EVENTS = 100
const GROUP_MILLIS = 10
const PURGE_EVENTS = 500
const CHANGES = 500
const SCRUB_MILLIS = 1000

export interface SqliteStoreOptions {
  /** A file, made with its directory where there is none, or `:memory:`. */
  readonly path: string
  readonly log?: Logger
  /** How long a write waits, and the whole program with it, while another process writes. */
  readonly busyTimeoutMs?: number
}

/** The record in one SQLite file. Throws ERR_STORE or ERR_STORE_UNAVAILABLE when it cannot be opened. */
export function createSqliteStore ({ path, log, busyTimeoutMs = 5000 }: SqliteStoreOptions): ArchiveStore {
  const db = openDatabase(path, busyTimeoutMs)
  const ledger = createLedger(db)
  const writer = createSqliteWriter({ db, ledger })
  const group = createGroupWriter({
    write: events => run(() => writer.append(events)),
    maxEvents: GROUP_EVENTS,
    lingerMillis: GROUP_MILLIS
  })
  let closed = false
  let scrubbing: NodeJS.Timeout | undefined

  const byUid = db.prepare<[number, string], EventRow>('SELECT * FROM events WHERE room = ? AND uid = ?')
  const byTime = db.prepare<[number, number, Micros], EventRow>('SELECT * FROM events WHERE room = ? AND stream = ? AND time = ?')
  const lastOf = db.prepare<[number, number], Micros | null>('SELECT max(time) FROM events WHERE room = ? AND stream = ?').pluck()
  const PAGE = 'SELECT * FROM events WHERE room = @room AND stream = @stream AND time BETWEEN @from AND @to'
  const pages = {
    forward: db.prepare<[object], EventRow>(`${PAGE} ORDER BY time LIMIT @limit`),
    backward: db.prepare<[object], EventRow>(`${PAGE} ORDER BY time DESC LIMIT @limit`),
    nickForward: db.prepare<[object], EventRow>(`${PAGE} AND nick = @nick ORDER BY time LIMIT @limit`),
    nickBackward: db.prepare<[object], EventRow>(`${PAGE} AND nick = @nick ORDER BY time DESC LIMIT @limit`)
  }
  const summaries = db.prepare<[], { jid: RoomJid, talk: number, presence: number, first: Micros | null, last: Micros | null }>(`
    SELECT jid, talk, presence,
      (SELECT min(time) FROM events WHERE room = rooms.id AND stream = 0) AS first,
      (SELECT max(time) FROM events WHERE room = rooms.id AND stream = 0) AS last
    FROM rooms WHERE talk > 0 OR presence > 0`)
  const changed = db.prepare<[number, number], EventRow>('SELECT * FROM events WHERE change > ? ORDER BY change LIMIT ?')
  const deleted = db.prepare<[number, number], { change: number, room: number, stream: number, time: Micros }>(
    'SELECT * FROM deletions WHERE change > ? ORDER BY change LIMIT ?')
  const probe = db.prepare('SELECT 1 FROM rooms LIMIT 1')

  function run<T> (work: () => T): T {
    if (closed) throw storeClosed()
    try {
      return work()
    } catch (error) {
      throw sqliteError(error, path)
    }
  }

  // Several reads of one answer see one state, also while another process writes.
  function read<T> (work: () => T): T {
    return run(() => db.transaction(work).deferred())
  }

  /** Cuts the write-ahead log soon, so that a text taken out does not stay readable in it. */
  function scrubLater (): void {
    scrubbing ??= setTimeout(() => {
      scrubbing = undefined
      try {
        const [outcome] = db.pragma('wal_checkpoint(TRUNCATE)') as [{ busy: number }]
        if (outcome.busy !== 0) scrubLater()
      } catch (error) {
        log?.warn({ err: sqliteError(error, path) }, 'the write-ahead log still holds texts that were taken out')
      }
    }, SCRUB_MILLIS).unref()
  }

  function timeOf (room: number | undefined, uid: string): Micros {
    const row = room === undefined ? undefined : byUid.get(room, uid)
    if (row === undefined) throw new HansardError('ERR_ITEM_NOT_FOUND', `Cannot page from "${uid}": the room has no event of this id`)
    return row.time
  }

  function readPage (jid: RoomJid, { stream, start, end, nick, after, before, limit, reverse = false }: PageQuery): EventRow[] {
    const room = writer.roomId(jid)
    const from = Math.max(start === undefined ? EARLIEST : toMicros(start), after === undefined ? EARLIEST : timeOf(room, after) + 1)
    const to = Math.min(end === undefined ? LATEST : toMicros(end), before === undefined ? LATEST : timeOf(room, before) - 1)
    if (room === undefined) return []
    const statement = nick === undefined
      ? (reverse ? pages.backward : pages.forward)
      : (reverse ? pages.nickBackward : pages.nickForward)
    return statement.all({
      room,
      stream: streamNumber(stream),
      from,
      to,
      limit: limit + 1,
      ...(nick === undefined ? {} : { nick })
    })
  }

  function readChanges (since: number): Change[] {
    const events = changed.all(since, CHANGES)
    const gone = deleted.all(since, CHANGES)
    // What lies past the end of a full batch of the other kind waits for its turn.
    const upTo = Math.min(events.length < CHANGES ? LATEST : events.at(-1)!.change, gone.length < CHANGES ? LATEST : gone.at(-1)!.change)
    return [...events, ...gone]
      .filter(({ change }) => change <= upTo)
      .sort((a, b) => a.change - b.change)
      .map(row => {
        const jid = writer.roomJid(row.room)
        return {
          id: eventId(jid, streamName(row.stream), formatTime(row.time)),
          event: 'document' in row ? toEvent(row, jid) : undefined,
          cursor: String(row.change) as ChangeCursor
        }
      })
  }

  return {
    async append (events: readonly RoomEvent[]) {
      return group.append(events)
    },

    async page (jid, query) {
      const rows = read(() => readPage(jid, query))
      const complete = rows.length <= query.limit
      const events = rows.slice(0, query.limit).map(row => toEvent(row, jid))
      return { events: query.reverse === true ? events.reverse() : events, complete }
    },

    async count (jid, { stream, start, end, nick }) {
      return read(() => {
        const room = writer.roomId(jid)
        if (room === undefined || (start !== undefined && end !== undefined && start > end)) return 0
        return ledger.count(room, streamNumber(stream), start && toMicros(start), end && toMicros(end), nick)
      })
    },

    async rank (jid, stream, time) {
      return read(() => {
        const room = writer.roomId(jid)
        return room === undefined ? 0 : ledger.count(room, streamNumber(stream), undefined, toMicros(time) - 1, undefined)
      })
    },

    async get (jid, uid) {
      const room = run(() => writer.roomId(jid))
      const row = room === undefined ? undefined : run(() => byUid.get(room, uid))
      return row === undefined ? undefined : toEvent(row, jid)
    },

    async fetch (ids) {
      return read(() => ids.flatMap(id => {
        const { room: jid, stream, time } = splitEventId(id)
        const room = writer.roomId(jid)
        const row = room === undefined ? undefined : byTime.get(room, streamNumber(stream), toMicros(time))
        return row === undefined ? [] : [toEvent(row, jid)]
      }))
    },

    async lastTime (jid) {
      return read(() => {
        const room = writer.roomId(jid)
        if (room === undefined) return undefined
        const last = Math.max(lastOf.get(room, 0) ?? EARLIEST, lastOf.get(room, 1) ?? EARLIEST)
        return last === EARLIEST ? undefined : formatTime(last)
      })
    },

    async days (jid, query = {}) {
      const room = run(() => writer.roomId(jid))
      return room === undefined ? [] : run(() => ledger.days(room, query))
    },

    async day (jid, day) {
      const room = run(() => writer.roomId(jid))
      return room === undefined ? undefined : run(() => ledger.day(room, day))
    },

    async rooms () {
      return run(() => summaries.all())
        .sort((a, b) => a.jid < b.jid ? -1 : 1)
        .map(({ jid, talk, presence, first, last }) => ({
          room: jid,
          talk,
          presence,
          ...(first === null ? {} : { first: formatTime(first) }),
          ...(last === null ? {} : { last: formatTime(last) })
        }))
    },

    async * changes (since) {
      let cursor = Number(since ?? 0)
      for (;;) {
        const batch = read(() => readChanges(cursor))
        if (batch.length === 0) return
        yield batch
        cursor = Number(batch.at(-1)!.cursor)
        await setImmediate()
      }
    },

    async replace (event: ArchivedEvent) {
      run(() => writer.replace(event))
      scrubLater()
    },

    async purge (jid, upTo: ArchiveTime) {
      let total = 0
      for (let count = PURGE_EVENTS; count === PURGE_EVENTS; await setImmediate()) {
        count = run(() => writer.purge(jid, toMicros(upTo), PURGE_EVENTS))
        total += count
      }
      if (total > 0) scrubLater()
      return total
    },

    async ping () {
      run(() => probe.get())
    },

    async close () {
      if (closed) return
      await group.close()
      closed = true
      clearTimeout(scrubbing)
      db.close()
    }
  }
}
