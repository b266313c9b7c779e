import type { FastifyReply, FastifyRequest, RouteGenericInterface } from 'fastify'
import type { PublishedRoom } from '../access/can-read.ts'
import type { Directory } from '../access/directory.ts'
import { HansardError } from '../model/errors.ts'
import { neverCached, noIndex } from './caching.ts'
import { roomPath } from './urls.ts'

export const HTTP_READER = { via: 'http' } as const

export interface RoomRoute extends RouteGenericInterface {
  Params: { slug: string }
}

type RoomHandler<Route extends RoomRoute> =
  (room: PublishedRoom, request: FastifyRequest<Route>, reply: FastifyReply) => Promise<FastifyReply>

/** Every route of a room goes through here: who may not read it gets what an unknown room gets; an old slug is sent on. */
export function withRoom<Route extends RoomRoute> (directory: Directory, handler: RoomHandler<Route>) {
  return async (request: FastifyRequest<Route>, reply: FastifyReply): Promise<FastifyReply> => {
    const slug = (request.params as Route['Params']).slug
    const room = readableRoom(directory, slug)
    if (room.level !== 'indexed') noIndex(reply)
    if (room.slug !== slug) {
      neverCached(reply)
      return reply.redirect(request.url.replace(/^\/r\/[^/?]*\/?/, roomPath(room.slug)), 301)
    }
    return handler(room, request, reply)
  }
}

/** Throws ERR_ROOM_NOT_FOUND for a room that does not exist or is not for the public. */
export function readableRoom (directory: Directory, slug: string): PublishedRoom {
  const room = directory.bySlug(slug, HTTP_READER)
  if (room === undefined) throw new HansardError('ERR_ROOM_NOT_FOUND', 'Cannot show a room: there is none with this slug, or it is not public')
  return room
}
