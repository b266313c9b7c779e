import { compareIds, placeIn } from './collation.ts'
import { asJson, conflictsOf, edit, graft, live, nodeOf, purge, winner } from './revisions.ts'
import type { Body, Document, Write } from './revisions.ts'
import { createView } from './view.ts'
import type { Query, View } from './view.ts'

/** One database of the fake: documents with their revisions, their order by id, their order of change, their views. */
export interface Database {
  seq (): number
  info (name: string): Body
  readonly local: Map<string, Body>
  changedSince (seq: number): Document[]
  json (id: string, options?: { conflicts?: boolean, rev?: string }): Body | undefined
  write (docs: readonly Body[], newEdits: boolean): Write[]
  purge (revs: Readonly<Record<string, readonly string[]>>): Body
  /** What is no leaf is forgotten; a real one does it in the background. */
  compact (): void
  /** Everything that the files of a real one would hold, old revisions included. */
  holdings (): readonly Document[]
  allDocs (query: Query): Body
  changes (query: { since: string, limit: number, include_docs: boolean }): Body
  view (design: string, view: string): View | undefined
  views (design: string): View[]
}

export function createDatabase (): Database {
  const documents = new Map<string, Document>()
  // Ids of what is counted as live, in the order of bytes.
  const ids: string[] = []
  const views = new Map<string, View>()
  let seq = 0

  function touch (document: Document): void {
    document.seq = ++seq
    // Taken out and put in again: the map is then in the order of change.
    documents.delete(document.id)
    if (document.branches.length > 0) documents.set(document.id, document)
    const place = placeIn(ids, id => compareIds(id, document.id) < 0)
    const isListed = ids[place] === document.id
    const isLive = document.branches.length > 0 && !document.isCountedDeleted
    if (isLive && !isListed) ids.splice(place, 0, document.id)
    if (!isLive && isListed) ids.splice(place, 1)
  }

  function named (id: string): Document {
    return documents.get(id) ?? { id, branches: [], isCountedDeleted: false, seq: 0 }
  }

  function json (id: string, { conflicts = false, rev }: { conflicts?: boolean, rev?: string } = {}): Body | undefined {
    const document = documents.get(id)
    if (document === undefined) return undefined
    const node = rev === undefined ? live(document) : nodeOf(document, rev)
    if (node === undefined) return undefined
    const others = conflictsOf(document)
    return { ...asJson(id, node), ...(conflicts && others.length > 0 ? { _conflicts: others } : {}) }
  }

  function row (id: string, { include_docs: withDocs = false, conflicts = false }: Query): Body {
    const document = documents.get(id)
    const top = document === undefined ? undefined : winner(document)
    if (top === undefined) return { key: id, error: 'not_found' }
    return {
      id,
      key: id,
      value: { rev: top.rev, ...(top.isDeleted ? { deleted: true } : {}) },
      ...(withDocs ? { doc: json(id, { conflicts }) ?? null } : {})
    }
  }

  const database: Database = {
    json,
    seq: () => seq,
    local: new Map(),

    info: name => ({ db_name: name, doc_count: ids.length, doc_del_count: documents.size - ids.length, compact_running: false }),

    changedSince (since) {
      const changed: Document[] = []
      for (const document of [...documents.values()].reverse()) {
        if (document.seq <= since) break
        changed.push(document)
      }
      return changed.reverse()
    },

    write (docs, newEdits) {
      const outcomes: Write[] = []
      const written = new Map<string, Document>()
      for (const given of docs) {
        const id = given['_id'] as string
        const document = written.get(id) ?? named(id)
        if (newEdits) {
          const outcome = edit(document, given)
          outcomes.push(outcome)
          if ('error' in outcome) continue
        } else {
          graft(document, given)
        }
        written.set(id, document)
      }
      // Within one request CouchDB writes in the order of the ids.
      for (const document of [...written.values()].sort((a, b) => compareIds(a.id, b.id))) touch(document)
      return outcomes
    },

    purge (revs) {
      const purged: Record<string, string[]> = {}
      for (const [id, leaves] of Object.entries(revs)) {
        const document = named(id)
        purged[id] = purge(document, leaves)
        if (purged[id].length > 0) touch(document)
      }
      return { purge_seq: null, purged }
    },

    holdings: () => [...documents.values()],

    compact () {
      for (const document of documents.values()) document.branches = document.branches.map(branch => branch.slice(-1))
    },

    allDocs (query) {
      const { startkey, endkey, keys, limit = Infinity, descending = false, inclusive_end: inclusive = true } = query
      const total = ids.length
      if (keys !== undefined) return { total_rows: total, offset: null, rows: (keys as string[]).map(id => row(id, query)) }
      const inOrder = descending ? [...ids].reverse() : ids
      const before = (a: string, b: unknown): boolean => descending ? compareIds(a, b as string) > 0 : compareIds(a, b as string) < 0
      const offset = startkey === undefined ? 0 : placeIn(inOrder, id => before(id, startkey))
      const end = endkey === undefined ? total : placeIn(inOrder, id => before(id, endkey) || (inclusive && id === endkey))
      const shown = inOrder.slice(offset, Math.max(offset, Math.min(end, offset + limit)))
      // What a purge left deleted is counted, but not shown.
      return { total_rows: total, offset, rows: shown.filter(id => json(id) !== undefined).map(id => row(id, query)) }
    },

    changes ({ since, limit, include_docs: withDocs }) {
      const from = since === 'now' ? seq : Number.parseInt(since, 10)
      const changed = database.changedSince(from).slice(0, limit)
      const results = changed.map(document => {
        const top = winner(document)
        const isDeleted = top?.isDeleted === true
        return {
          seq: `${document.seq}-fake`,
          id: document.id,
          changes: [{ rev: top?.rev }],
          ...(isDeleted ? { deleted: true } : {}),
          ...(withDocs && top !== undefined ? { doc: asJson(document.id, top) } : {})
        }
      })
      const last = changed.at(-1)?.seq ?? Math.max(seq, from)
      return { results, last_seq: `${last}-fake`, pending: database.changedSince(last).length }
    },

    view (design, name) {
      const views = json(`_design/${design}`)?.['views'] as Record<string, { map: string, reduce?: string }> | undefined
      const definition = views !== undefined && Object.hasOwn(views, name) ? views[name] : undefined
      return definition === undefined ? undefined : index(definition)
    },

    views (design) {
      return Object.values(json(`_design/${design}`)?.['views'] as Record<string, { map: string, reduce?: string }> ?? {}).map(index)
    }
  }

  function index (definition: { map: string, reduce?: string }): View {
    const key = JSON.stringify(definition)
    const known = views.get(key) ?? createView(database, definition)
    views.set(key, known)
    return known
  }

  return database
}
