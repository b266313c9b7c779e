import type { FastifyInstance } from 'fastify'
import type { PublishedRoom } from '../../access/can-read.ts'
import { dayOf } from '../../model/day.ts'
import { HansardError } from '../../model/errors.ts'
import { sendPage } from '../answer.ts'
import { roomHeaders } from '../caching.ts'
import type { DayLink, Place } from '../digests/day-digest.ts'
import { hostsOf } from '../digests/hosts.ts'
import { withRoom } from '../room-handler.ts'
import type { RoomRoute } from '../room-handler.ts'
import type { Site } from '../site.ts'
import { absolute, messagePath, roomPartPath, withQuery } from '../urls.ts'

interface LinksRoute extends RoomRoute {
  Querystring: { host?: string, page?: string }
}

const schema = {
  querystring: {
    type: 'object',
    properties: { host: { type: 'string', minLength: 1, maxLength: 253 }, page: { type: 'string', pattern: '^[1-9]\\d{0,5}$' } }
  }
}

const ON_A_PAGE = 100

/** What a room linked to: the hosts, and the addresses of one. */
export function linksRoute (app: FastifyInstance, { directory, digests, info, words }: Site): void {
  app.get<LinksRoute>('/r/:slug/links', { schema }, withRoom<LinksRoute>(directory, async (room, request, reply) => {
    const host = request.query.host?.toLowerCase()
    const digest = await digests.of(room.jid)
    const isWhole = digest.ready === digest.days.length
    const hosts = hostsOf(digest.months)
    const path = roomPartPath(room.slug, 'links')
    const figures = hosts.find(figures => figures.host === host)
    if (host !== undefined && figures === undefined && isWhole) {
      throw new HansardError('ERR_ITEM_NOT_FOUND', 'Cannot show the links to a host: nobody linked to it')
    }
    const links = figures === undefined ? [] : (await digests.linksTo(room.jid, digest, figures.host)).sort(byLast)
    const page = pageOf(host === undefined ? hosts : links, request.query.page)
    const pageHref = (number: number): string => withQuery(path, { host, page: number === 1 ? undefined : String(number) })
    roomHeaders(reply, room, { freshness: isWhole ? 'settled' : 'growing', isCanonical: false })
    return sendPage(reply, 'links', {
      head: {
        title: `${host === undefined ? words.links.title : words.links.to(host).join('')} – ${room.title}`,
        room,
        canonical: absolute(info.url, pageHref(page.number))
      },
      room,
      path,
      host,
      figures,
      progress: { ready: digest.ready, days: digest.days.length, isWhole },
      total: host === undefined ? hosts.length : links.length,
      times: hosts.reduce((sum, { times }) => sum + times, 0),
      unlisted: digest.months.reduce((sum, { unlisted }) => sum + unlisted, 0),
      hosts: host === undefined
        ? hosts.slice(page.from, page.to).map(figures => ({ ...figures, href: withQuery(path, { host: figures.host }) }))
        : [],
      links: links.slice(page.from, page.to).map(link => ({ ...link, first: shown(room, link.first), last: shown(room, link.last) })),
      page: page.number,
      pages: page.count,
      previousHref: page.number > 1 ? pageHref(page.number - 1) : undefined,
      nextHref: page.number < page.count ? pageHref(page.number + 1) : undefined
    })
  }))
}

function byLast (one: DayLink, other: DayLink): number {
  return one.last.time < other.last.time ? 1 : one.last.time > other.last.time ? -1 : 0
}

function shown (room: PublishedRoom, { uid, time }: Place) {
  return { href: messagePath(room.slug, uid), isoTime: `${time.slice(0, 19)}Z`, day: dayOf(time) }
}

function pageOf (items: readonly unknown[], asked = '1'): { number: number, count: number, from: number, to: number } {
  const [number, count] = [Number(asked), Math.max(1, Math.ceil(items.length / ON_A_PAGE))]
  if (number > count) throw new HansardError('ERR_ITEM_NOT_FOUND', `Cannot show page ${number} of links: there are ${count}`)
  return { number, count, from: (number - 1) * ON_A_PAGE, to: number * ON_A_PAGE }
}
