import type { FastifyInstance } from 'fastify'
import { dayOf } from '../../model/day.ts'
import { sendPage } from '../answer.ts'
import { sharedHeaders } from '../caching.ts'
import { HTTP_READER } from '../room-handler.ts'
import type { Site } from '../site.ts'
import { absolute } from '../urls.ts'

export function homeRoute (app: FastifyInstance, { store, directory, info }: Site): void {
  app.get('/', async (_request, reply) => {
    const totals = new Map((await store.rooms()).map(summary => [summary.room, summary]))
    const rooms = directory.listed(HTTP_READER).map(room => {
      const summary = totals.get(room.jid)
      return {
        ...room,
        lines: summary?.lines ?? 0,
        since: summary?.first === undefined ? undefined : dayOf(summary.first),
        last: summary?.last
      }
    })
    sharedHeaders(reply)
    return sendPage(reply, 'home', {
      head: { title: info.title, canonical: absolute(info.url, '/'), ...(info.description === undefined ? {} : { description: info.description }) },
      rooms
    })
  })
}
