import type { FastifyInstance } from 'fastify'
import { noIndex, sharedHeaders } from '../caching.ts'
import { HTTP_READER } from '../room-handler.ts'
import type { Site } from '../site.ts'
import { absolute, roomPath } from '../urls.ts'

/** The listed rooms for programs. */
export function indexJsonRoute (app: FastifyInstance, { store, directory, info }: Site): void {
  app.get('/index.json', async (_request, reply) => {
    const totals = new Map((await store.rooms()).map(summary => [summary.room, summary]))
    const rooms = await Promise.all(directory.listed(HTTP_READER).map(async ({ jid, slug, title, description, level }) => {
      const holes = await store.gaps(jid, { holesOnly: true })
      const { lines: messages = 0, first, last } = totals.get(jid) ?? {}
      return { jid, slug, title, description, level, url: absolute(info.url, roomPath(slug)), messages, first, last, holes: holes.length }
    }))
    sharedHeaders(reply)
    noIndex(reply)
    return reply.header('access-control-allow-origin', '*').send({ title: info.title, rooms })
  })
}
