import type { FastifyInstance } from 'fastify'
import { neverCached, noIndex } from '../caching.ts'
import { withRoom } from '../room-handler.ts'
import type { RoomRoute } from '../room-handler.ts'
import type { Site } from '../site.ts'
import { todayOf } from '../today.ts'
import { roomPartPath, roomPath } from '../urls.ts'

/** Addresses that can be bookmarked for a day that changes. In a room where nobody has spoken yet they lead to the room. */
export function goRoutes (app: FastifyInstance, site: Site): void {
  for (const where of ['today', 'latest', 'first'] as const) {
    app.get<RoomRoute>(`/r/:slug/${where}`, withRoom(site.directory, async (room, request, reply) => {
      const [summary] = where === 'today' ? [{ day: todayOf(site) }] : await site.store.days(room.jid, { limit: 1, reverse: where === 'latest' })
      neverCached(reply)
      noIndex(reply)
      const path = summary === undefined ? roomPath(room.slug) : roomPartPath(room.slug, summary.day)
      return reply.redirect(request.url.replace(/^[^?]*/, path), 302)
    }))
  }
}
