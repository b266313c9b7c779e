import type { RoomJid } from '../model/address.ts'
import { formatTime, toMicros } from '../model/archive-time.ts'
import type { ArchiveTime } from '../model/archive-time.ts'
import { HansardError } from '../model/errors.ts'
import type { Uid } from '../model/event.ts'
import type { CouchClient } from './couchdb-client.ts'
import { viewPath } from './couchdb-design.ts'
import { documentsOf, toEvent } from './couchdb-documents.ts'
import type { CouchDocument, Rows } from './couchdb-documents.ts'
import { collationKey, descending, idRange, streamKey, timeRange } from './couchdb-keys.ts'
import type { CouchSetup } from './couchdb-setup.ts'
import { findByUid, uidKey } from './couchdb-uids.ts'
import type { Page, PageQuery } from './store.ts'

/** A page is a range of ids, by nick a range of the view `nick`, with one row more to tell whether it is complete. */
export function createCouchPage ({ client, setup }: { client: CouchClient, setup: CouchSetup }) {
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

  return async (room: RoomJid, query: PageQuery): Promise<Page> => {
    if (query.nick !== undefined) await setup.view('nick')
    const { stream, start, end, nick, after, before, limit, reverse = false } = query
    const [afterTime, beforeTime] = await timesOf(room, [after, before])
    const from = later(start, afterTime === undefined ? undefined : moved(afterTime, 1))
    const to = earlier(end, beforeTime === undefined ? undefined : moved(beforeTime, -1))
    const times = timeRange(from, to)
    if (times.from > times.to) return { events: [], complete: true }
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
    const events = documentsOf(rows.slice(0, limit)).map(toEvent)
    return { events: reverse ? events.reverse() : events, complete: rows.length <= limit }
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
