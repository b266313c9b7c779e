import type { FastifyInstance } from 'fastify'
import type { PublishedRoom } from '../../access/can-read.ts'
import { HansardError } from '../../model/errors.ts'
import type { ArchivedEvent } from '../../model/event.ts'
import { assertValid, runSearch, searchHref, searchOf, searchSchema } from '../search-request.ts'
import type { Search, SearchParameters } from '../search-request.ts'
import type { Site } from '../site.ts'
import { surroundingsOf } from '../surroundings.ts'
import { absolute } from '../urls.ts'
import { feedEntry, lastChange } from '../view/feed-entry.ts'
import { isShownHit } from '../view/shown-hit.ts'
import type { Surroundings } from '../view/surroundings.ts'
import { visibleLine } from '../view/visible-text.ts'
import { sendFeed } from './feed-answer.ts'

const HITS = 30

/** A search that is kept: what is found newly comes as a new entry. */
export function searchFeedRoute (app: FastifyInstance, site: Site): void {
  const { store, info, now } = site
  app.get<{ Querystring: SearchParameters }>('/search.atom', { schema: searchSchema, attachValidation: true }, async (request, reply) => {
    assertValid(request)
    const search = searchOf(site, request.query)
    const { limit = HITS } = request.query
    const found = await runSearch(site, search, { limit })
    if (found === undefined) throw new HansardError('ERR_QUERY', 'Cannot make a feed of this search: say what to look for, as in /search.atom?q=word')
    const hits = found.hits.filter(({ event }) => isShownHit(event))
    const arounds = await surroundingsByRoom(store, hits)
    const entries = await Promise.all(hits.map(async ({ event, room }) => {
      const around = arounds.get(room)
      const entry = around === undefined
        ? undefined
        : await feedEntry([event], { info, room, around, words: site.words, view: (name, model) => app.view(name, model) })
      return entry === undefined ? [] : [{ ...entry, title: `${entry.title} – ${room.title}` }]
    }))
    const { before: _, ...first } = search
    const href = (of: Search): string =>
      absolute(info.url, searchHref('/search.atom', of, { limit: request.query.limit === undefined ? undefined : String(limit) }))
    reply.header('cache-control', 'private, max-age=60, must-revalidate')
    return sendFeed(request, reply, {
      id: absolute(info.url, searchHref('/search.atom', first)),
      title: `${site.words.shell.searchOf(titleOf(first))} – ${info.title}`,
      updated: lastChange(hits.map(({ event }) => event)),
      self: href(search),
      page: absolute(info.url, searchHref('/search', first)),
      ...(found.next === undefined ? {} : { next: href({ ...search, before: found.next }) }),
      entries: entries.flat()
    }, now())
  })
}

function titleOf ({ text, person }: Search): string {
  return [visibleLine(text), ...person === undefined ? [] : [visibleLine(person)]].filter(part => part !== '').join(', ')
}

async function surroundingsByRoom (
  store: Site['store'], hits: ReadonlyArray<{ readonly event: ArchivedEvent, readonly room: PublishedRoom }>
): Promise<Map<PublishedRoom, Surroundings>> {
  const rooms = [...new Set(hits.map(({ room }) => room))]
  return new Map(await Promise.all(rooms.map(async room =>
    [room, await surroundingsOf(store, room, hits.filter(hit => hit.room === room).map(({ event }) => event))] as const)))
}
