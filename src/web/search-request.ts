import type { FastifyRequest, FastifySchemaValidationError } from 'fastify'
import type { PublishedRoom } from '../access/can-read.ts'
import type { Found } from '../archive/find.ts'
import { defined } from '../model/defined.ts'
import { HansardError } from '../model/errors.ts'
import { parseDateRange } from '../search/date-range.ts'
import type { DateRange } from '../search/date-range.ts'
import type { SearchOrder } from '../search/search-index.ts'
import { HTTP_READER, readableRoom } from './room-handler.ts'
import type { Site } from './site.ts'
import { withQuery } from './urls.ts'

/** As they come in addresses; a form sends empty ones too. */
export interface SearchParameters {
  q?: string
  /** A slug; every listed room when it is missing or empty. */
  room?: string
  /** A nick. */
  person?: string
  /** Days, months or years (UTC), both included. */
  from?: string
  to?: string
  order?: SearchOrder | ''
  before?: string
  limit?: number
  facets?: '' | '0' | '1'
}

/** For routes that set attachValidation: then a bad request is answered with the form still filled in. */
export const searchSchema = {
  querystring: {
    type: 'object',
    properties: {
      q: { type: 'string', maxLength: 2000 },
      room: { type: 'string', maxLength: 200 },
      person: { type: 'string', maxLength: 1023 },
      from: { type: 'string', maxLength: 20 },
      to: { type: 'string', maxLength: 20 },
      order: { enum: ['', 'newest', 'oldest', 'relevance'] },
      before: { type: 'string', maxLength: 4000 },
      limit: { type: 'integer', minimum: 1, maximum: 100 },
      facets: { enum: ['', '0', '1'] }
    }
  }
}

/** What is asked for; what was left empty is missing. */
export interface Search {
  readonly text: string
  readonly room?: PublishedRoom
  readonly person?: string
  readonly from?: string
  readonly to?: string
  readonly order: SearchOrder
  readonly before?: string
}

const PAGE = 20

/** Throws ERR_ROOM_NOT_FOUND for a room that the reader may not see. Takes anything, so that a form can be shown again. */
export function searchOf (site: Pick<Site, 'directory'>, parameters: SearchParameters): Search {
  const field = (value: unknown) => asText(value).trim() || undefined
  const [slug, order] = [asText(parameters.room), asText(parameters.order)]
  return {
    text: asText(parameters.q),
    order: order === 'oldest' || order === 'relevance' ? order : 'newest',
    ...defined({
      room: slug === '' ? undefined : readableRoom(site.directory, slug),
      person: field(parameters.person),
      from: field(parameters.from),
      to: field(parameters.to),
      before: asText(parameters.before, 4000) || undefined
    })
  }
}

/** The one address of a search: always the same order, and nothing that is empty or goes without saying. */
export function searchHref (path: string, search: Search, more: Readonly<Record<string, string | undefined>> = {}): string {
  const { text, room, person, from, to, order, before } = search
  const q = text.trim() === '' ? undefined : text
  return withQuery(path, { q, room: room?.slug, person, from, to, order: order === 'newest' ? undefined : order, before, ...more })
}

/** A parameter as the form shows it again, whatever was sent. */
export function asText (value: unknown, most = 2000): string {
  return typeof value === 'string' ? value.slice(0, most) : ''
}

/** The rooms that are searched. An unlisted room is searched only by its own slug: by link, as it is read. */
export function roomsOf (site: Pick<Site, 'directory'>, { room }: Search): readonly PublishedRoom[] {
  return room === undefined ? site.directory.listed(HTTP_READER) : [room]
}

export interface Asked {
  readonly limit?: number
  readonly facets?: boolean
  readonly suggest?: boolean
}

/** Undefined when nothing was asked. */
export async function runSearch (
  site: Pick<Site, 'find' | 'directory' | 'now'>, search: Search, { limit = PAGE, facets = false, suggest = false }: Asked = {}
): Promise<Found<PublishedRoom> | undefined> {
  const { text, person, order, before } = search
  const { from, to } = datesOf(search, site.now())
  if (text.trim() === '' && person === undefined && from === undefined && to === undefined) return undefined
  return site.find({
    text,
    rooms: roomsOf(site, search),
    limit,
    order,
    presence: true,
    facets,
    suggest,
    ...defined({ person, start: from?.start, end: to?.end, before })
  })
}

/** The dates of the fields. Throws ERR_QUERY for what is none. */
export function datesOf ({ from, to }: Search, now: number): { readonly from?: DateRange, readonly to?: DateRange } {
  const read = (name: string, text: string | undefined): DateRange | undefined => {
    if (text === undefined) return undefined
    const range = parseDateRange(text, new Date(now))
    if (range === undefined) {
      throw new HansardError('ERR_QUERY', `Cannot search ${name} "${text}": that is not a date, expected 2024-05-17, 2024-05, 2024, today, yesterday or 7d`)
    }
    return range
  }
  return defined({ from: read('from', from), to: read('to', to) })
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
