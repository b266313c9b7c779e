import type { FastifyInstance } from 'fastify'
import { sendPage } from '../answer.ts'
import { sharedHeaders } from '../caching.ts'
import type { Site } from '../site.ts'
import { absolute } from '../urls.ts'

const TEXTS = ['about', 'privacy'] as const

/** Pages about the site itself. */
export function textRoutes (app: FastifyInstance, { info, words }: Site): void {
  for (const name of TEXTS) {
    app.get(`/${name}`, async (_request, reply) => {
      sharedHeaders(reply)
      return sendPage(reply, name, { head: { title: words.texts[name], canonical: absolute(info.url, `/${name}`) } })
    })
  }
}
