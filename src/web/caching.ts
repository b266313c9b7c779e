import type { FastifyReply } from 'fastify'
import type { PublishedRoom } from '../access/can-read.ts'

// A room may be closed and a text removed at any time; nothing may outlive that by more than a minute in a cache.
const SETTLED_SECONDS = 60
const GROWING_SECONDS = 5

export type Freshness = 'settled' | 'growing'

/** Caching of a room's page. Other forms of a page than the canonical one are not for search engines, whatever the room's level. */
export function roomHeaders (
  reply: FastifyReply, room: PublishedRoom, { freshness, isCanonical }: { freshness: Freshness, isCanonical: boolean }
): void {
  const seconds = freshness === 'settled' ? SETTLED_SECONDS : GROWING_SECONDS
  reply.header('cache-control', `${room.level === 'unlisted' ? 'private' : 'public'}, max-age=${seconds}, must-revalidate`)
  if (!isCanonical) noIndex(reply)
}

export function noIndex (reply: FastifyReply): void {
  reply.header('x-robots-tag', 'noindex')
}

export function neverCached (reply: FastifyReply): void {
  reply.header('cache-control', 'no-store')
}

/** Answers that may be kept a little while: lists and texts about the site. */
export function sharedHeaders (reply: FastifyReply): void {
  reply.header('cache-control', `public, max-age=${SETTLED_SECONDS}, must-revalidate`)
}
