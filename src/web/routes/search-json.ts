import type { FastifyInstance } from 'fastify'
import { neverCached, noIndex } from '../caching.ts'
import { assertValid, runSearch, searchSchema } from '../search-request.ts'
import type { SearchParameters } from '../search-request.ts'
import type { Site } from '../site.ts'
import { absolute, messagePath } from '../urls.ts'
import { isShownHit } from '../view/hits.ts'
import { shownBody } from '../view/shown-body.ts'

export function searchJsonRoute (app: FastifyInstance, site: Site): void {
  app.get<{ Querystring: SearchParameters }>('/search.json', { schema: searchSchema, attachValidation: true }, async (request, reply) => {
    assertValid(request)
    const found = await runSearch(site, request.query)
    neverCached(reply)
    noIndex(reply)
    return reply.send({
      query: request.query.q ?? '',
      total: found?.total ?? 0,
      totalIsExact: found?.totalIsExact ?? true,
      hits: (found?.hits ?? []).flatMap(({ event, room }) => isShownHit(event)
        ? {
            room: room.slug,
            uid: event.uid,
            time: event.time,
            kind: event.kind,
            nick: event.nick,
            body: shownBody(event) ?? '',
            url: absolute(site.info.url, messagePath(room.slug, event.uid))
          }
        : []),
      next: found?.next ?? null
    })
  })
}
