import { HansardError, messageOf } from '../../model/errors.ts'

/** Requests to the database of the postings. Errors are ERR_SEARCH, name the server without its password, and hold no texts. */
export interface NouveauClient {
  /** The parsed answer; undefined for a state that is allowed. `path` is inside the database, the empty path the database itself. */
  request (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: object, allow?: readonly number[]): Promise<unknown>
}

const TOLD = 200

export function createNouveauClient ({ url, timeoutMs }: { readonly url: string, readonly timeoutMs: number }): NouveauClient {
  const { username, password, origin, pathname } = new URL(url)
  const address = `${origin}${pathname.replace(/\/$/, '')}`
  const user = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  const headers = {
    accept: 'application/json',
    'content-type': 'application/json',
    ...username !== '' && { authorization: `Basic ${Buffer.from(user).toString('base64')}` }
  }
  return {
    async request (method, path, body, allow = []) {
      const response = await send(() => fetch(path === '' ? address : `${address}/${path}`, {
        method, headers, signal: AbortSignal.timeout(timeoutMs), ...body !== undefined && { body: JSON.stringify(body) }
      })).catch((cause: unknown) => {
        // The cause of fetch holds the request, texts of people included.
        const isLate = isTimeout(cause)
        const state = isLate ? `no answer within ${timeoutMs / 1000} s` : messageOf(cause)
        throw new HansardError(isLate ? 'ERR_SEARCH_TIMEOUT' : 'ERR_SEARCH', `Cannot reach the search at ${address}: ${state}`)
      })
      const answer: unknown = await response.json().catch(() => undefined)
      if (response.ok && answer !== undefined) return answer
      if (allow.includes(response.status)) return undefined
      throw new HansardError('ERR_SEARCH', `Cannot use the search at ${address}: it answers with status ${response.status}${told(answer)}${remedyOf(response.status, path)}`)
    }
  }
}

/** Once more where the connection was closed under the request: every request may be repeated. */
async function send (request: () => Promise<Response>): Promise<Response> {
  return request().catch((error: unknown) => {
    if (isTimeout(error)) throw error
    return request()
  })
}

function isTimeout (error: unknown): boolean {
  return error instanceof Error && error.name === 'TimeoutError'
}

function told (answer: unknown): string {
  const { error, reason } = (typeof answer === 'object' && answer !== null ? answer : {}) as { error?: unknown, reason?: unknown }
  const texts = [error, reason].filter(text => typeof text === 'string' && text !== '')
  return texts.length === 0 ? '' : ` (${texts.join(', ').slice(0, TOLD)})`
}

function remedyOf (status: number, path: string): string {
  if (status === 401) return '; check user and password in search.url'
  if (status === 403) return '; the user of search.url must be an administrator of this database'
  if (path.includes('/_nouveau/')) return '; expected a CouchDB of 3.4 or newer with [nouveau] enable = true and a Nouveau server that it can reach'
  return ''
}
