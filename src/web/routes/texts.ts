import type { FastifyInstance } from 'fastify'
import { sendPage } from '../answer.ts'
import { sharedHeaders } from '../caching.ts'
import type { Site } from '../site.ts'
import { absolute } from '../urls.ts'

const TEXTS = [
  { name: 'about', title: 'About this archive' },
  { name: 'privacy', title: 'Privacy and removal' }
] as const

/** Pages about the site itself. */
export function textRoutes (app: FastifyInstance, { info }: Site): void {
  for (const { name, title } of TEXTS) {
    app.get(`/${name}`, async (_request, reply) => {
      sharedHeaders(reply)
      return sendPage(reply, name, { head: { title, canonical: absolute(info.url, `/${name}`) } })
    })
  }
}
