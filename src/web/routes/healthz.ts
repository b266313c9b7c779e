import type { FastifyInstance } from 'fastify'
import { neverCached, noIndex } from '../caching.ts'
import type { Site } from '../site.ts'

/** For probes: 503 when what is said now is not kept, else 200. */
export function healthzRoute (app: FastifyInstance, { health }: Site): void {
  app.get('/healthz', async (_request, reply) => {
    const { status, checks } = await health()
    neverCached(reply)
    noIndex(reply)
    return reply.code(status === 'failing' ? 503 : 200).send({ status, ...checks })
  })
}
