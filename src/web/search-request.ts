import type { FastifyRequest, FastifySchemaValidationError } from 'fastify'
import type { PublishedRoom } from '../access/can-read.ts'
import type { Found } from '../archive/find.ts'
import { HansardError } from '../model/errors.ts'
import { HTTP_READER, readableRoom } from './room-handler.ts'
import type { Site } from './site.ts'

export interface SearchParameters {
  q?: string
  /** A slug; every listed room when it is missing or empty. */
  room?: string
  before?: string
  limit?: number
}

/** For routes that set attachValidation: then a bad request is answered with the form still filled in. */
export const searchSchema = {
  querystring: {
    type: 'object',
    properties: {
      q: { type: 'string', maxLength: 2000 },
      room: { type: 'string', maxLength: 200 },
      before: { type: 'string', maxLength: 4000 },
      limit: { type: 'integer', minimum: 1, maximum: 100 }
    }
  }
}

const PAGE = 20

/** Undefined when nothing was asked. An unlisted room is searched only by its own slug: by link, as it is read. */
export async function runSearch (
  site: Pick<Site, 'find' | 'directory'>, { q = '', room: slug = '', before, limit = PAGE }: SearchParameters
): Promise<Found<PublishedRoom> | undefined> {
  const rooms = slug === '' ? site.directory.listed(HTTP_READER) : [readableRoom(site.directory, slug)]
  if (q.trim() === '') return undefined
  return site.find({ text: q, rooms, limit, ...(before === undefined || before === '' ? {} : { before }) })
}

/** Throws ERR_QUERY, with a message for the reader, where the parameters did not fit the schema. */
export function assertValid (request: FastifyRequest): void {
  const fault = (request.validationError?.validation as FastifySchemaValidationError[] | undefined)?.[0]
  if (fault === undefined) return
  const name = fault.instancePath.slice(1) || 'request'
  throw new HansardError('ERR_QUERY', name === 'q' && fault.keyword === 'maxLength'
    ? 'Cannot search for this: the text is longer than 2,000 characters, shorten it'
    : `Cannot search: the parameter "${name}" ${fault.message ?? 'is not valid'}`)
}

/** A parameter as the form shows it again, whatever was sent. */
export function asText (value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 2000) : ''
}
