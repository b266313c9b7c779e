import { HansardError } from '../model/errors.ts'
import type { ArchivedEvent, EventId, RoomEvent } from '../model/event.ts'
import type { CouchClient } from './couchdb-client.ts'
import { documentsOf, toEvent } from './couchdb-documents.ts'
import type { CouchDocument, DocRow, Rows } from './couchdb-documents.ts'
import { refused } from './couchdb-outcome.ts'
import type { Outcome } from './couchdb-outcome.ts'
import type { CouchRemoval } from './couchdb-removal.ts'
import { lookAround } from './couchdb-surroundings.ts'
import { findByUid, idsOfUids, uidKey } from './couchdb-uids.ts'
import { createPlacement } from './placement.ts'
import type { AppendResult } from './store.ts'
import { wellFormed } from './well-formed.ts'

const MAX_EVENTS = 500
const MAX_BYTES = 4_000_000
// Each round is lost only to another writer who took the same microseconds meanwhile.
const MAX_ROUNDS = 50

interface Options {
  readonly client: CouchClient
  readonly removal: CouchRemoval
}

/** Writes a group of events; calls must not overlap. */
export function createCouchWriter ({ client, removal }: Options): (events: readonly RoomEvent[]) => Promise<AppendResult[]> {
  // Sent, but the answer did not come: found recorded by the next try, these are still news to the caller.
  const inDoubt = new Set<string>()

  async function writeSome (events: readonly RoomEvent[]): Promise<AppendResult[]> {
    const results = new Map<string, AppendResult>()
    const rest = new Map<string, RoomEvent>()
    for (const event of events) {
      if (!rest.has(uidKey(event))) rest.set(uidKey(event), event)
    }
    for (const [key, document] of await findByUid(client, events)) {
      results.set(key, { event: toEvent(document), isNew: inDoubt.delete(key) })
      rest.delete(key)
    }
    const taken = new Set<EventId>()
    for (let round = 0; rest.size > 0; round++) {
      if (round === MAX_ROUNDS) {
        throw new HansardError('ERR_STORE_UNAVAILABLE', `Cannot write to CouchDB at ${client.address}: other writers keep taking the places`)
      }
      for (const [key, result] of await writeRound([...rest.values()], taken)) {
        results.set(key, result)
        rest.delete(key)
      }
    }
    await undoDoubles(events, results)
    const seen = new Set<string>()
    return events.map(event => {
      const key = uidKey(event)
      const result = results.get(key) as AppendResult
      const isFirst = !seen.has(key)
      seen.add(key)
      return isFirst ? result : { event: result.event, isNew: false }
    })
  }

  /** The results of those that found their place; places of others that were found taken are added to `taken`. */
  async function writeRound (events: readonly RoomEvent[], taken: Set<EventId>): Promise<Map<string, AppendResult>> {
    const docs = events.map(createPlacement(await lookAround(client, events, taken)))
    for (const doc of docs) inDoubt.add(uidKey(doc))
    const outcomes = await client.request('_bulk_docs', { method: 'POST', body: { docs } }) as readonly Outcome[]
    if (outcomes.length !== docs.length) {
      throw new HansardError('ERR_STORE_UNAVAILABLE', `Cannot write to CouchDB at ${client.address}: it told the outcome of only a part`)
    }
    const results = new Map<string, AppendResult>()
    const conflicts: ArchivedEvent[] = []
    for (const [n, outcome] of outcomes.entries()) {
      const doc = docs[n] as ArchivedEvent
      if (outcome.error === undefined) results.set(uidKey(doc), { event: doc, isNew: true })
      else if (outcome.error === 'conflict') conflicts.push(doc)
      else throw refused(client, outcome)
    }
    if (conflicts.length > 0) {
      for (const [id, document] of await fetchDocuments(client, conflicts.map(({ _id }) => _id))) {
        const mine = conflicts.find(({ _id }) => _id === id) as ArchivedEvent
        if (document.uid === mine.uid) results.set(uidKey(mine), { event: toEvent(document), isNew: false })
        else taken.add(id)
      }
    }
    for (const doc of docs) inDoubt.delete(uidKey(doc))
    return results
  }

  /**
   * Two processes that record the same uid at the same moment, at different times, both find it missing. Afterwards at
   * least one of them sees both; whoever does keeps the one with the smaller id, so they agree.
   */
  async function undoDoubles (events: readonly RoomEvent[], results: Map<string, AppendResult>): Promise<void> {
    const fresh = events.filter(event => results.get(uidKey(event))?.isNew)
    if (fresh.length === 0) return
    const doubles = [...await idsOfUids(client, fresh)].filter(([, ids]) => ids.length > 1)
    if (doubles.length === 0) return
    const documents = await fetchDocuments(client, doubles.flatMap(([, ids]) => ids))
    for (const [key, ids] of doubles) {
      const [kept, ...others] = ids.flatMap(id => documents.get(id) ?? [])
      if (kept === undefined) continue
      await removal.erase(others.map(({ _id, _rev }) => ({ id: _id, rev: _rev })))
      if (results.get(key)?.event._id !== kept._id) results.set(key, { event: toEvent(kept), isNew: false })
    }
  }

  return async asGiven => {
    const results: AppendResult[] = []
    for (const part of parts(asGiven.map(wellFormed))) results.push(...await writeSome(part))
    return results
  }
}

export async function fetchDocuments (client: CouchClient, ids: readonly EventId[]): Promise<Map<EventId, CouchDocument>> {
  const { rows } = await client.request('_all_docs', { method: 'POST', body: { keys: ids, include_docs: true } }) as Rows<DocRow>
  return new Map(documentsOf(rows).map(document => [document._id, document]))
}

function parts (events: readonly RoomEvent[]): RoomEvent[][] {
  const parts: RoomEvent[][] = []
  let bytes = Infinity
  for (const event of events) {
    const size = (event.body?.length ?? 0) + (event.stanza?.length ?? 0) + 500
    const part = parts.at(-1)
    if (part === undefined || part.length === MAX_EVENTS || bytes + size > MAX_BYTES) {
      parts.push([event])
      bytes = size
    } else {
      part.push(event)
      bytes += size
    }
  }
  return parts
}
