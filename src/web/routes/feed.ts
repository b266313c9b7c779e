import type { FastifyInstance } from 'fastify'
import { isListed } from '../../access/can-read.ts'
import { roomHeaders } from '../caching.ts'
import { recentTalk } from '../live/recent-talk.ts'
import { HTTP_READER, withRoom } from '../room-handler.ts'
import type { RoomRoute } from '../room-handler.ts'
import type { Site } from '../site.ts'
import { surroundingsOf } from '../surroundings.ts'
import { absolute, roomPartPath, roomPath } from '../urls.ts'
import { feedEntry, lastChange } from '../view/feed-entry.ts'
import { FEEDS_SINCE, feedId } from '../view/feed-id.ts'
import { runsOf } from '../view/feed-runs.ts'
import { sendFeed } from './feed-answer.ts'

const ENTRIES = 50
/** What one person said without a pause is one entry: of so many messages at most. */
const MESSAGES = 400

/** What was said last in a room. */
export function feedRoute (app: FastifyInstance, { store, directory, info, words, now }: Site): void {
  app.get<RoomRoute>('/r/:slug/feed.atom', withRoom(directory, async (room, request, reply) => {
    const { events, isComplete } = await recentTalk(store, room.jid, MESSAGES)
    const around = await surroundingsOf(store, room, events)
    const runs = runsOf(events)
    // Where there is more, the first run may have begun before: it would change its id with everything said.
    const whole = isComplete || runs.length === 1 ? runs : runs.slice(1)
    const latest = whole.slice(-ENTRIES).reverse()
    const view = (name: string, model: object): Promise<string> => app.view(name, model)
    const entries = await Promise.all(latest.map(run => feedEntry(run, { info, room, around, words, view })))
    roomHeaders(reply, room, { freshness: 'settled', isCanonical: false })
    if (isListed(room, HTTP_READER)) reply.header('access-control-allow-origin', '*')
    return sendFeed(request, reply, {
      id: feedId(info.url, room.jid, FEEDS_SINCE, 'feed'),
      title: `${room.title} – ${info.title}`,
      ...(room.description === '' ? {} : { subtitle: room.description }),
      updated: lastChange(latest.flat()),
      self: absolute(info.url, roomPartPath(room.slug, 'feed.atom')),
      page: absolute(info.url, roomPath(room.slug)),
      entries: entries.filter(entry => entry !== undefined)
    }, now())
  }))
}
