import { randomBytes } from 'node:crypto'
import type { Logger } from 'pino'
import type { ArchivedEvent, EventId } from '../model/event.ts'
import { HansardError } from '../model/errors.ts'
import type { CouchClient } from './couchdb-client.ts'
import { documentsOf } from './couchdb-documents.ts'
import type { CouchDocument, DocRow, Rows } from './couchdb-documents.ts'
import { wellFormed } from './well-formed.ts'

/**
 * Changes documents so that what they said cannot be asked for by an old revision. A server administrator may purge,
 * then it is so at once. An administrator of the database alone may not; then the old revisions go when CouchDB has
 * compacted the database, which is started each time.
 */
export interface CouchRemoval {
  /** Puts the new form in the document's place; at every moment one of both is there. */
  replace (event: ArchivedEvent): Promise<void>
  /** Takes documents out; `_changes` tells that they went. */
  erase (documents: readonly Revision[]): Promise<void>
}

export interface Revision {
  readonly id: string
  readonly rev: string
}

// CouchDB's default for [purge] max_document_id_number.
const PURGE_IDS = 100

export function createCouchRemoval ({ client, log }: { client: CouchClient, log: Logger }): CouchRemoval {
  let mayPurge: boolean | undefined

  async function canPurge (): Promise<boolean> {
    if (mayPurge === undefined) {
      const isAllowed = await client.request('_purge', { method: 'POST', body: {}, allow: [401, 403] }) !== undefined
      // Where nothing is allowed, the password is refused just now, and that tells nothing of purges.
      if (!isAllowed) await client.request('')
      mayPurge = isAllowed
      if (!mayPurge) {
        log.warn({ database: client.address },
          'only a server administrator may purge: CouchDB itself keeps removed texts as old revisions until it has compacted the database')
      }
    }
    return mayPurge
  }

  async function read (id: EventId): Promise<CouchDocument | undefined> {
    const { rows } = await client.request('_all_docs', {
      method: 'POST',
      body: { keys: [id], include_docs: true, conflicts: true }
    }) as Rows<DocRow>
    return documentsOf(rows)[0]
  }

  /** The new form is written as a leaf of its own beside the old one and wins by its number; the old leaf is purged. */
  async function replaceAndPurge (event: ArchivedEvent, { _rev, _conflicts = [] }: CouchDocument): Promise<void> {
    await write([{ ...event, _rev: `${generation(_rev) + 1}-${newHash()}` }], false)
    await purge([_rev, ..._conflicts].map(rev => ({ id: event._id, rev })))
  }

  async function replaceAndCompact (event: ArchivedEvent, { _rev, _conflicts = [] }: CouchDocument): Promise<void> {
    await write([{ ...event, _rev }, ..._conflicts.map(rev => ({ _id: event._id, _rev: rev, _deleted: true }))], true)
    await compact()
  }

  /**
   * Each document is deleted, a deleted leaf without ancestors is put beside, and the leaf that has the texts as its
   * ancestors is purged. (With the live leaf purged and the deleted one left, CouchDB would go on counting the document.)
   */
  async function eraseAndPurge (documents: readonly Revision[]): Promise<void> {
    const deletions = documents.map(({ id, rev }) => ({ id, old: hashOf(rev), hash: newHash(), start: generation(rev) + 1 }))
    await write(deletions.flatMap(({ id, old, hash, start }) => [
      { _id: id, _rev: `${start}-${hash}`, _deleted: true, _revisions: { start, ids: [hash, old] } },
      { _id: id, _rev: `${start + 1}-${hash}`, _deleted: true }
    ]), false)
    await purge(deletions.map(({ id, hash, start }) => ({ id, rev: `${start}-${hash}` })))
  }

  async function eraseAndCompact (documents: readonly Revision[]): Promise<void> {
    await write(documents.map(({ id, rev }) => ({ _id: id, _rev: rev, _deleted: true })), true)
    await compact()
  }

  async function write (docs: readonly object[], newEdits: boolean): Promise<void> {
    const outcomes = await client.request('_bulk_docs', {
      method: 'POST',
      body: { new_edits: newEdits, docs }
    }) as ReadonlyArray<{ readonly error?: string }>
    const error = outcomes.find(({ error }) => error !== undefined)?.error
    if (error === 'conflict') {
      throw new HansardError('ERR_STORE_UNAVAILABLE', `Cannot change documents in CouchDB at ${client.address}: another writer changed them meanwhile; try again`)
    }
    if (error !== undefined) {
      throw new HansardError('ERR_STORE', `Cannot change documents in CouchDB at ${client.address}: it is refused (${error})`)
    }
  }

  async function purge (leaves: readonly Revision[]): Promise<void> {
    for (let from = 0; from < leaves.length; from += PURGE_IDS) {
      const body: Record<string, string[]> = {}
      for (const { id, rev } of leaves.slice(from, from + PURGE_IDS)) (body[id] ??= []).push(rev)
      await client.request('_purge', { method: 'POST', body })
    }
  }

  async function compact (): Promise<void> {
    await client.request('_compact', { method: 'POST', body: {} })
  }

  return {
    async replace (asGiven) {
      const event = wellFormed(asGiven)
      const document = await read(event._id)
      if (document === undefined || document.uid !== event.uid) {
        throw new HansardError('ERR_ITEM_NOT_FOUND', `Cannot replace ${event._id}: the record has no such event`)
      }
      const change = await canPurge() ? replaceAndPurge : replaceAndCompact
      await change({ ...event, anchor: document.anchor }, document)
    },
    async erase (documents) {
      if (documents.length === 0) return
      const change = await canPurge() ? eraseAndPurge : eraseAndCompact
      await change(documents)
    }
  }
}

function generation (rev: string): number {
  return Number.parseInt(rev, 10)
}

function hashOf (rev: string): string {
  return rev.slice(rev.indexOf('-') + 1)
}

function newHash (): string {
  return randomBytes(16).toString('hex')
}
