import { createServer } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { runInNewContext } from 'node:vm'
import { parseLucene } from './lucene-syntax.ts'
import type { IndexedFields } from './lucene-syntax.ts'

interface Stored {
  readonly _id: string
  readonly _rev: string
  readonly [name: string]: unknown
}

interface Design {
  readonly nouveau: Readonly<Record<string, { readonly index: string }>>
}

interface SearchBody {
  readonly q: string
  readonly sort: readonly string[]
  readonly limit: number
  readonly bookmark?: string
  readonly include_docs?: boolean
  readonly counts?: readonly string[]
}

/**
 * As much of CouchDB 3.5 with Nouveau as the engine talks to, after its documentation and sources: documents, the index function
 * really run, and the part of Lucene's syntax that queries are made of. What real analysers, shards and merges do is not here.
 */
interface FakeNouveau {
  readonly url: string
  readonly queries: string[]
  close (): Promise<void>
}

export async function startFakeNouveau ({ hasNouveau = true } = {}): Promise<FakeNouveau> {
  let documents: Map<string, Stored> | undefined
  const indexed = new Map<string, IndexedFields>()
  const queries: string[] = []

  function index (document: Stored): void {
    const design = [...documents?.values() ?? []].find(({ _id }) => _id.startsWith('_design/')) as unknown as Design | undefined
    const source = Object.values(design?.nouveau ?? {})[0]?.index
    const fields: Record<string, { type: string, value: string | number }> = {}
    if (source === undefined) return
    const add = (type: string, name: string, value: string | number): void => { fields[name] = { type, value } }
    runInNewContext(`(${source})(doc)`, { doc: document, index: add })
    indexed.set(document._id, fields)
  }

  function search ({ q, sort, limit, bookmark, include_docs: withDocs = false, counts }: SearchBody): object {
    queries.push(q)
    const [order = ''] = sort
    const field = order.replace(/^-/, '')
    const matches = parseLucene(q)
    const found = [...indexed].filter(([, fields]) => matches(fields))
      .sort(([, a], [, b]) => String(a[field]?.value) < String(b[field]?.value) ? -1 : 1)
    if (order.startsWith('-')) found.reverse()
    const start = Number(bookmark ?? 0)
    const hits = found.slice(start, start + limit)
    const counted = (name: string): Record<string, number> => {
      const values: Record<string, number> = {}
      for (const [, fields] of found) values[String(fields[name]?.value)] = (values[String(fields[name]?.value)] ?? 0) + 1
      return values
    }
    return {
      total_hits: found.length,
      total_hits_relation: 'EQUAL_TO',
      bookmark: String(start + hits.length),
      hits: hits.map(([id]) => ({ id, order: [], fields: {}, ...withDocs && { doc: documents?.get(id) } })),
      counts: counts === undefined ? null : Object.fromEntries(counts.map(name => [name, counted(name)])),
      ranges: null,
      update_latency: 1
    }
  }

  function put (document: Record<string, unknown> & { readonly _id: string }): { status: number, answer: object } {
    const old = documents?.get(document._id)
    if (old?._rev !== document['_rev']) return { status: 409, answer: { error: 'conflict', reason: 'Document update conflict.' } }
    const _rev = `${Number(old?._rev.split('-')[0] ?? 0) + 1}-x`
    if (document['_deleted'] === true) {
      documents?.delete(document._id)
      indexed.delete(document._id)
    } else {
      const stored = { ...document, _rev }
      documents?.set(document._id, stored)
      if (!document._id.startsWith('_')) index(stored)
    }
    return { status: 201, answer: { ok: true, id: document._id, rev: _rev } }
  }

  function answer (method: string, path: string, body: unknown): { status: number, answer: unknown } {
    const ok = (answer: unknown): { status: number, answer: unknown } => ({ status: 200, answer })
    const missing = { status: 404, answer: { error: 'not_found', reason: 'missing' } }
    if (path === '' && method === 'PUT') {
      documents = new Map()
      return { status: 201, answer: { ok: true } }
    }
    if (documents === undefined) return missing
    if (path === '' && method === 'DELETE') {
      documents = undefined
      indexed.clear()
      return ok({ ok: true })
    }
    if (path === '') return ok({ db_name: 'search' })
    if (path === '_all_docs') {
      const { keys } = body as { keys: readonly string[] }
      return ok({ rows: keys.map(key => documents?.has(key) === true ? { id: key, key, value: { rev: documents.get(key)?._rev } } : { key, error: 'not_found' }) })
    }
    if (path === '_bulk_docs') return { status: 201, answer: (body as { docs: Array<{ _id: string }> }).docs.map(document => put(document).answer) }
    if (path.includes('/_nouveau/')) {
      return hasNouveau ? ok(search(body as SearchBody)) : { status: 404, answer: { error: 'not_found', reason: 'nouveau is not enabled' } }
    }
    if (method === 'PUT') return put(body as { _id: string })
    return documents.has(path) ? ok(documents.get(path)) : missing
  }

  const server = createServer((request, response) => {
    void (async (incoming: IncomingMessage) => {
      const content = await text(incoming)
      const path = decodeURIComponent(incoming.url ?? '').replace(/^\/search\/?/, '')
      const { status, answer: found } = answer(incoming.method ?? 'GET', path, content === '' ? undefined : JSON.parse(content))
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(found))
    })(request)
  }).listen(0, '127.0.0.1')
  server.keepAliveTimeout = 60_000
  await new Promise(resolve => { server.once('listening', resolve) })
  return {
    url: `http://admin:secret@127.0.0.1:${(server.address() as AddressInfo).port}/search`,
    queries,
    async close () {
      server.closeAllConnections()
      await new Promise(resolve => { server.close(resolve) })
    }
  }
}
