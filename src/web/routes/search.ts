import type { FastifyInstance } from 'fastify'
import { isListed } from '../../access/can-read.ts'
import type { PublishedRoom } from '../../access/can-read.ts'
import type { Found } from '../../archive/find.ts'
import { dayOf } from '../../model/day.ts'
import { hasCode } from '../../model/errors.ts'
import { asksForPresence } from '../../search/query.ts'
import { problemHeaders, sendPage } from '../answer.ts'
import { neverCached, noIndex } from '../caching.ts'
import { problemOf } from '../errors.ts'
import type { Problem } from '../errors.ts'
import { foundDays } from '../found-days.ts'
import { HTTP_READER } from '../room-handler.ts'
import { assertValid, datesOf, roomsOf, runSearch, searchHref, searchOf, searchSchema } from '../search-request.ts'
import type { Search, SearchParameters } from '../search-request.ts'
import type { Site } from '../site.ts'
import { todayOf } from '../today.ts'
import { facetGroups } from '../view/facet-links.ts'
import { hitGroup } from '../view/hits.ts'
import { understood } from '../view/understood.ts'
import { visibleLine } from '../view/visible-text.ts'
import { windowsOf } from '../view/windows.ts'

/** So many hits are counted by year, person and room without being asked for it: with more that takes longer than the search. */
const COUNTED_AT_ONCE = 2000

/** The form stays filled in whatever happens: a mistake in a query is there to be corrected. */
export function searchRoute (app: FastifyInstance, site: Site): void {
  app.get<{ Querystring: SearchParameters }>('/search', { schema: searchSchema, attachValidation: true }, async (request, reply) => {
    const { words } = site
    const search = searchOf(site, request.query)
    const wantsFacets = request.query.facets === '1'
    neverCached(reply)
    noIndex(reply)
    const path = searchHref('/search', search, { facets: wantsFacets ? '1' : undefined })
    if (request.validationError === undefined && !isCanonical(request.query, path)) return reply.redirect(path, 302)

    const { found, problem } = await attempt(async () => {
      assertValid(request)
      return runSearch(site, search, { suggest: true })
    })
    if (problem !== undefined) problemHeaders(reply, problem)
    const isContinued = search.before !== undefined
    const { before: _, ...first } = search
    const [days, facets] = await Promise.all([
      found === undefined ? [] : foundDays(site, found.hits),
      found !== undefined && !isContinued && (wantsFacets || isQuicklyCounted(found)) ? countFacets(site, search) : undefined
    ])
    const rooms = roomsOf(site, search)
    const listed = site.directory.listed(HTTP_READER)
    const { text, room } = search
    const dates = problem === undefined ? datesOf(search, site.now()) : {}
    return sendPage(reply, 'search', {
      head: {
        title: text.trim() === '' ? words.search.title : words.shell.searchOf(visibleLine(text)),
        ...(found === undefined ? {} : { searchFeed: searchHref('/search.atom', first), searchJson: searchHref('/search.json', first) }),
        ...(room === undefined ? {} : { room })
      },
      search,
      rooms: room === undefined || isListed(room, HTTP_READER) ? listed : [...listed, room],
      days: { from: dates.from && dayOf(dates.from.start), to: dates.to && dayOf(dates.to.end) },
      isNarrowed: [search.person, search.from, search.to, room].some(field => field !== undefined) || search.order !== 'newest',
      found,
      noun: found !== undefined && asksForPresence(found.query) ? 'event' : 'message',
      understood: found === undefined ? [] : understood(search, found.query, rooms, site.now(), words),
      groups: found === undefined ? [] : days.flatMap(day => hitGroup(day, found.query, words, site.searchLanguages) ?? []),
      facets: facets === undefined || found === undefined ? [] : facetGroups(facets, search, found.query, words),
      facetsHref: facets === undefined && (found?.total ?? 0) > 1 ? searchHref('/search', first, { facets: '1' }) : undefined,
      problem,
      windows: windowsOf({
        search: first,
        today: todayOf(site),
        dates,
        isEnd: found !== undefined && found.next === undefined,
        isTimeout: problem?.status === 503
      }),
      isContinued,
      roomCount: rooms.length,
      index: site.searchState?.(),
      nextHref: found?.next === undefined ? undefined : searchHref('/search', { ...search, before: found.next }),
      firstHref: searchHref('/search', first),
      suggestionHref: found?.suggestion === undefined ? undefined : searchHref('/search', { ...first, text: found.suggestion }),
      everywhereHref: room === undefined ? undefined : searchHref('/search', withoutRoom(first))
    })
  })
}

function isQuicklyCounted ({ total, totalIsExact }: Found<PublishedRoom>): boolean {
  return totalIsExact && total > 1 && total <= COUNTED_AT_ONCE
}

async function countFacets (site: Site, search: Search): Promise<Found<PublishedRoom>['facets']> {
  const { before: _, ...whole } = search
  return (await runSearch(site, whole, { limit: 0, facets: true }))?.facets
}

function withoutRoom ({ room: _, ...search }: Search): Search {
  return search
}

// What a form sends has empty fields, and an address written by hand any order.
function isCanonical (sent: SearchParameters, path: string): boolean {
  const wanted = new URL(path, 'http://host').searchParams
  const { limit: _, ...rest } = sent
  const parameters = Object.entries(rest)
  const isSameOrder = parameters.map(([name]) => name).join() === [...wanted.keys()].join()
  return isSameOrder && parameters.every(([name, value]) => wanted.get(name) === value)
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
