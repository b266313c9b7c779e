import type { RoomJid } from '../model/address.ts'
import type { ArchiveTime } from '../model/archive-time.ts'
import { splitEventId } from '../model/event.ts'
import type { ArchivedEvent, EventId } from '../model/event.ts'
import type { CouchClient } from './couchdb-client.ts'
import { viewPath } from './couchdb-design.ts'
import { toEvent } from './couchdb-documents.ts'
import type { DocRow, QueriesAnswer } from './couchdb-documents.ts'
import { collationKey, linkKey } from './couchdb-keys.ts'
import { fetchDocuments } from './couchdb-writer.ts'
import { linksOf } from './links.ts'
import type { Link } from './links.ts'
import { MAX_REFERRING } from './store.ts'

const QUERIES = 100
const DOCUMENTS = 200

/** Finds talk by the ids that it has or names, the newest MAX_REFERRING by time; with `before` the newest before that time. */
export function createCouchLinks ({ client }: { client: CouchClient }) {
  return async function find (room: RoomJid, link: Link, ids: readonly string[], before?: ArchiveTime): Promise<ArchivedEvent[]> {
    const found = new Set<EventId>()
    const keys = [...new Set(ids.map(linkKey))]
    for (let from = 0; from < keys.length; from += QUERIES) {
      const queries = keys.slice(from, from + QUERIES).map(key => {
        const whole = [collationKey(room), link, key]
        // An array that goes on sorts behind the one that ends, an object behind every text.
        return { startkey: [...whole, before ?? {}], endkey: whole, inclusive_end: false, descending: true, limit: MAX_REFERRING + 1 }
      })
      const { results } = await client.request(`${viewPath('links')}/queries`, { method: 'POST', body: { queries } }) as QueriesAnswer<DocRow>
      for (const { rows } of results) for (const { id } of rows) found.add(id as EventId)
    }
    // One room, one stream: their ids are in the order of time.
    const newest = [...found].filter(id => before === undefined || splitEventId(id).time < before).sort().slice(-MAX_REFERRING)
    const wanted = new Set(ids)
    const events: ArchivedEvent[] = []
    for (let from = 0; from < newest.length; from += DOCUMENTS) {
      const part = newest.slice(from, from + DOCUMENTS)
      const documents = await fetchDocuments(client, part)
      events.push(...part.flatMap(id => documents.get(id) ?? []).map(toEvent))
    }
    return events.filter(event => linksOf(event)[link].some(id => wanted.has(id)))
  }
}
