import { randomBytes } from 'node:crypto'
import type { ArchivedEvent, EventId } from '../model/event.ts'
import { HansardError } from '../model/errors.ts'
import type { CouchClient } from './couchdb-client.ts'
import { documentsOf } from './couchdb-documents.ts'
import type { DocRow, Rows } from './couchdb-documents.ts'
import { wellFormed } from './well-formed.ts'

export interface Revision {
  readonly id: string
  readonly rev: string
}

// CouchDB's default for [purge] max_document_id_number.
const PURGE_IDS = 100

/**
 * Puts the new form in the document's place so that the old one can no longer be asked for by its revision: the new
 * form is written as a leaf of its own beside the old, wins by its number, and then the old leaf is purged. At every
 * moment the document is there.
 */
export async function replaceDocument (client: CouchClient, asGiven: ArchivedEvent): Promise<void> {
  const event = wellFormed(asGiven)
  const { rows } = await client.request('_all_docs', {
    method: 'POST',
    body: { keys: [event._id], include_docs: true, conflicts: true }
  }) as Rows<DocRow>
  const [document] = documentsOf(rows)
  if (document === undefined || document.uid !== event.uid) {
    throw new HansardError('ERR_ITEM_NOT_FOUND', `Cannot replace ${event._id}: the record has no such event`)
  }
  const { _rev, _conflicts = [], anchor } = document
  await writeLeaves(client, [{ ...event, anchor, _rev: `${generation(_rev) + 1}-${newHash()}` }])
  await purgeLeaves(client, [_rev, ..._conflicts].map(rev => ({ id: event._id, rev })))
}

/**
 * Takes documents out so that nothing of their texts can be asked for, yet `_changes` tells that they went: each is
 * deleted, a deleted leaf without ancestors is put beside it, and the leaf that still has the texts as its ancestors is purged.
 */
export async function erase (client: CouchClient, documents: readonly Revision[]): Promise<void> {
  const deletions = documents.map(({ id, rev }) => {
    const hash = newHash()
    const start = generation(rev) + 1
    return {
      purge: { id, rev: `${start}-${hash}` },
      leaves: [
        { _id: id, _rev: `${start}-${hash}`, _deleted: true, _revisions: { start, ids: [hash, rev.slice(rev.indexOf('-') + 1)] } },
        { _id: id, _rev: `${start + 1}-${hash}`, _deleted: true }
      ]
    }
  })
  await writeLeaves(client, deletions.flatMap(({ leaves }) => leaves))
  await purgeLeaves(client, deletions.map(({ purge }) => purge))
}

async function writeLeaves (client: CouchClient, docs: readonly object[]): Promise<void> {
  if (docs.length === 0) return
  const failed = await client.request('_bulk_docs', { method: 'POST', body: { new_edits: false, docs } }) as ReadonlyArray<{ error?: string }>
  const error = failed.find(({ error }) => error !== undefined)
  if (error !== undefined) {
    throw new HansardError('ERR_STORE', `Cannot change documents in CouchDB at ${client.address}: it is refused (${error.error})`)
  }
}

async function purgeLeaves (client: CouchClient, leaves: readonly Revision[]): Promise<void> {
  for (let from = 0; from < leaves.length; from += PURGE_IDS) {
    const body: Record<EventId, string[]> = {}
    for (const { id, rev } of leaves.slice(from, from + PURGE_IDS)) (body[id as EventId] ??= []).push(rev)
    await client.request('_purge', { method: 'POST', body })
  }
}

function generation (rev: string): number {
  return Number.parseInt(rev, 10)
}

function newHash (): string {
  return randomBytes(16).toString('hex')
}
