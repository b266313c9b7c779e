import type { Logger } from 'pino'
import type { RoomJid } from '../model/address.ts'
import type { ArchiveTime } from '../model/archive-time.ts'
import { splitEventId } from '../model/event.ts'
import type { ArchivedEvent, EventId, Stream } from '../model/event.ts'
import { createCouchClient } from './couchdb-client.ts'
import { createCouchCompaction } from './couchdb-compaction.ts'
import { createCouchCount } from './couchdb-count.ts'
import type { ViewName } from './couchdb-design.ts'
import { toEvent } from './couchdb-documents.ts'
import type { CouchDocument, DocRow, QueriesAnswer } from './couchdb-documents.ts'
import { createCouchGaps } from './couchdb-gaps.ts'
import { EARLIEST, idRange, isEventId } from './couchdb-keys.ts'
import { createCouchLedger } from './couchdb-ledger.ts'
import { createCouchLinks } from './couchdb-links.ts'
import { createCouchNotes } from './couchdb-notes.ts'
import { createCouchPage } from './couchdb-page.ts'
import { createCouchRemoval } from './couchdb-removal.ts'
import type { Revision } from './couchdb-removal.ts'
import { createCouchRevise } from './couchdb-revise.ts'
import { createCouchSetup } from './couchdb-setup.ts'
import { newestTimes } from './couchdb-surroundings.ts'
import { findByUid, findOne, uidKey } from './couchdb-uids.ts'
import { createCouchWriter, fetchDocuments } from './couchdb-writer.ts'
import { createGroupWriter, storeClosed } from './group-writer.ts'
import type { ArchiveStore, ChangeCursor } from './store.ts'

const GROUP_EVENTS = 500
const PURGE_EVENTS = 500
const SCRUB_EVENTS = 100
const BOTH: readonly Stream[] = ['talk', 'presence']
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
  const readPage = createCouchPage({ client, setup })
  const counting = createCouchCount({ client, setup, ledger })
  const gaps = createCouchGaps({ client })
  const findLinked = createCouchLinks({ client })
  const notes = createCouchNotes({ client })
  const revise = createCouchRevise({ client })
  const removal = createCouchRemoval({ client, log })
  const compaction = createCouchCompaction({ client, log })
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

  /** The oldest documents of the streams up to the time, at most so many. */
  async function oldest (room: RoomJid, upTo: ArchiveTime, streams: readonly Stream[]): Promise<Revision[]> {
    const queries = streams.map(stream => ({ ...idRange(room, stream, { from: EARLIEST, to: upTo }), limit: PURGE_EVENTS }))
    const { results } = await client.request('_all_docs/queries', { method: 'POST', body: { queries } }) as QueriesAnswer<DocRow>
    return results
      .flatMap(({ rows }) => rows.map(({ id, value }) => ({ id, rev: value.rev, time: splitEventId(id as EventId).time })))
      .sort((a, b) => a.time < b.time ? -1 : 1)
      .slice(0, PURGE_EVENTS)
  }

  return {
    async append (events) {
      return group.append(events)
    },

    async page (room, query) {
      await open()
      return readPage(room, query)
    },

    async count (room, query) {
      await open()
      return counting.count(room, query)
    },

    async rank (room, stream, time) {
      await open()
      return counting.rank(room, stream, time)
    },

    async get (room, uid) {
      await open('uid')
      const document = await findOne(client, room, uid)
      return document === undefined ? undefined : toEvent(document)
    },

    async getMany (room, uids) {
      await open('uid')
      if (uids.length === 0) return []
      const documents = await findByUid(client, uids.map(uid => ({ room, uid })))
      return uids.flatMap(uid => documents.get(uidKey({ room, uid })) ?? []).map(toEvent)
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
        // Fewer than asked for are all that there are.
        if (results.length < CHANGES) return
        cursor = last
      }
    },

    async present () {
      await open()
      const { last_seq: last } = await client.request('_changes', { query: { since: 'now', limit: 1 } }) as { last_seq: string }
      return last as ChangeCursor
    },

    async referring (room, ids, before) {
      await open('links')
      return findLinked(room, 'referring', ids, before)
    },

    async named (room, ids) {
      await open('links')
      return findLinked(room, 'named', ids)
    },

    async revise (room, uid, change) {
      await open('uid')
      return revise(room, uid, change)
    },

    async scrub (room, uids, change) {
      await open()
      const each = [...new Set(uids)]
      const events: ArchivedEvent[] = []
      for (let from = 0; from < each.length; from += SCRUB_EVENTS) {
        await open('uid')
        const part = each.slice(from, from + SCRUB_EVENTS)
        const documents = await findByUid(client, part.map(uid => ({ room, uid })))
        const ids = part.flatMap(uid => documents.get(uidKey({ room, uid }))?._id ?? [])
        if (ids.length === 0) continue
        const standing = await removal.scrub(ids, change).finally(() => compaction.start())
        events.push(...ids.flatMap(id => standing.get(id) ?? []))
      }
      return events
    },

    async purge (room, upTo, stream) {
      const streams = stream === undefined ? BOTH : [stream]
      let total = 0
      try {
        for (;;) {
          await open()
          const documents = await oldest(room, upTo, streams)
          if (documents.length === 0) return total
          total += await removal.erase(documents)
        }
      } finally {
        if (total > 0) await compaction.start()
      }
    },

    async logRemoval (line) {
      await open()
      await notes.logRemoval(line)
    },

    async * removals (since) {
      for (let cursor = since; ;) {
        await open()
        const lines = await notes.removals(cursor)
        if (lines.length === 0) return
        yield lines
        cursor = lines.at(-1)?.cursor
      }
    },

    async mark (name) {
      await open()
      return notes.mark(name)
    },

    async setMark (name, cursor) {
      await open()
      await notes.setMark(name, cursor)
    },

    async putGaps (put) {
      await open()
      await gaps.put(put)
    },

    async gaps (room, query = {}) {
      await open()
      return gaps.find(room, query)
    },

    async ping () {
      await open()
      await client.request('')
    },

    async close () {
      if (closed) return
      await group.close()
      closed = true
      await compaction.close()
      setup.close()
    }
  }
}
