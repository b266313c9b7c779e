import type { FastifyInstance, FastifyRequest } from 'fastify'
import { isListed } from '../../access/can-read.ts'
import type { PublishedRoom } from '../../access/can-read.ts'
import type { ArchiveTime } from '../../model/archive-time.ts'
import { parseDay } from '../../model/day.ts'
import { HansardError } from '../../model/errors.ts'
import type { ArchivedEvent } from '../../model/event.ts'
import { neverCached, noIndex } from '../caching.ts'
import { HTTP_READER, withRoom } from '../room-handler.ts'
import type { RoomRoute } from '../room-handler.ts'
import type { Site } from '../site.ts'
import { absolute } from '../urls.ts'
import { eventPath } from '../view/event-path.ts'

interface PlaceRoute extends RoomRoute {
  Querystring: { day?: string, at?: string }
}

const schema = { querystring: { type: 'object', properties: { day: { type: 'string', maxLength: 10 }, at: { type: 'string', maxLength: 20 } } } }

/** More happen in no second that people see. */
const MOST = 2000

/** From the place of a line on the page of a day to its own address: pages need not repeat that for each of their lines. */
export function placeRoutes (app: FastifyInstance, site: Site): void {
  app.get<PlaceRoute>('/r/:slug/go', { schema }, withRoom<PlaceRoute>(site.directory, async (room, request, reply) => {
    const event = await eventAt(site, room, request)
    neverCached(reply)
    noIndex(reply)
    return reply.redirect(eventPath(room.slug, event), 302)
  }))
  app.get<PlaceRoute>('/r/:slug/go.json', { schema }, withRoom<PlaceRoute>(site.directory, async (room, request, reply) => {
    const event = await eventAt(site, room, request)
    neverCached(reply)
    noIndex(reply)
    if (isListed(room, HTTP_READER)) reply.header('access-control-allow-origin', '*')
    return reply.send({ uid: event.uid, kind: event.kind, url: absolute(site.info.url, eventPath(room.slug, event)) })
  }))
}

async function eventAt ({ store }: Site, { jid }: PublishedRoom, { query }: FastifyRequest<PlaceRoute>): Promise<ArchivedEvent> {
  const day = parseDay(query.day ?? '')
  const [, hour, minute, second] = /^t([01]\d|2[0-3])([0-5]\d)([0-5]\d)[a-z]*$/.exec(query.at ?? '') ?? []
  if (day !== undefined && hour !== undefined) {
    const start = `${day}T${hour}:${minute}:${second}` as const
    const range = { start: `${start}.000000Z` as ArchiveTime, end: `${start}.999999Z` as ArchiveTime, limit: MOST }
    for (const stream of ['talk', 'presence'] as const) {
      const event = (await store.page(jid, { stream, ...range })).events.find(({ anchor }) => anchor === query.at)
      if (event !== undefined) return event
    }
  }
  throw new HansardError('ERR_ITEM_NOT_FOUND', 'Cannot lead to a line: the room has none at this place')
}
