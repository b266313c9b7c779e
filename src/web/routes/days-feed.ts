import type { FastifyInstance } from 'fastify'
import { isListed } from '../../access/can-read.ts'
import type { PublishedRoom } from '../../access/can-read.ts'
import type { DaySummary } from '../../archive/store.ts'
import { addDays, dayBounds } from '../../model/day.ts'
import { noIndex, roomHeaders } from '../caching.ts'
import { holeFinder, holesOnDays } from '../holes.ts'
import { HTTP_READER, withRoom } from '../room-handler.ts'
import type { RoomRoute } from '../room-handler.ts'
import type { Site } from '../site.ts'
import { todayOf } from '../today.ts'
import { absolute, roomPartPath, roomPath } from '../urls.ts'
import { entityTag, matches } from '../validator.ts'
import type { FeedEntry } from '../view/feed.ts'
import { lastChange } from '../view/feed-entry.ts'
import { FEEDS_SINCE, feedId } from '../view/feed-id.ts'
import { gistOf } from '../view/gist.ts'
import { plainText, shownNick } from '../view/parts.ts'
import { sentenceOf } from '../view/sentence.ts'
import { sendFeed } from './feed-answer.ts'

const DAYS = 30
const LINES = 5
/** Of so many events of a day the first lines are taken; what has nothing to show is passed over. */
const READ = 20
const LINE = 200

/** The days of a room that are over, each with how it began. */
export function daysFeedRoute (app: FastifyInstance, site: Site): void {
  const { store, directory, info, words, now } = site

  async function entryOf (room: PublishedRoom, day: DaySummary, hasHole: boolean): Promise<FeedEntry> {
    const { events } = await store.page(room.jid, { stream: 'talk', ...dayBounds(day.day), limit: READ })
    const lines = events
      .filter(({ removed, appliesTo }) => removed === undefined && appliesTo === undefined)
      .map(event => event.kind === 'subject'
        ? { nick: '', text: plainText(sentenceOf(event, words)) }
        : { nick: shownNick(event.nick, words), text: gistOf(event, LINE, words) })
      .filter(({ text }) => text !== '').slice(0, LINES)
    const path = roomPartPath(room.slug, day.day)
    const end = dayBounds(addDays(day.day, 1)).start
    const changed = lastChange(events)
    return {
      id: feedId(info.url, room.jid, day.day, 'day'),
      title: words.feed.dayTitle(day.day, day.lines, day.people),
      author: room.title,
      url: absolute(info.url, path),
      published: end,
      updated: changed > end ? changed : end,
      content: (await app.view('parts/feed-day', { day, hasHole, lines, href: path })).trim()
    }
  }

  app.get<RoomRoute>('/r/:slug/days.atom', withRoom(directory, async (room, request, reply) => {
    const today = todayOf(site)
    const days = await store.days(room.jid, { to: addDays(today, -1), reverse: true, limit: DAYS })
    const holes = await holesOnDays(site, room.jid, days.at(-1)?.day ?? today, today)
    // The ledger knows whether any of it has changed.
    const tag = entityTag([site.edition, room.slug, room.title, room.description, days, holes])
    roomHeaders(reply.header('etag', tag), room, { freshness: 'settled', isCanonical: false })
    if (isListed(room, HTTP_READER)) reply.header('access-control-allow-origin', '*')
    if (matches(request.headers['if-none-match'], tag)) {
      noIndex(reply)
      return reply.code(304).send()
    }
    const hasHole = holeFinder(site, holes)
    const entries = await Promise.all(days.map(day => entryOf(room, day, hasHole(day.day))))
    return sendFeed(request, reply, {
      id: feedId(info.url, room.jid, FEEDS_SINCE, 'days'),
      title: `${words.feed.daysOf(room.title)} – ${info.title}`,
      ...(room.description === '' ? {} : { subtitle: room.description }),
      updated: entries.reduce((last, { updated }) => updated > last ? updated : last, lastChange([])),
      self: absolute(info.url, roomPartPath(room.slug, 'days.atom')),
      page: absolute(info.url, roomPath(room.slug)),
      entries
    }, now())
  }))
}
