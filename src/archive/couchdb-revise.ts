import type { RoomJid } from '../model/address.ts'
import { HansardError } from '../model/errors.ts'
import type { ArchivedEvent, Uid } from '../model/event.ts'
import type { CouchClient } from './couchdb-client.ts'
import { toEvent } from './couchdb-documents.ts'
import { findOne } from './couchdb-uids.ts'
import { writeOne } from './couchdb-outcome.ts'
import { revised } from './revised.ts'
import type { Revise } from './store.ts'

// Each round is lost only to another writer who changed the same document meanwhile.
const MAX_ROUNDS = 50

/** An ordinary new revision of the document, made of the one that stands at that moment. */
export function createCouchRevise ({ client }: { client: CouchClient }) {
  return async function revise (room: RoomJid, uid: Uid, change: Revise): Promise<ArchivedEvent | undefined> {
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const document = await findOne(client, room, uid)
      if (document === undefined) return undefined
      const present = toEvent(document)
      const event = revised(present, change)
      if (event === undefined) return present
      if (await writeOne(client, { ...event, _rev: document._rev })) return event
    }
    throw new HansardError('ERR_STORE_UNAVAILABLE', `Cannot change ${uid} in CouchDB at ${client.address}: another writer keeps changing it`)
  }
}
