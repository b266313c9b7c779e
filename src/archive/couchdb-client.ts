import nano from 'nano'
import { HansardError } from '../model/errors.ts'
import { withWholeAnswers } from './couchdb-fetch.ts'

/** Requests to one database. Errors are HansardErrors that name the server without its password. */
export interface CouchClient {
  /** `http://host:5984/name`, without user and password. */
  readonly address: string
  readonly database: string
  /** The parsed answer. `path` is inside the database; the empty path is the database itself. */
  request (path: string, options?: RequestOptions): Promise<unknown>
  /**
   * To be called when all has worked once: from then on a refusal is taken as a passing state, since it was allowed
   * before, save of what was sent itself; and `whenGone` is called when the database or a view is found missing.
   */
  hasWorked (whenGone: () => void): void
}

interface RequestOptions {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Sent as JSON; a text is sent as it is. */
  readonly body?: object | string
  readonly query?: Readonly<Record<string, string | number | boolean>>
  /** Answers of these states are given as undefined. */
  readonly allow?: readonly number[]
}

interface CouchError {
  readonly statusCode?: number
  readonly error?: unknown
  readonly reason?: unknown
  readonly message: string
}

// A proxy may answer with JSON of its own.
const MEMBERS: ReadonlyArray<readonly [path: RegExp, member: string]> = [
  [/^$/, 'db_name'],
  [/^_bulk_docs$/, 'length'],
  [/^_local\//, '_id'],
  [/^_changes$|\/queries$/, 'results'],
  [/^_all_docs$|\/_view\/[^/]+$/, 'rows'],
  [/\/_info$/, 'view_index']
]
// What was sent is malformed or too large, and stays so.
const LASTING = [400, 413]
const PASSING = [408, 409, 412, 425, 429]
const MAX_TOLD = 200
const LOOK = 'look at store.url and at proxies before CouchDB'

export function createCouchClient ({ url, timeoutMs }: { url: string, timeoutMs: number }): CouchClient {
  const { server, database, address, headers } = split(url)
  const couch = nano({ url: server, headers, parseUrl: false } as nano.Configuration)
  let gone: (() => void) | undefined

  function refusal (status: number, { error, reason }: CouchError): HansardError {
    const told = [error, reason].filter(text => typeof text === 'string' && text !== '').join(', ').slice(0, MAX_TOLD)
    const what = told === '' ? `status ${status}` : `status ${status} (${told})`
    if (status >= 500 || PASSING.includes(status)) return unavailable(`it answers with ${what}; look at CouchDB's log`)
    const remedy = status === 401
      ? 'check user and password in store.url'
      : status === 403
        ? 'the user of store.url must be an administrator of this database'
        : status === 404 ? 'the database or one of its views is gone' : undefined
    if (status === 404) gone?.()
    const state = `it answers with ${what}${remedy === undefined ? '' : `; ${remedy}`}`
    if (gone !== undefined && !LASTING.includes(status)) return unavailable(state)
    return new HansardError('ERR_STORE', `Cannot use CouchDB at ${address}: ${state}`)
  }

  function unavailable (state: string): HansardError {
    return new HansardError('ERR_STORE_UNAVAILABLE', `Cannot reach CouchDB at ${address}: ${state}`)
  }

  async function request (path: string, { method = 'GET', body, query, allow = [] }: RequestOptions = {}): Promise<unknown> {
    const deadline = new AbortController()
    const timer = setTimeout(() => { deadline.abort() }, timeoutMs)
    const { signal } = deadline
    let answer: unknown
    try {
      const sent = withWholeAnswers(() => couch.request({
        db: database,
        path,
        method,
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body), dontStringify: true }),
        ...(query === undefined ? {} : { qs: query }),
        signal
      } as nano.RequestOptions))
      answer = await Promise.race([sent, aborted(signal)])
    } catch (caught) {
      // nano's error holds the whole request, texts of people included, so it is not kept as the cause.
      const error = caught as CouchError
      if (error.statusCode !== undefined && allow.includes(error.statusCode)) return undefined
      if (error.statusCode !== undefined) throw refusal(error.statusCode, error)
      throw unavailable(signal.aborted ? late() : error.message.replace(/^.*Reason: /s, '').replace(/^TypeError: |^Error: /, ''))
    } finally {
      clearTimeout(timer)
    }
    // nano gives an empty text where it found no JSON.
    if (typeof answer !== 'object' || answer === null) {
      throw unavailable(`its answer is not complete JSON; ${LOOK}`)
    }
    const member = method === 'PUT' ? 'ok' : MEMBERS.find(([pattern]) => pattern.test(path))?.[1]
    if (member !== undefined && !(member in answer)) throw unavailable(`its answer is not that of a CouchDB, which has "${member}"; ${LOOK}`)
    return answer
  }

  function late (): string {
    return `no answer within ${timeoutMs / 1000} seconds`
  }

  return { address, database, request, hasWorked (whenGone) { gone = whenGone } }
}

function split (url: string): { server: string, database: string, address: string, headers: Record<string, string> } {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  const parts = parsed?.pathname.split('/').filter(part => part !== '') ?? []
  const database = parts.pop()
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol) || database === undefined) {
    throw new HansardError('ERR_STORE', 'Cannot read store.url: expected the form http://user:password@host:5984/database')
  }
  const server = [`${parsed.protocol}//${parsed.host}`, ...parts].join('/')
  const credentials = `${decode(parsed.username)}:${decode(parsed.password)}`
  return {
    server,
    database: decode(database),
    address: `${server}/${database}`,
    headers: credentials === ':' ? {} : { Authorization: `Basic ${Buffer.from(credentials).toString('base64')}` }
  }
}

/** fetch has been seen to go on until its own limit of five minutes when it was told to stop in the middle of an answer. */
function aborted (signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => { signal.addEventListener('abort', () => { reject(new Error('aborted')) }, { once: true }) })
}

/** A lone percent sign in a password stands for itself. */
function decode (text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
