import type { RoomJid } from '../../model/address.ts'
import { HansardError } from '../../model/errors.ts'
import { splitEventId } from '../../model/event.ts'
import type { EventId, EventKind } from '../../model/event.ts'
import type { Facet, Facets, IndexChange, SearchIndex, SearchPage, SearchRequest } from '../search-index.ts'
import type { Language } from '../stem.ts'
import { createNouveauClient } from './client.ts'
import { DESIGN, DESIGN_DOCUMENT, INDEX } from './design.ts'
import { postingDocument } from './document.ts'
import type { PostingDocument } from './document.ts'
import { holdsAll } from './holds.ts'
import { luceneQuery } from './lucene.ts'

export interface NouveauOptions {
  /** `http://user:password@host:5984/name`: a database of its own, which is made when it is missing. */
  readonly url: string
  readonly languages: readonly Language[]
  readonly timeoutMs?: number
}

interface Answer {
  readonly total_hits: number
  readonly total_hits_relation: string
  readonly bookmark: string
  readonly hits: ReadonlyArray<{ readonly id: EventId, readonly doc?: PostingDocument | null }>
  readonly counts?: Readonly<Record<string, Readonly<Record<string, number>>>> | null
}

const SEARCH = `_design/${DESIGN}/_nouveau/${INDEX}`
const CHECKPOINT = '_local/hansard-checkpoint'
const PAGE = 200
const CHEAP_TOTAL = 10_000
const MOST_VALUES = 1000
const MOST_PEOPLE = 20
const NO_FACETS: Facets = { rooms: [], years: [], people: [], kinds: [] }

/**
 * The index of a cluster: Lucene, by the Nouveau of CouchDB. The postings are documents of a database of their own, in which the
 * cluster keeps copies and from which it makes its indexes anew by itself. Orders by time only: `relevance` is answered as `newest`.
 */
export function createNouveauIndex ({ url, languages, timeoutMs = 10_000 }: NouveauOptions): SearchIndex {
  const client = createNouveauClient({ url, timeoutMs })
  const tongues = [...languages].sort().join(' ')
  let ready: Promise<void> | undefined
  let isClosed = false

  async function open (): Promise<void> {
    if (isClosed) throw new HansardError('ERR_SEARCH', 'Cannot use the search index: it is closed')
    ready ??= deploy().catch((error: unknown) => {
      ready = undefined
      throw error
    })
    return ready
  }

  async function deploy (): Promise<void> {
    if (await client.request('GET', '', undefined, [404]) === undefined) await client.request('PUT', '', undefined, [412])
    if (await client.request('GET', DESIGN_DOCUMENT._id, undefined, [404]) === undefined) {
      await client.request('PUT', DESIGN_DOCUMENT._id, DESIGN_DOCUMENT, [409])
    }
  }

  async function state (): Promise<{ readonly _rev?: string, readonly value?: string }> {
    const found = await client.request('GET', CHECKPOINT, undefined, [404]) as { _rev: string, value: string, design: string, languages: string } | undefined
    if (found === undefined) return {}
    return found.design === DESIGN && found.languages === tongues ? found : { _rev: found._rev }
  }

  async function putAll (changes: readonly IndexChange[]): Promise<void> {
    const latest = new Map(changes.map(change => [change.id, change]))
    const { rows } = await client.request('POST', '_all_docs', { keys: [...latest.keys()] }) as {
      rows: ReadonlyArray<{ readonly key: EventId, readonly value?: { readonly rev: string, readonly deleted?: boolean } | null }>
    }
    const revs = new Map(rows.flatMap(({ key, value }) =>
      value === undefined || value === null || value.deleted === true ? [] : [[key, value.rev]]))
    const docs = [...latest.values()].flatMap(({ id, event }): object[] => {
      const document = event === undefined ? undefined : postingDocument(event, languages)
      const _rev = revs.get(id)
      if (document === undefined) return _rev === undefined ? [] : [{ _id: id, _rev, _deleted: true }]
      return [{ ...document, ..._rev !== undefined && { _rev } }]
    })
    if (docs.length === 0) return
    const results = await client.request('POST', '_bulk_docs', { docs }) as ReadonlyArray<{ readonly error?: string }>
    const failed = results.find(({ error }) => error !== undefined)
    if (failed !== undefined) throw new HansardError('ERR_SEARCH', `Cannot write the search index: ${String(failed.error)}, expected no other writer of these postings; it is tried again`)
  }

  const ask = async (body: object): Promise<Answer> => await client.request('POST', SEARCH, { locale: 'us', ...body }) as Answer

  /** All that match, in the order asked for, with what was indexed; so many at most as are counted. */
  async function readAll (q: string, request: SearchRequest): Promise<{ documents: PostingDocument[], isCut: boolean }> {
    const documents: PostingDocument[] = []
    for (let bookmark: string | undefined, read = 0; ;) {
      const answer = await ask({ q, sort: sortOf(request), limit: PAGE, include_docs: true, ...bookmark !== undefined && { bookmark } })
      documents.push(...answer.hits.flatMap(({ doc }) =>
        doc !== undefined && doc !== null && holdsAll(doc, request.query, languages) ? doc : []))
      read += answer.hits.length
      if (answer.hits.length < PAGE || read >= CHEAP_TOTAL) return { documents, isCut: answer.hits.length === PAGE }
      bookmark = answer.bookmark
    }
  }

  async function searchByReading (q: string, request: SearchRequest): Promise<SearchPage> {
    const { documents, isCut } = await readAll(q, request)
    const hits = documents.map(({ _id }) => _id).filter(id => isBetween(id, request))
    return {
      hits: hits.slice(0, request.limit),
      total: documents.length,
      totalIsExact: !isCut,
      complete: hits.length <= request.limit && !isCut,
      ...request.facets === true && { facets: facetsOf(tally(documents), !isCut) }
    }
  }

  async function searchByPage (q: string, request: SearchRequest): Promise<SearchPage> {
    const { limit } = request
    const whole = luceneQuery(withoutPositions(request), languages)?.text ?? q
    const summary = await ask({ q: whole, limit: 1, sort: sortOf(request), ...request.facets === true && { counts: ['where', 'year', 'who', 'kind'], top_n: MOST_VALUES } })
    const hits: EventId[] = []
    for (let bookmark: string | undefined; limit > 0;) {
      const size = Math.min(PAGE, limit + 2)
      const answer = await ask({ q, sort: sortOf(request), limit: size, ...bookmark !== undefined && { bookmark } })
      hits.push(...answer.hits.map(({ id }) => id).filter(id => isBetween(id, request)))
      if (answer.hits.length < size || hits.length > limit) break
      bookmark = answer.bookmark
    }
    return {
      hits: hits.slice(0, limit),
      total: summary.total_hits,
      totalIsExact: summary.total_hits_relation === 'EQUAL_TO',
      complete: limit === 0 ? summary.total_hits === 0 : hits.length <= limit,
      ...request.facets === true && { facets: facetsOf(summary.counts ?? {}, true) }
    }
  }

  return {
    async checkpoint () {
      await open()
      return (await state()).value
    },
    async apply (changes, from, to) {
      await open()
      const { _rev, value } = await state()
      if (value !== from) return false
      // Postings first: after a crash between the two the same changes are taken in again.
      if (changes.length > 0) await putAll(changes)
      const next = { _id: CHECKPOINT, value: to, design: DESIGN, languages: tongues, ..._rev !== undefined && { _rev } }
      return await client.request('PUT', CHECKPOINT, next, [409]) !== undefined
    },
    async search (request) {
      await open()
      const query = luceneQuery(request, languages)
      if (query === undefined) {
        return { hits: [], total: 0, totalIsExact: true, complete: true, ...request.facets === true && { facets: NO_FACETS } }
      }
      if (query.isExact) return searchByPage(query.text, request)
      const whole = luceneQuery(withoutPositions(request), languages)
      return searchByReading(whole?.text ?? query.text, request)
    },
    async clear () {
      await open()
      await client.request('DELETE', '', undefined, [404])
      ready = undefined
      await open()
    },
    async close () { isClosed = true }
  }
}

function withoutPositions ({ after: _, before: __, ...request }: SearchRequest): SearchRequest {
  return request
}

function sortOf ({ order }: SearchRequest): string[] {
  return [order === 'oldest' ? 'place' : '-place']
}

function isBetween (id: EventId, { after, before }: Pick<SearchRequest, 'after' | 'before'>): boolean {
  const { time } = splitEventId(id)
  const compare = (position: { readonly time: string, readonly id: EventId }): number =>
    time === position.time ? (id === position.id ? 0 : id < position.id ? -1 : 1) : time < position.time ? -1 : 1
  return (after === undefined || compare(after) > 0) && (before === undefined || compare(before) < 0)
}

type Counts = Readonly<Record<string, Readonly<Record<string, number>>>>

function tally (documents: readonly PostingDocument[]): Counts {
  const counts = { where: {}, year: {}, who: {}, kind: {} } as Record<'where' | 'year' | 'who' | 'kind', Record<string, number>>
  for (const document of documents) {
    for (const name of Object.keys(counts) as Array<keyof typeof counts>) {
      counts[name][document[name]] = (counts[name][document[name]] ?? 0) + 1
    }
  }
  return counts
}

function facetsOf ({ where = {}, year = {}, who = {}, kind = {} }: Counts, isExact: boolean): Facets {
  const sorted = <Value extends string>(counts: Readonly<Record<string, number>>): Array<Facet<Value>> =>
    Object.entries(counts).filter(([value, count]) => value !== '' && count > 0).sort(([, a], [, b]) => b - a)
      .map(([value, count]) => ({ value: value as Value, count, isExact: isExact && Object.keys(counts).length < MOST_VALUES }))
  return {
    rooms: sorted<RoomJid>(where),
    years: sorted<string>(year).sort((a, b) => a.value < b.value ? 1 : -1),
    people: sorted<string>(who).slice(0, MOST_PEOPLE),
    kinds: sorted<EventKind>(kind)
  }
}
