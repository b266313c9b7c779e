import type { FastifyInstance } from 'fastify'
import { neverCached, noIndex } from '../caching.ts'
import type { Site } from '../site.ts'

/** For probes: 200 when the program does its work, else 503. */
export function healthzRoute (app: FastifyInstance, { health }: Site): void {
  app.get('/healthz', async (_request, reply) => {
    const { isHealthy, checks } = await health()
    neverCached(reply)
    noIndex(reply)
    return reply.code(isHealthy ? 200 : 503).send({ status: isHealthy ? 'ok' : 'failing', ...checks })
  })
}
