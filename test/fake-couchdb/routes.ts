import type { Database } from './database.ts'
import type { Body } from './revisions.ts'
import type { Query, View } from './view.ts'

export interface CouchRequest {
  readonly method: string
  /** Decoded parts; the first is the database. */
  readonly path: readonly string[]
  readonly query: URLSearchParams
  readonly text: string
}

export interface Answer { readonly status: number, readonly body: unknown }

interface Server {
  readonly databases: Map<string, Database>
  readonly create: () => Database
  /** A server administrator, or one of the databases only. */
  readonly isServerAdmin: boolean
}

const ok = (body: unknown): Answer => ({ status: 200, body })
const created = (body: unknown): Answer => ({ status: 201, body })
const refuse = (status: number, error: string, reason: string): Answer => ({ status, body: { error, reason } })
const missing = refuse(404, 'not_found', 'missing')

export function route ({ databases, create, isServerAdmin }: Server, request: CouchRequest): Answer {
  const { method, path: [name = '', ...rest] } = request
  if (name === '') return ok({ couchdb: 'Welcome', version: '3-fake' })
  const database = databases.get(name)
  if (rest.join('') === '' && method === 'PUT') {
    if (!/^[a-z][a-z0-9_$()+/-]*$/.test(name)) return refuse(400, 'illegal_database_name', `Name: '${name}'. Only lowercase characters are allowed.`)
    if (database !== undefined) return refuse(412, 'file_exists', 'The database could not be created, the file already exists.')
    databases.set(name, create())
    return created({ ok: true })
  }
  if (database === undefined) return refuse(404, 'not_found', 'Database does not exist.')
  if (rest.join('') === '') {
    if (method === 'DELETE') databases.delete(name)
    return method === 'DELETE' ? ok({ ok: true }) : ok(database.info(name))
  }
  if (rest[0] === '_purge' && !isServerAdmin) return refuse(401, 'unauthorized', 'You are not a server admin.')
  return inDatabase(database, rest, request)
}

function inDatabase (database: Database, path: readonly string[], { method, query, text }: CouchRequest): Answer {
  const body = text === '' ? {} : parse(text)
  if (body === undefined) return refuse(400, 'bad_request', 'invalid UTF-8 JSON')
  const [first = '', second = '', third, fourth, fifth] = path
  switch (first) {
    case '_bulk_docs':
      return bulkDocs(database, body as { docs: Body[], new_edits?: boolean })
    case '_all_docs':
      return second === 'queries'
        ? ok({ results: (body as { queries: Query[] }).queries.map(one => database.allDocs(one)) })
        : ok(database.allDocs(body as Query))
    case '_changes':
      return ok(database.changes({
        since: query.get('since') ?? '0',
        limit: Number(query.get('limit') ?? Infinity),
        include_docs: query.get('include_docs') === 'true'
      }))
    case '_purge':
      return created(database.purge(body as Record<string, string[]>))
    case '_compact':
      if (second !== '' && database.views(second).length === 0) return missing
      if (second === '') database.compact()
      return { status: 202, body: { ok: true } }
    case '_view_cleanup':
      return { status: 202, body: { ok: true } }
    case '_design':
      if (third === '_info') return designInfo(database, second)
      if (third === '_view') return queryView(database.view(second, fourth ?? ''), fifth === 'queries', { ...body as Query, ...parameters(query) }, query)
      return document(database, method, `_design/${second}`, body as Body, query)
    case '_local':
      return localDocument(database, method, `_local/${second}`, body as Body)
    default:
      return document(database, method, first, body as Body, query)
  }
}

/** A lone surrogate is not JSON in UTF-8, also as an escape. */
function parse (text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return /(?<!\\)(?:\\\\)*\\ud[89a-f]/.test(JSON.stringify(value)) ? undefined : value
  } catch {
    return undefined
  }
}

function bulkDocs (database: Database, { docs, new_edits: newEdits = true }: { docs: Body[], new_edits?: boolean }): Answer {
  if (docs.some(({ _id: id }) => typeof id === 'string' && id.startsWith('_') && !id.startsWith('_design/'))) {
    return refuse(400, 'illegal_docid', 'Only reserved document ids may start with underscore.')
  }
  return created(database.write(docs, newEdits))
}

function document (database: Database, method: string, id: string, body: Body, query: URLSearchParams): Answer {
  if (method === 'PUT') {
    const [outcome] = database.write([{ ...body, _id: id }], true)
    return outcome === undefined || 'error' in outcome ? refuse(409, 'conflict', 'Document update conflict.') : created(outcome)
  }
  const rev = query.get('rev')
  const found = database.json(id, { conflicts: query.get('conflicts') === 'true', ...(rev === null ? {} : { rev }) })
  if (found !== undefined) return ok(found)
  const isDeleted = rev === null && database.allDocs({ keys: [id] })['rows'] as Array<{ value?: { deleted?: boolean } }>
  return isDeleted && isDeleted[0]?.value?.deleted === true ? refuse(404, 'not_found', 'deleted') : missing
}

/** Beside revisions, views and changes; whoever writes last wins. */
function localDocument ({ local }: Database, method: string, id: string, body: Body): Answer {
  if (method === 'GET') {
    const found = local.get(id)
    return found === undefined ? missing : ok(found)
  }
  const { _rev: before = '0-0', ...rest } = body
  const rev = `0-${Number((before as string).slice(2)) + 1}`
  local.set(id, { _id: id, _rev: rev, ...rest })
  return created({ ok: true, id, rev })
}

function designInfo (database: Database, design: string): Answer {
  const views = database.views(design)
  if (views.length === 0) return missing
  const total = Math.max(...views.map(view => view.pending()))
  return ok({
    name: design,
    view_index: { updater_running: total > 0, compact_running: false, updates_pending: { minimum: total, preferred: total, total }, language: 'javascript' }
  })
}

function queryView (view: View | undefined, isMultiple: boolean, query: Query, parameters: URLSearchParams): Answer {
  if (view === undefined) return missing
  if (isMultiple) return ok({ results: (query as unknown as { queries: Query[] }).queries.map(one => view.query(one)) })
  // update=lazy answers from the index as it is and brings it up to date afterwards.
  if (parameters.get('update') === 'lazy') {
    setImmediate(() => { view.update() })
    return ok({ total_rows: 0, offset: 0, rows: [] })
  }
  return ok(view.query(query))
}

function parameters (query: URLSearchParams): Query {
  return Object.fromEntries([...query].filter(([name]) => name !== 'update').map(([name, value]) => [name, JSON.parse(value) as unknown]))
}
