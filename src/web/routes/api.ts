import type { FastifyInstance } from 'fastify'
import { noIndex, sharedHeaders } from '../caching.ts'

/** The description of all routes, which is the same for everybody and for as long as the program runs. */
export function apiRoute (app: FastifyInstance): void {
  let text: string | undefined
  app.get('/api', async (_request, reply) => {
    text ??= JSON.stringify(app.swagger())
    sharedHeaders(reply)
    noIndex(reply)
    return reply.header('access-control-allow-origin', '*').type('application/json; charset=utf-8').send(text)
  })
}
