import type { RoomJid } from '../model/address.ts'
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

/** Finds talk by the ids that it has or names, the newest MAX_REFERRING by time. */
export function createCouchLinks ({ client }: { client: CouchClient }) {
  return async function find (room: RoomJid, link: Link, ids: readonly string[]): Promise<ArchivedEvent[]> {
    const found = new Set<EventId>()
    const keys = [...new Set(ids.map(linkKey))]
    for (let from = 0; from < keys.length; from += QUERIES) {
      const queries = keys.slice(from, from + QUERIES).map(key => {
        const whole = [collationKey(room), link, key]
        return { startkey: whole, endkey: whole, descending: true, limit: MAX_REFERRING }
      })
      const { results } = await client.request(`${viewPath('links')}/queries`, { method: 'POST', body: { queries } }) as QueriesAnswer<DocRow>
      for (const { rows } of results) for (const { id } of rows) found.add(id as EventId)
    }
    // One room, one stream: their ids are in the order of time.
    const newest = [...found].sort().slice(-MAX_REFERRING)
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
