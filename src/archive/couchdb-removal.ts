import { randomBytes } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { Logger } from 'pino'
import type { ArchivedEvent, EventId } from '../model/event.ts'
import { HansardError } from '../model/errors.ts'
import type { CouchClient } from './couchdb-client.ts'
import { documentsOf, toEvent } from './couchdb-documents.ts'
import type { CouchDocument, DocRow, Rows } from './couchdb-documents.ts'
import { refused } from './couchdb-outcome.ts'
import type { Outcome } from './couchdb-outcome.ts'
import { revised } from './revised.ts'
import type { Revise } from './store.ts'

/**
 * Changes documents so that what they said cannot be asked for by an old revision. A server administrator may purge,
 * then it is so at once. An administrator of the database alone may not; then the old revisions go when CouchDB has
 * compacted the database. In both cases the files keep them until then: the caller has it compacted.
 */
export interface CouchRemoval {
  /** The documents in the forms that stand then; at every moment one form of each is there. */
  scrub (ids: readonly EventId[], change: Revise): Promise<Map<EventId, ArchivedEvent>>
  /** Takes documents out; `_changes` tells that they went. What another writer changed meanwhile may stay. Returns how many went. */
  erase (documents: readonly Revision[]): Promise<number>
}

export interface Revision {
  readonly id: string
  readonly rev: string
}

interface Replacement {
  readonly document: CouchDocument
  readonly event: ArchivedEvent
}

// Each round is lost only to another writer who changed the same document meanwhile.
const MAX_ROUNDS = 50
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

  async function read (ids: readonly EventId[]): Promise<CouchDocument[]> {
    const { rows } = await client.request('_all_docs', {
      method: 'POST',
      body: { keys: ids, include_docs: true, conflicts: true }
    }) as Rows<DocRow>
    return documentsOf(rows)
  }

  /** The new form is written as a leaf of its own beside the old one and wins by its number; the old leaf is purged. */
  async function replaceAndPurge (changes: readonly Replacement[]): Promise<void> {
    await write(changes.map(({ document, event }) => ({ ...event, _rev: `${generation(document._rev) + 1}-${newHash()}` })), false)
    await purge(changes.flatMap(({ document: { _id, _rev, _conflicts = [] } }) => [_rev, ..._conflicts].map(rev => ({ id: _id, rev }))))
  }

  async function replaceAndLeave (changes: readonly Replacement[]): Promise<void> {
    await write(changes.flatMap(({ document: { _id, _rev, _conflicts = [] }, event }) => [
      { ...event, _rev }, ..._conflicts.map(rev => ({ _id, _rev: rev, _deleted: true }))
    ]), true)
  }

  /**
   * Each document is deleted, a deleted leaf without ancestors is put beside, and the leaf that has the texts as its
   * ancestors is purged. (With the live leaf purged and the deleted one left, CouchDB would go on counting the document.)
   */
  async function eraseAndPurge (documents: readonly Revision[]): Promise<number> {
    const deletions = documents.map(({ id, rev }) => ({ id, old: hashOf(rev), hash: newHash(), start: generation(rev) + 1 }))
    await write(deletions.flatMap(({ id, old, hash, start }) => [
      { _id: id, _rev: `${start}-${hash}`, _deleted: true, _revisions: { start, ids: [hash, old] } },
      { _id: id, _rev: `${start + 1}-${hash}`, _deleted: true }
    ]), false)
    await purge(deletions.map(({ id, hash, start }) => ({ id, rev: `${start}-${hash}` })))
    return documents.length
  }

  async function eraseAndLeave (documents: readonly Revision[]): Promise<number> {
    return documents.length - await write(documents.map(({ id, rev }) => ({ _id: id, _rev: rev, _deleted: true })), true)
  }

  /** How many another writer was faster with. */
  async function write (docs: readonly object[], newEdits: boolean): Promise<number> {
    const outcomes = await client.request('_bulk_docs', { method: 'POST', body: { new_edits: newEdits, docs } }) as readonly Outcome[]
    const failed = outcomes.filter(({ error }) => error !== undefined)
    const lasting = failed.find(({ error }) => error !== 'conflict')
    if (lasting !== undefined) throw refused(client, lasting)
    return failed.length
  }

  async function purge (leaves: readonly Revision[]): Promise<void> {
    for (let from = 0; from < leaves.length; from += PURGE_IDS) {
      const body: Record<string, string[]> = {}
      for (const { id, rev } of leaves.slice(from, from + PURGE_IDS)) (body[id] ??= []).push(rev)
      await client.request('_purge', { method: 'POST', body })
    }
  }

  return {
    async scrub (ids, change) {
      const standing = new Map<EventId, ArchivedEvent>()
      const replace = await canPurge() ? replaceAndPurge : replaceAndLeave
      let rest = ids
      let written = new Map<EventId, ArchivedEvent>()
      for (let round = 0; rest.length > 0; round++) {
        if (round === MAX_ROUNDS) {
          throw new HansardError('ERR_STORE_UNAVAILABLE', `Cannot change documents in CouchDB at ${client.address}: other writers keep changing them`)
        }
        const changes: Replacement[] = []
        for (const document of await read(rest)) {
          const present = toEvent(document)
          const hasOthers = document._conflicts !== undefined
          // What stands as it was written is not changed twice; a leaf beside it is of a writer who did not know of it.
          const isDone = isDeepStrictEqual(present, written.get(document._id))
          const event = isDone ? undefined : revised(present, change)
          if (event === undefined && !hasOthers) standing.set(document._id, present)
          else changes.push({ document, event: event ?? present })
        }
        if (changes.length > 0) await replace(changes)
        written = new Map(changes.map(({ event }) => [event._id, event]))
        rest = [...written.keys()]
      }
      return standing
    },

    async erase (documents) {
      if (documents.length === 0) return 0
      return (await canPurge() ? eraseAndPurge : eraseAndLeave)(documents)
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
