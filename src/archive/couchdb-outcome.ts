import { HansardError } from '../model/errors.ts'
import type { CouchClient } from './couchdb-client.ts'

/** An answer to `_bulk_docs` is a list of these, in the order of the documents. */
export interface Outcome {
  readonly id: string
  readonly error?: string
  readonly reason?: string
}

// Errors of a document that are not the document's.
const PASSING = ['timeout', 'internal_server_error', 'service_unavailable']

/** What a write of one document came to, when it is no success. */
export function refused ({ address }: CouchClient, { id, error = '', reason = '' }: Outcome): HansardError {
  return new HansardError(PASSING.includes(error) ? 'ERR_STORE_UNAVAILABLE' : 'ERR_STORE',
    `Cannot write ${id} to CouchDB at ${address}: it is refused (${error}, ${reason})`)
}

/** Writes one document; false where another writer was faster. */
export async function writeOne (client: CouchClient, document: object): Promise<boolean> {
  const [outcome] = await client.request('_bulk_docs', { method: 'POST', body: { docs: [document] } }) as readonly Outcome[]
  if (outcome === undefined) {
    throw new HansardError('ERR_STORE_UNAVAILABLE', `Cannot write to CouchDB at ${client.address}: it did not tell the outcome`)
  }
  if (outcome.error !== undefined && outcome.error !== 'conflict') throw refused(client, outcome)
  return outcome.error === undefined
}
