import { setImmediate } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { RoomJid } from '../model/address.ts'
import { formatTime, toMicros } from '../model/archive-time.ts'
import type { ArchiveTime, Micros } from '../model/archive-time.ts'
import { splitEventId } from '../model/event.ts'
import type { ArchivedEvent, RoomEvent } from '../model/event.ts'
import { createGroupWriter, storeClosed } from './group-writer.ts'
import { createSqliteChanges } from './sqlite-changes.ts'
import { sqliteError } from './sqlite-errors.ts'
import { createSqliteGaps } from './sqlite-gaps.ts'
import { createLedger } from './sqlite-ledger.ts'
import { createSqlitePage } from './sqlite-page.ts'
import { streamNumber, toEvent } from './sqlite-record.ts'
import type { EventRow } from './sqlite-record.ts'
import { openDatabase } from './sqlite-schema.ts'
import { createScrubber } from './sqlite-scrubber.ts'
import { createSqliteWriter } from './sqlite-writer.ts'
import type { ArchiveStore } from './store.ts'

const GROUP_EVENTS = 100
const GROUP_MILLIS = 10
const PURGE_EVENTS = 500

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
  const gaps = createSqliteGaps(db)
  const readPage = createSqlitePage({ db, roomId: writer.roomId })
  const readChanges = createSqliteChanges({ db, roomJid: writer.roomJid })
  const scrubber = createScrubber({ db, path, busyTimeoutMs, log })
  const group = createGroupWriter({
    write: events => run(() => writer.append(events)),
    maxEvents: GROUP_EVENTS,
    lingerMillis: GROUP_MILLIS
  })
  let closed = false

  const byUid = db.prepare<[number, string], EventRow>('SELECT * FROM events WHERE room = ? AND uid = ?')
  const byTime = db.prepare<[number, number, Micros], EventRow>('SELECT * FROM events WHERE room = ? AND stream = ? AND time = ?')
  const lastOf = db.prepare<[number, number], Micros | null>('SELECT max(time) FROM events WHERE room = ? AND stream = ?').pluck()
  const summaries = db.prepare<[], { jid: RoomJid, talk: number, presence: number, first: Micros | null, last: Micros | null }>(`
    SELECT jid, talk, presence,
      (SELECT min(time) FROM events WHERE room = rooms.id AND stream = 0) AS first,
      (SELECT max(time) FROM events WHERE room = rooms.id AND stream = 0) AS last
    FROM rooms WHERE talk > 0 OR presence > 0`)
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

  return {
    async append (events: readonly RoomEvent[]) {
      return group.append(events)
    },

    async page (jid, query) {
      return read(() => readPage(jid, query))
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
        const last = Math.max(lastOf.get(room, 0) ?? -Infinity, lastOf.get(room, 1) ?? -Infinity)
        return last === -Infinity ? undefined : formatTime(last)
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
      scrubber.soon()
    },

    async purge (jid, upTo: ArchiveTime) {
      let total = 0
      for (let count = PURGE_EVENTS; count === PURGE_EVENTS; await setImmediate()) {
        count = run(() => writer.purge(jid, toMicros(upTo), PURGE_EVENTS))
        total += count
      }
      if (total > 0) scrubber.soon()
      return total
    },

    async putGaps (put) {
      run(() => gaps.put(put))
    },

    async gaps (room, query = {}) {
      return run(() => gaps.find(room, query))
    },

    async ping () {
      run(() => probe.get())
    },

    async close () {
      if (closed) return
      await group.close()
      closed = true
      scrubber.stop()
      db.close()
    }
  }
}
