import type { RoomJid } from '../model/address.ts'
import type { ArchivedEvent, EventId, Uid } from '../model/event.ts'
import type { CouchClient } from './couchdb-client.ts'
import { viewPath } from './couchdb-design.ts'
import { documentsOf } from './couchdb-documents.ts'
import type { CouchDocument, Rows } from './couchdb-documents.ts'
import { collationKey } from './couchdb-keys.ts'

type Named = Pick<ArchivedEvent, 'room' | 'uid'>

export function uidKey ({ room, uid }: Named): string {
  return JSON.stringify([collationKey(room), collationKey(uid)])
}

/** The recorded documents of these rooms and uids, by uidKey. */
export async function findByUid (client: CouchClient, events: readonly Named[]): Promise<Map<string, CouchDocument>> {
  const keys = [...new Set(events.map(uidKey))]
  const { rows } = await client.request(viewPath('uid'), {
    method: 'POST',
    body: `{"include_docs":true,"keys":[${keys.join(',')}]}`
  }) as Rows<{ doc?: CouchDocument | null }>
  const found = new Map<string, CouchDocument>()
  for (const doc of documentsOf(rows)) {
    const key = uidKey(doc)
    const other = found.get(key)
    // Until a doubled event is undone (couchdb-writer.ts), everybody takes the same one for it.
    if (other === undefined || doc._id < other._id) found.set(key, doc)
  }
  return found
}

/** The ids under which each of these uids stands, by uidKey; more than one where two writers met. */
export async function idsOfUids (client: CouchClient, events: readonly Named[]): Promise<Map<string, EventId[]>> {
  const keys = new Set(events.map(uidKey))
  const { rows } = await client.request(viewPath('uid'), {
    method: 'POST',
    body: `{"keys":[${[...keys].join(',')}]}`
  }) as Rows<{ id: EventId, key: unknown }>
  const ids = new Map<string, EventId[]>()
  for (const { id, key } of rows) {
    const name = JSON.stringify(key)
    ids.set(name, [...ids.get(name) ?? [], id].sort())
  }
  return ids
}

export async function findOne (client: CouchClient, room: RoomJid, uid: Uid): Promise<CouchDocument | undefined> {
  return (await findByUid(client, [{ room, uid }])).values().next().value
}
