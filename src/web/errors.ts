import type { FastifyError } from 'fastify'
import { HansardError } from '../model/errors.ts'

/** What a reader is told of an error. */
export interface Problem {
  readonly status: number
  /** Stable, for programs: not_found, bad_request … */
  readonly code: string
  readonly title: string
  readonly text: string
  readonly retryAfterSeconds?: number
}

/** Says the same of a room that does not exist and of one that is not for this reader. */
export const notFound: Problem = {
  status: 404,
  code: 'not_found',
  title: 'Not found',
  text: 'There is nothing at this address. The link may be wrong, or what was here is not public any more.'
}

const failed: Problem = {
  status: 500,
  code: 'internal_error',
  title: 'Something went wrong',
  text: 'This page could not be made because of a fault in the program. The fault has been noted; trying again later may help.'
}

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
      return badRequest(error.message)
    case 'ERR_STORE_UNAVAILABLE':
    case 'ERR_STORE_CLOSED':
      return unavailable('The record is out of reach at the moment. Nothing is lost; please try again in a minute.', 30)
    case 'ERR_SEARCH_TIMEOUT':
      return unavailable('The search took too long and was ended. Use more or rarer words, or look in one room only.', 10)
    case 'ERR_SEARCH':
      return unavailable('Searching is not possible at the moment. The logs themselves can be read as always.', 60)
    default:
      return failed
  }
}

function problemOfStatus (error: FastifyError): Problem {
  const status = error.statusCode ?? 500
  if (error.validation !== undefined) return badRequest(`Cannot answer this request: ${error.message}`)
  if (error.code === 'FST_ERR_BAD_URL') return badRequest('Cannot read this address: a % in it is not followed by two hexadecimal digits of UTF-8.')
  if (error.code === 'FST_ERR_MAX_PARAM_LENGTH' || status === 404 || status === 403) return notFound
  return status >= 400 && status < 500 ? { ...badRequest('Cannot answer this request.'), status } : failed
}

export function badRequest (text: string): Problem {
  return { status: 400, code: 'bad_request', title: 'That did not work', text }
}

export const tooManyStreams = unavailable('Too many readers follow what is said live at the moment. The pages themselves can be read as always.', 60)

/** Who has had so many pages made is asked to wait, and told where there is more in less. */
export function tooMany (seconds: number): Problem {
  return {
    status: 429,
    code: 'too_many_requests',
    title: 'Too many pages at once',
    text: 'So many pages were made for you within a short time that others would have to wait. Please wait a little. To have all of it, ' +
      'take whole months as files instead: the page of each month has links to them, and About this archive says more.',
    retryAfterSeconds: seconds
  }
}

export const wrongMethod: Problem = {
  status: 405,
  code: 'method_not_allowed',
  title: 'Only for reading',
  text: 'This site can only be read: it answers GET and HEAD.'
}

function unavailable (text: string, retryAfterSeconds: number): Problem {
  return { status: 503, code: 'unavailable', title: 'Not available at the moment', text, retryAfterSeconds }
}

function isFastifyError (error: unknown): error is FastifyError {
  return error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number'
}
