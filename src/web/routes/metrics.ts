import type { FastifyInstance, FastifyRequest } from 'fastify'
import { createAddressList } from '../address-list.ts'
import { sendProblem } from '../answer.ts'
import { neverCached, noIndex } from '../caching.ts'
import { notFound } from '../errors.ts'
import type { Site } from '../site.ts'

// What proxies put in front of a request that they pass on.
const PASSED_ON = /^(?:forwarded|via|x-real-ip|x-forwarded-.*)$/

/** For Prometheus, to the addresses that may read it. To all others this is an address like any that does not exist. */
export function metricsRoute (app: FastifyInstance, { metrics, metricsFrom }: Site): void {
  const mayAsk = createAddressList(metricsFrom)
  app.get('/metrics', async (request, reply) => {
    const addresses = addressesOf(request)
    if (metrics === undefined || addresses.length === 0 || !addresses.every(mayAsk)) return sendProblem(reply, notFound)
    neverCached(reply)
    noIndex(reply)
    return reply.type(metrics.contentType).send(await metrics.text())
  })
}

/**
 * Every address that the request came through, all of which may ask or none: the farthest may be made up. None where a
 * proxy passed it on and we do not know for whom: a proxy on this machine would open the page to the world.
 */
function addressesOf (request: FastifyRequest): readonly string[] {
  const wasPassedOn = Object.keys(request.headers).some(name => PASSED_ON.test(name))
  const chain = request.ips ?? []
  return chain.length > 1 || !wasPassedOn ? [request.ip, ...chain] : []
}
