import type { FastifyReply, FastifyRequest } from 'fastify'
import { noIndex } from '../caching.ts'
import { entityTag } from '../validator.ts'
import { atomOf } from '../view/feed.ts'
import type { Feed } from '../view/feed.ts'

/** Before a second is over, more may happen in it: then its time is no validator (RFC 9110 §8.8.2.2). */
const SECOND_MS = 1_000

/** With both validators: some readers know only the older one. Caching is set before. */
export function sendFeed (request: FastifyRequest, reply: FastifyReply, feed: Feed, now: number): FastifyReply {
  noIndex(reply)
  const text = atomOf(feed)
  const updated = Date.parse(`${feed.updated.slice(0, 19)}Z`)
  if (updated > 0 && updated + SECOND_MS < now) {
    const lastModified = new Date(updated).toUTCString()
    reply.header('last-modified', lastModified)
    // Exactly: what is removed without a trace makes the feed older than it was.
    if (request.headers['if-none-match'] === undefined && request.headers['if-modified-since'] === lastModified) {
      return reply.header('etag', entityTag(text)).code(304).send()
    }
  }
  return reply.type('application/atom+xml; charset=utf-8').send(text)
}
