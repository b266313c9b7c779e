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
