import { setImmediate, setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { RoomJid } from '../model/address.ts'
import { formatTime, toMicros } from '../model/archive-time.ts'
import type { ArchiveTime, Micros } from '../model/archive-time.ts'
import { splitEventId } from '../model/event.ts'
import type { ArchivedEvent, RoomEvent, Stream } from '../model/event.ts'
import { createGroupWriter, storeClosed } from './group-writer.ts'
import type { Link } from './links.ts'
import { createSqliteChanges } from './sqlite-changes.ts'
import { isBusy, sqliteError } from './sqlite-errors.ts'
import { createSqliteGaps } from './sqlite-gaps.ts'
import { createLedger } from './sqlite-ledger.ts'
import { createSqliteLinks } from './sqlite-links.ts'
import { createSqliteNotes } from './sqlite-notes.ts'
import { createSqlitePage } from './sqlite-page.ts'
import { createPresenceCheck } from './sqlite-presence.ts'
import { streamNumber, toEvent } from './sqlite-record.ts'
import type { EventRow } from './sqlite-record.ts'
import { openDatabase } from './sqlite-schema.ts'
import { createScrubber } from './sqlite-scrubber.ts'
import { createSqliteWriter } from './sqlite-writer.ts'
import type { ArchiveStore, ChangeCursor } from './store.ts'

const GROUP_EVENTS = 100
const GROUP_MILLIS = 10
const PURGE_EVENTS = 500
const SCRUB_EVENTS = 100
const BOTH: readonly Stream[] = ['talk', 'presence']
const BUSY_PAUSE_MS = 3

export interface SqliteStoreOptions {
  /** A file, made with its directory where there is none, or `:memory:`. */
  readonly path: string
  readonly log?: Logger
  /** How long a write waits while another process writes; the program goes on meanwhile. */
  readonly busyTimeoutMs?: number
}

/** The record in one SQLite file. Throws ERR_STORE or ERR_STORE_UNAVAILABLE when it cannot be opened. */
export function createSqliteStore ({ path, log, busyTimeoutMs = 2000 }: SqliteStoreOptions): ArchiveStore {
  const db = openDatabase(path, busyTimeoutMs, log)
  const ledger = createLedger(db)
  const links = createSqliteLinks(db)
  const writer = createSqliteWriter({ db, ledger, links })
  const notes = createSqliteNotes(db)
  const gaps = createSqliteGaps(db)
  const readPage = createSqlitePage({ db, roomId: writer.roomId })
  const readChanges = createSqliteChanges({ db, roomJid: writer.roomJid })
  const checkPresence = createPresenceCheck(path)
  const scrubber = createScrubber({ db, path, log })
  const group = createGroupWriter({
    write: events => write(() => writer.append(events)),
    maxEvents: GROUP_EVENTS,
    lingerMillis: GROUP_MILLIS
  })
  let closed = false

  const byUid = db.prepare<[number, string], EventRow>('SELECT * FROM events WHERE room = ? AND uid = ?')
  const byTime = db.prepare<[number, number, Micros], EventRow>('SELECT * FROM events WHERE room = ? AND stream = ? AND time = ?')
  const lastOf = db.prepare<[number, number], Micros | null>('SELECT max(time) FROM events WHERE room = ? AND stream = ?').pluck()
  const summaries = db.prepare<[], { jid: RoomJid, talk: number, lines: number, presence: number, first: Micros | null, last: Micros | null }>(`
    SELECT jid, talk, talk - parts AS lines, presence,
      (SELECT min(time) FROM events WHERE room = rooms.id AND stream = 0) AS first,
      (SELECT max(time) FROM events WHERE room = rooms.id AND stream = 0) AS last
    FROM rooms WHERE talk > 0 OR presence > 0`)
  const probe = db.prepare('SELECT 1 FROM rooms LIMIT 1')

  /** Tries at once and, while another process holds the lock, again and again: SQLite itself would wait with the whole program. */
  async function run<T> (work: () => T): Promise<T> {
    const start = performance.now()
    for (;;) {
      if (closed) throw storeClosed()
      try {
        return work()
      } catch (error) {
        if (!isBusy(error) || performance.now() - start > busyTimeoutMs) throw sqliteError(error, path)
      }
      await sleep(BUSY_PAUSE_MS)
    }
  }

  /** What was written to a file that is not there any more is not written. */
  function write<T> (work: () => T): Promise<T> {
    return run(() => {
      const result = work()
      checkPresence()
      return result
    })
  }

  // Several reads of one answer see one state, also while another process writes.
  function read<T> (work: () => T): Promise<T> {
    return run(() => db.transaction(work).deferred())
  }

  async function find (jid: RoomJid, link: Link, ids: readonly string[], before?: ArchiveTime): Promise<ArchivedEvent[]> {
    return read(() => {
      const room = writer.roomId(jid)
      return room === undefined ? [] : links.find(room, jid, link, ids, before === undefined ? undefined : toMicros(before))
    })
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
        return room === undefined ? 0 : ledger.rank(room, streamNumber(stream), toMicros(time))
      })
    },

    async get (jid, uid) {
      return read(() => {
        const room = writer.roomId(jid)
        const row = room === undefined ? undefined : byUid.get(room, uid)
        return row === undefined ? undefined : toEvent(row, jid)
      })
    },

    async getMany (jid, uids) {
      return read(() => {
        const room = writer.roomId(jid)
        if (room === undefined) return []
        return uids.flatMap(uid => byUid.get(room, uid) ?? []).map(row => toEvent(row, jid))
      })
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
      return read(() => {
        const room = writer.roomId(jid)
        return room === undefined ? [] : ledger.days(room, query)
      })
    },

    async day (jid, day) {
      return read(() => {
        const room = writer.roomId(jid)
        return room === undefined ? undefined : ledger.day(room, day)
      })
    },

    async rooms () {
      return (await run(() => summaries.all()))
        .sort((a, b) => a.jid < b.jid ? -1 : 1)
        .map(({ jid, talk, lines, presence, first, last }) => ({
          room: jid,
          talk,
          lines,
          presence,
          ...(first === null ? {} : { first: formatTime(first) }),
          ...(last === null ? {} : { last: formatTime(last) })
        }))
    },

    async * changes (since) {
      let cursor = Number(since ?? 0)
      for (;;) {
        const batch = await read(() => readChanges(cursor))
        if (batch.length === 0) return
        yield batch
        cursor = Number(batch.at(-1)!.cursor)
        await setImmediate()
      }
    },

    async present () {
      return String(await run(() => writer.lastChange())) as ChangeCursor
    },

    async referring (room, ids, before) {
      return find(room, 'referring', ids, before)
    },

    async named (room, ids) {
      return find(room, 'named', ids)
    },

    async revise (room, uid, change) {
      const [event] = await write(() => writer.revise(room, [uid], change))
      return event
    },

    async scrub (room, uids, change) {
      const events: ArchivedEvent[] = []
      const each = [...new Set(uids)]
      if (closed) throw storeClosed()
      for (let from = 0; from < each.length; from += SCRUB_EVENTS) {
        if (from > 0) await setImmediate()
        const part = each.slice(from, from + SCRUB_EVENTS)
        events.push(...await write(() => writer.revise(room, part, change)))
        scrubber.soon()
      }
      return events
    },

    async purge (jid, upTo: ArchiveTime, stream) {
      const streams = stream === undefined ? BOTH : [stream]
      let total = 0
      for (let count = PURGE_EVENTS; count === PURGE_EVENTS; await setImmediate()) {
        count = await write(() => writer.purge(jid, toMicros(upTo), streams, PURGE_EVENTS))
        total += count
        scrubber.soon()
      }
      return total
    },

    async logRemoval (removal) {
      await write(() => notes.logRemoval(removal))
    },

    async * removals (since) {
      for (let cursor = since; ;) {
        const lines = await run(() => notes.removals(cursor))
        if (lines.length === 0) return
        yield lines
        cursor = lines.at(-1)!.cursor
      }
    },

    async mark (name) {
      return run(() => notes.mark(name))
    },

    async setMark (name, cursor) {
      await write(() => notes.setMark(name, cursor))
    },

    async putGaps (put) {
      await write(() => gaps.put(put))
    },

    async gaps (room, query = {}) {
      return run(() => gaps.find(room, query))
    },

    async ping () {
      await write(() => probe.get())
    },

    async close () {
      if (closed) return
      await group.close()
      closed = true
      await scrubber.close()
      db.close()
    }
  }
}
