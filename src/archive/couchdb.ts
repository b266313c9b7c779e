import type { Logger } from 'pino'
import type { RoomJid } from '../model/address.ts'
import { formatTime, toMicros } from '../model/archive-time.ts'
import type { ArchiveTime } from '../model/archive-time.ts'
import { dayBounds, dayOf } from '../model/day.ts'
import { HansardError } from '../model/errors.ts'
import { idPrefix } from '../model/event.ts'
import type { EventId, Stream, Uid } from '../model/event.ts'
import { createCouchClient } from './couchdb-client.ts'
import { viewPath } from './couchdb-design.ts'
import type { ViewName } from './couchdb-design.ts'
import { documentsOf, toEvent } from './couchdb-documents.ts'
import type { CouchDocument, DocRow, QueriesAnswer, Rows } from './couchdb-documents.ts'
import { collationKey, descending, EARLIEST, idRange, isEventId, LATEST, streamKey, timeRange } from './couchdb-keys.ts'
import { createCouchLedger } from './couchdb-ledger.ts'
import { createCouchRemoval } from './couchdb-removal.ts'
import type { Revision } from './couchdb-removal.ts'
import { createCouchSetup } from './couchdb-setup.ts'
import { newestTimes } from './couchdb-surroundings.ts'
import { findByUid, findOne, uidKey } from './couchdb-uids.ts'
import { createCouchWriter, fetchDocuments } from './couchdb-writer.ts'
import { createGroupWriter, storeClosed } from './group-writer.ts'
import type { ArchiveStore, ChangeCursor, CountQuery, PageQuery } from './store.ts'

const GROUP_EVENTS = 500
const PURGE_EVENTS = 500
const CHANGES = 500

export interface CouchdbStoreOptions {
  /** `http://user:password@host:5984/database`; the database is created when it is not there and the user may create it. */
  readonly url: string
  readonly log: Logger
  readonly requestTimeoutMs?: number
}

/**
 * The record in a CouchDB database. Nothing is sent before the first call. CouchDB has no transactions over documents:
 * while `append` is under way, or when it rejects, a part of the events may be recorded; appending them again is harmless.
 */
export function createCouchdbStore ({ url, log, requestTimeoutMs = 30_000 }: CouchdbStoreOptions): ArchiveStore {
  const client = createCouchClient({ url, timeoutMs: requestTimeoutMs })
  const setup = createCouchSetup({ client, log, waitMs: requestTimeoutMs })
  const ledger = createCouchLedger({ client })
  const removal = createCouchRemoval({ client, log })
  const write = createCouchWriter({ client, removal })
  const group = createGroupWriter({
    async write (events) {
      await setup.view('uid')
      return write(events)
    },
    maxEvents: GROUP_EVENTS,
    lingerMillis: 0
  })
  let closed = false

  /** To be awaited first by every method, with the views that it reads. */
  async function open (...views: readonly ViewName[]): Promise<void> {
    if (closed) throw storeClosed()
    await setup.database()
    for (const view of views) await setup.view(view)
  }

  async function timesOf (room: RoomJid, uids: ReadonlyArray<Uid | undefined>): Promise<Array<ArchiveTime | undefined>> {
    const wanted = uids.flatMap(uid => uid === undefined ? [] : [{ room, uid }])
    if (wanted.length === 0) return []
    await setup.view('uid')
    const found = await findByUid(client, wanted)
    return uids.map(uid => {
      if (uid === undefined) return undefined
      const document = found.get(uidKey({ room, uid }))
      if (document === undefined) throw new HansardError('ERR_ITEM_NOT_FOUND', `Cannot page from "${uid}": the room has no event of this id`)
      return document.time
    })
  }

  async function readPage (room: RoomJid, query: PageQuery): Promise<ReadonlyArray<{ doc?: CouchDocument | null }>> {
    const { stream, start, end, nick, after, before, limit, reverse = false } = query
    const [afterTime, beforeTime] = await timesOf(room, [after, before])
    const from = later(start, afterTime === undefined ? undefined : moved(afterTime, 1))
    const to = earlier(end, beforeTime === undefined ? undefined : moved(beforeTime, -1))
    const times = timeRange(from, to)
    if (times.from > times.to) return []
    const prefix = nick === undefined ? [] : [collationKey(room), streamKey(stream), collationKey(nick)]
    const range = nick === undefined
      ? idRange(room, stream, times)
      : { startkey: [...prefix, times.from], endkey: [...prefix, times.to] }
    const { rows } = await client.request(nick === undefined ? '_all_docs' : viewPath('nick'), {
      method: 'POST',
      body: {
        ...(reverse ? descending<unknown>(range) : range),
        limit: limit + 1,
        include_docs: true,
        ...(nick === undefined ? {} : { reduce: false })
      }
    }) as Rows<{ doc?: CouchDocument | null }>
    return rows
  }

  /** How many events stand from the first time on and before the second. */
  async function countIds (room: RoomJid, stream: Stream, from: string, before: string): Promise<number> {
    const prefix = idPrefix(room, stream)
    const { results } = await client.request('_all_docs/queries', {
      method: 'POST',
      body: { queries: [from, before].map(time => ({ startkey: prefix + time, limit: 0 })) }
    }) as QueriesAnswer<never>
    const [first, last] = results.map(({ offset }) => offset)
    if (typeof first === 'number' && typeof last === 'number') return Math.max(0, last - first)
    return countByDays(room, stream, from, before)
  }

  // COMPAT: storage engines other than the usual one tell no offset. Whole days from the ledger, the edges by their ids.
  async function countByDays (room: RoomJid, stream: Stream, from: string, before: string): Promise<number> {
    await setup.view('days')
    const scan = async (start: string, end: string): Promise<number> => {
      const { rows } = await client.request('_all_docs', {
        method: 'POST',
        body: { ...idRange(room, stream, { from: start, to: end }), inclusive_end: false }
      }) as Rows<DocRow>
      return rows.length
    }
    const firstDay = from === EARLIEST ? undefined : dayOf(from as ArchiveTime)
    const lastDay = before === LATEST ? undefined : dayOf(before as ArchiveTime)
    if (firstDay !== undefined && lastDay !== undefined && firstDay >= lastDay) return from < before ? scan(from, before) : 0
    return await ledger.countBetween(room, stream, firstDay, lastDay) +
      (firstDay === undefined ? 0 : await scan(from, moved(dayBounds(firstDay).end, 1))) +
      (lastDay === undefined ? 0 : await scan(dayBounds(lastDay).start, before))
  }

  async function countNick (room: RoomJid, { stream, start, end, nick = '' }: CountQuery): Promise<number> {
    await setup.view('nick')
    const prefix = [collationKey(room), streamKey(stream), collationKey(nick)]
    const { from, to } = timeRange(start, end)
    const { rows } = await client.request(viewPath('nick'), {
      method: 'POST',
      body: { startkey: [...prefix, from], endkey: [...prefix, to] }
    }) as Rows<{ value: number }>
    return rows[0]?.value ?? 0
  }

  /** Rows of both streams up to the time, at most so many. */
  async function oldest (room: RoomJid, upTo: ArchiveTime): Promise<Revision[]> {
    const queries = (['talk', 'presence'] as const).map(stream => ({
      ...idRange(room, stream, { from: EARLIEST, to: upTo }),
      limit: PURGE_EVENTS / 2
    }))
    const { results } = await client.request('_all_docs/queries', { method: 'POST', body: { queries } }) as QueriesAnswer<DocRow>
    return results.flatMap(({ rows }) => rows.map(({ id, value }) => ({ id, rev: value.rev })))
  }

  return {
    async append (events) {
      return group.append(events)
    },

    async page (room, query) {
      await open(...(query.nick === undefined ? [] : ['nick' as const]))
      const rows = await readPage(room, query)
      const events = documentsOf(rows.slice(0, query.limit)).map(toEvent)
      return { events: query.reverse === true ? events.reverse() : events, complete: rows.length <= query.limit }
    },

    async count (room, query) {
      await open()
      const { stream, start, end, nick } = query
      if (start !== undefined && end !== undefined && start > end) return 0
      if (nick !== undefined) return countNick(room, query)
      return countIds(room, stream, start ?? EARLIEST, end === undefined ? LATEST : moved(end, 1))
    },

    async rank (room, stream, time) {
      await open()
      return countIds(room, stream, EARLIEST, time)
    },

    async get (room, uid) {
      await open('uid')
      const document = await findOne(client, room, uid)
      return document === undefined ? undefined : toEvent(document)
    },

    async fetch (ids) {
      await open()
      if (ids.length === 0) return []
      const documents = await fetchDocuments(client, ids)
      return ids.flatMap(id => documents.get(id) ?? []).map(toEvent)
    },

    async lastTime (room) {
      await open()
      return (await newestTimes(client, [room])).get(room)
    },

    async days (room, query = {}) {
      await open('days')
      return ledger.days(room, query)
    },

    async day (room, day) {
      await open('days')
      return ledger.day(room, day)
    },

    async rooms () {
      await open('days')
      return ledger.rooms()
    },

    async * changes (since) {
      for (let cursor: string = since ?? '0'; ;) {
        await open()
        const { results, last_seq: last } = await client.request('_changes', {
          query: { since: cursor, limit: CHANGES, include_docs: true }
        }) as { results: ReadonlyArray<{ seq: string, id: string, deleted?: boolean, doc?: CouchDocument | null }>, last_seq: string }
        if (results.length === 0) return
        const batch = results.filter(({ id }) => isEventId(id)).map(({ seq, id, deleted, doc }) => ({
          id: id as EventId,
          event: deleted === true || doc === undefined || doc === null ? undefined : toEvent(doc),
          cursor: seq as ChangeCursor
        }))
        if (batch.length > 0) yield batch
        cursor = last
      }
    },

    async replace (event) {
      await open()
      await removal.replace(event)
    },

    async purge (room, upTo) {
      let total = 0
      for (;;) {
        await open()
        const documents = await oldest(room, upTo)
        if (documents.length === 0) return total
        await removal.erase(documents)
        total += documents.length
      }
    },

    async ping () {
      await open()
      await client.request('')
    },

    async close () {
      if (closed) return
      await group.close()
      closed = true
      setup.close()
    }
  }
}

function moved (time: ArchiveTime, micros: number): ArchiveTime {
  return formatTime(toMicros(time) + micros)
}

function later (a: ArchiveTime | undefined, b: ArchiveTime | undefined): ArchiveTime | undefined {
  return a === undefined || (b !== undefined && b > a) ? b : a
}

function earlier (a: ArchiveTime | undefined, b: ArchiveTime | undefined): ArchiveTime | undefined {
  return a === undefined || (b !== undefined && b < a) ? b : a
}
