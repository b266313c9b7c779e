import type { FastifyInstance } from 'fastify'
import { isListed } from '../../access/can-read.ts'
import type { PublishedRoom } from '../../access/can-read.ts'
import type { Found } from '../../archive/find.ts'
import { hasCode } from '../../model/errors.ts'
import { problemHeaders, sendPage } from '../answer.ts'
import { neverCached, noIndex } from '../caching.ts'
import { problemOf } from '../errors.ts'
import type { Problem } from '../errors.ts'
import { HTTP_READER, readableRoom } from '../room-handler.ts'
import { asText, assertValid, runSearch, searchSchema } from '../search-request.ts'
import type { SearchParameters } from '../search-request.ts'
import type { Site } from '../site.ts'
import { withQuery } from '../urls.ts'
import { hitGroups } from '../view/hits.ts'

/** The form stays filled in whatever happens: a mistake in a query is there to be corrected. */
export function searchRoute (app: FastifyInstance, site: Site): void {
  app.get<{ Querystring: SearchParameters }>('/search', { schema: searchSchema, attachValidation: true }, async (request, reply) => {
    const text = asText(request.query.q)
    const slug = asText(request.query.room)
    const room = slug === '' ? undefined : readableRoom(site.directory, slug)
    const { found, problem } = await attempt(async () => {
      assertValid(request)
      return runSearch(site, request.query)
    })
    neverCached(reply)
    noIndex(reply)
    if (problem !== undefined) problemHeaders(reply, problem)
    const listed = site.directory.listed(HTTP_READER)
    return sendPage(reply, 'search', {
      head: { title: text.trim() === '' ? 'Search' : `Search: ${text}`, searchText: text, ...(room === undefined ? {} : { room }) },
      text,
      room,
      rooms: room === undefined || isListed(room, HTTP_READER) ? listed : [...listed, room],
      found,
      groups: found === undefined ? [] : hitGroups(found, site.searchLanguages),
      problem,
      isContinued: asText(request.query.before) !== '',
      olderHref: found?.next === undefined ? undefined : withQuery('/search', { q: text, room: room?.slug, before: found.next }),
      newestHref: withQuery('/search', { q: text, room: room?.slug }),
      everywhereHref: withQuery('/search', { q: text })
    })
  })
}

interface Attempt {
  readonly found?: Found<PublishedRoom> | undefined
  readonly problem?: Problem
}

async function attempt (search: () => Promise<Attempt['found']>): Promise<Attempt> {
  try {
    return { found: await search() }
  } catch (error) {
    if (!hasCode(error, 'ERR_QUERY', 'ERR_SEARCH_TIMEOUT')) throw error
    return { problem: problemOf(error) }
  }
}
