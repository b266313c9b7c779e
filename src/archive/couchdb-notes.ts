import { HansardError } from '../model/errors.ts'
import type { CouchClient } from './couchdb-client.ts'
import type { Rows } from './couchdb-documents.ts'
import { collationKey, MARK_PREFIX, REMOVAL_PREFIX } from './couchdb-keys.ts'
import { writeOne } from './couchdb-outcome.ts'
import { removalLine } from './removal-log.ts'
import type { ChangeCursor, LoggedRemoval, RemovalCursor } from './store.ts'

type Line = LoggedRemoval & { readonly cursor: RemovalCursor }
/** In no view; no room begins with a colon. */
type LineDocument = LoggedRemoval & { readonly _id: string, readonly _rev: string, readonly kind: 'removal' }

/** What the database keeps beside events and gaps: the log of removals, and where those who follow its changes stand. */
export interface CouchNotes {
  logRemoval (removal: LoggedRemoval): Promise<void>
  /** The next lines after the cursor; none at the end. */
  removals (since: RemovalCursor | undefined): Promise<Line[]>
  mark (name: string): Promise<ChangeCursor | undefined>
  setMark (name: string, cursor: ChangeCursor): Promise<void>
}

const LINES = 500
const MAX_ROUNDS = 10

export function createCouchNotes ({ client }: { client: CouchClient }): CouchNotes {
  // Cursors are those of this database, which a replica does not share: local documents are not replicated.
  async function readMark (name: string): Promise<{ _rev: string, cursor: ChangeCursor } | undefined> {
    const found = await client.request(markPath(name), { allow: [404] })
    // Where the whole database is not found, that tells nothing of the mark.
    if (found === undefined) await client.request('')
    return found as { _rev: string, cursor: ChangeCursor } | undefined
  }

  return {
    async logRemoval (asGiven) {
      const { cursor, removal } = removalLine(asGiven)
      // A conflict is with the same line: it is there already.
      await writeOne(client, { ...removal, _id: REMOVAL_PREFIX + cursor, kind: 'removal' })
    },

    async removals (since) {
      const after = REMOVAL_PREFIX + (since ?? '')
      const { rows } = await client.request('_all_docs', {
        method: 'POST',
        body: { startkey: `${after} `, endkey: `${REMOVAL_PREFIX}~`, limit: LINES, include_docs: true }
      }) as Rows<{ doc?: LineDocument | null }>
      return rows.flatMap(({ doc }) => doc?.kind === 'removal' ? [toLine(doc)] : [])
    },

    async mark (name) {
      return (await readMark(name))?.cursor
    },

    async setMark (name, cursor) {
      for (let round = 0; round < MAX_ROUNDS; round++) {
        const known = await readMark(name)
        const body = known === undefined ? { cursor } : { cursor, _rev: known._rev }
        if (await client.request(markPath(name), { method: 'PUT', body, allow: [409] }) !== undefined) return
      }
      throw new HansardError('ERR_STORE_UNAVAILABLE', `Cannot keep the mark ${name} in CouchDB at ${client.address}: another writer keeps changing it`)
    }
  }
}

function markPath (name: string): string {
  return MARK_PREFIX + collationKey(name)
}

function toLine ({ _id, _rev, kind, ...removal }: LineDocument): Line {
  return { ...removal, cursor: _id.slice(REMOVAL_PREFIX.length) as RemovalCursor }
}
