import type { FastifyInstance } from 'fastify'
import type { PublishedRoom } from '../../access/can-read.ts'
import type { FoundFacets } from '../../archive/find.ts'
import { defined } from '../../model/defined.ts'
import { streamOf } from '../../model/event.ts'
import type { ArchivedEvent } from '../../model/event.ts'
import { neverCached, noIndex } from '../caching.ts'
import { english } from '../language/en.ts'
import { assertValid, runSearch, searchOf, searchSchema } from '../search-request.ts'
import type { SearchParameters } from '../search-request.ts'
import type { Site } from '../site.ts'
import { absolute } from '../urls.ts'
import { eventPath } from '../view/event-path.ts'
import { plainText } from '../view/parts.ts'
import { publicEvent } from '../view/public-event.ts'
import { sentenceOf } from '../view/sentence.ts'
import { shownBody } from '../view/shown-body.ts'
import { isShownHit } from '../view/shown-hit.ts'

export function searchJsonRoute (app: FastifyInstance, site: Site): void {
  app.get<{ Querystring: SearchParameters }>('/search.json', { schema: searchSchema, attachValidation: true }, async (request, reply) => {
    assertValid(request)
    const { limit, facets } = request.query
    const found = await runSearch(site, searchOf(site, request.query), { ...defined({ limit }), facets: facets === '1', suggest: true })
    neverCached(reply)
    noIndex(reply)
    return reply.send({
      query: request.query.q ?? '',
      total: found?.total ?? 0,
      totalIsExact: found?.totalIsExact ?? true,
      hits: (found?.hits ?? []).flatMap(({ event, room }) => isShownHit(event) ? hitOf(event, room, site.info.url) : []),
      next: found?.next ?? null,
      ...defined({
        weighed: found?.weighed,
        facets: found?.facets === undefined ? undefined : facetsOf(found.facets),
        suggestion: found?.suggestion,
        index: site.searchState?.()
      })
    })
  })
}

function hitOf (event: ArchivedEvent, room: PublishedRoom, siteUrl: string): object {
  const { newNick, actor, reason, role, affiliation } = publicEvent(event)
  const isTalk = streamOf(event.kind) === 'talk'
  return {
    room: room.slug,
    uid: event.uid,
    time: event.time,
    kind: event.kind,
    nick: event.nick,
    body: isTalk ? shownBody(event) ?? '' : plainText(sentenceOf(event, english)),
    ...isTalk ? {} : defined({ newNick, actor, reason, role, affiliation }),
    url: absolute(siteUrl, eventPath(room.slug, event))
  }
}

function facetsOf ({ rooms, years, people, kinds }: FoundFacets<PublishedRoom>): object {
  return { rooms: rooms.map(facet => ({ ...facet, value: facet.value.slug })), years, people, kinds }
}
