import type { FastifyError } from 'fastify'
import { HansardError } from '../model/errors.ts'
import { english } from './language/en.ts'
import type { ProblemWords, Told } from './language/words.ts'

/** What a reader is told of an error, in English for programs. */
export interface Problem extends Told {
  readonly status: number
  /** Stable, for programs: not_found, bad_request … */
  readonly code: string
  /** The same for pages. */
  readonly say: (words: ProblemWords) => Told
  readonly retryAfterSeconds?: number
}

function problem (status: number, code: string, say: Problem['say'], retryAfterSeconds?: number): Problem {
  return { status, code, ...say(english.problems), say, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) }
}

/** Says the same of a room that does not exist and of one that is not for this reader. */
export const notFound = problem(404, 'not_found', words => words.notFound)

const failed = problem(500, 'internal_error', words => words.failed)

/** The one place where errors become HTTP answers. Only messages made for the reader of this request are repeated. */
export function problemOf (error: unknown): Problem {
  return error instanceof HansardError ? problemOfCode(error) : isFastifyError(error) ? problemOfStatus(error) : failed
}

function problemOfCode (error: HansardError): Problem {
  switch (error.code) {
    case 'ERR_ROOM_NOT_FOUND':
    case 'ERR_ITEM_NOT_FOUND':
    case 'ERR_FORBIDDEN':
      return notFound
    case 'ERR_QUERY':
      return badRequest(() => error.message)
    case 'ERR_STORE_UNAVAILABLE':
    case 'ERR_STORE_CLOSED':
      return unavailable(words => words.storeUnavailable, 30)
    case 'ERR_SEARCH_TIMEOUT':
      return unavailable(words => words.searchTimeout, 10)
    case 'ERR_SEARCH':
      return unavailable(words => words.searchUnavailable, 60)
    default:
      return failed
  }
}

function problemOfStatus (error: FastifyError): Problem {
  const status = error.statusCode ?? 500
  if (error.validation !== undefined) {
    const name = nameOf(error)
    return { ...badRequest(words => words.badParameter(name)), text: `Cannot answer this request: ${error.message}` }
  }
  if (error.code === 'FST_ERR_BAD_URL') return badRequest(words => words.badAddress)
  if (error.code === 'FST_ERR_MAX_PARAM_LENGTH' || status === 404 || status === 403) return notFound
  return status >= 400 && status < 500 ? { ...badRequest(words => words.badRequestText), status } : failed
}

// The parameter that did not fit its schema.
function nameOf ({ validation = [], validationContext = 'querystring' }: FastifyError): string {
  const [fault] = validation
  const missing = fault?.params['missingProperty']
  return typeof missing === 'string' ? missing : fault?.instancePath.slice(1) || validationContext
}

function badRequest (text: (words: ProblemWords) => string): Problem {
  return problem(400, 'bad_request', words => ({ title: words.badRequest, text: text(words) }))
}

export const tooManyStreams = unavailable(words => words.tooManyStreams, 60)

/** Who has had so many pages made is asked to wait, and told where there is more in less. */
export function tooMany (seconds: number): Problem {
  return problem(429, 'too_many_requests', words => words.tooManyPages, seconds)
}

export const wrongMethod = problem(405, 'method_not_allowed', words => words.wrongMethod)

function unavailable (text: (words: ProblemWords) => string, retryAfterSeconds: number): Problem {
  return problem(503, 'unavailable', words => ({ title: words.unavailable, text: text(words) }), retryAfterSeconds)
}

function isFastifyError (error: unknown): error is FastifyError {
  return error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number'
}
