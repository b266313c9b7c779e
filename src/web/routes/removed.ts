import type { FastifyInstance, FastifyReply } from 'fastify'
import { isListed } from '../../access/can-read.ts'
import type { PublishedRoom } from '../../access/can-read.ts'
import type { RemovalCursor } from '../../archive/store.ts'
import { noIndex, roomHeaders, sharedHeaders } from '../caching.ts'
import { removalsIn } from '../removals-in.ts'
import { HTTP_READER, withRoom } from '../room-handler.ts'
import type { RoomRoute } from '../room-handler.ts'
import type { Site } from '../site.ts'
import { absolute, roomPath, withQuery } from '../urls.ts'
import { publicRemoval } from '../view/public-removal.ts'

interface Since {
  Querystring: { since?: RemovalCursor }
}

const schema = { querystring: { type: 'object', properties: { since: { type: 'string', pattern: '^[\\w:.-]{0,200}$' } } } }

/** What was removed, without any of it: so that whoever has copies can follow. */
export function removedRoutes (app: FastifyInstance, site: Site): void {
  const { store, directory, info } = site

  async function send (reply: FastifyReply, rooms: readonly PublishedRoom[], path: string, { since }: Since['Querystring']): Promise<FastifyReply> {
    const { found, next, isCut } = await removalsIn(store, rooms, since?.length === 0 ? undefined : since)
    noIndex(reply)
    if (isCut) reply.header('link', `<${absolute(info.url, withQuery(path, { since: next }))}>; rel="next"`)
    const lines = [...found.flatMap(({ room, removal }) => publicRemoval(room, removal)), { next: next ?? null }]
    return reply.type('application/jsonl; charset=utf-8').send(lines.map(line => `${JSON.stringify(line)}\n`).join(''))
  }

  app.get<Since>('/removed.jsonl', { schema }, async (request, reply) => {
    sharedHeaders(reply)
    reply.header('access-control-allow-origin', '*')
    return send(reply, directory.listed(HTTP_READER), '/removed.jsonl', request.query)
  })

  app.get<RoomRoute & Since>('/r/:slug/removed.jsonl', { schema }, withRoom<RoomRoute & Since>(directory, async (room, request, reply) => {
    roomHeaders(reply, room, { freshness: 'growing', isCanonical: false })
    if (isListed(room, HTTP_READER)) reply.header('access-control-allow-origin', '*')
    return send(reply, [room], `${roomPath(room.slug)}removed.jsonl`, request.query)
  }))
}
