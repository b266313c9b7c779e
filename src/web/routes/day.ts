import type { FastifyInstance } from 'fastify'
import { sendPage, sendProblem } from '../answer.ts'
import { neverCached, noIndex, roomHeaders } from '../caching.ts'
import { dayEvents } from '../day-events.ts'
import { DAY_PATH, hasPage, isUnchanged, neighboursOf, visitDay } from '../day-visit.ts'
import type { DatedRoute } from '../day-visit.ts'
import { tooMany } from '../errors.ts'
import { createGrowingLines } from '../kept/growing-lines.ts'
import { revisionOf } from '../kept/kept-files.ts'
import { createRecentPages } from '../kept/recent-pages.ts'
import { keepPage, sendKept } from '../kept/send-kept.ts'
import type { KeptPage } from '../kept/send-kept.ts'
import { followOf } from '../live/follow.ts'
import { withRoom } from '../room-handler.ts'
import type { Site } from '../site.ts'
import { surroundingsOf } from '../surroundings.ts'
import { absolute, roomPartPath, withQuery } from '../urls.ts'
import { rowsOf } from '../view/rows.ts'
import type { Presence, Row } from '../view/rows.ts'
import { sectionsOf } from '../view/sections.ts'
import { timelineOf } from '../view/timeline.ts'
import { visibleLine } from '../view/visible-text.ts'
import { createZoneClock, utcClock } from '../view/zone-clock.ts'

interface DayRoute extends DatedRoute {
  Querystring: { events?: Presence, tz?: string }
}

const HTML = 'text/html; charset=utf-8'

const schema = {
  querystring: {
    type: 'object',
    properties: {
      events: { enum: ['netted', 'full', 'none'] },
      tz: { type: 'string', maxLength: 64 }
    }
  }
}

/** The page everything else leads to: one whole UTC day. */
export function dayRoute (app: FastifyInstance, site: Site): void {
  const recentPages = createRecentPages()
  app.get<DayRoute>(DAY_PATH, { schema }, withRoom<DayRoute>(site.directory, async (room, request, reply) => {
    const { events: presence = 'netted', tz = '' } = request.query
    const { words } = site
    const visit = await visitDay(site, room, request.params)
    const { day, summary, holes, isToday } = visit
    const neighbours = await neighboursOf(site.store, visit)
    const canonicalPath = roomPartPath(room.slug, day)
    const head = { title: `${words.plainDay(day)} – ${room.title}`, room, canonical: absolute(site.info.url, canonicalPath) }

    if (!hasPage(visit)) {
      neverCached(reply)
      noIndex(reply)
      return sendPage(reply.code(404), 'no-day', { head, room, day, ...neighbours })
    }

    // Today is for search engines tomorrow: until then what is said by mistake can be taken back.
    const isCanonical = presence === 'netted' && tz === '' && (summary?.talk ?? 0) > 0 && !isToday
    const page: KeptPage | undefined = presence === 'netted' && tz === '' && !isToday
      ? { key: { room: room.jid, period: day, revision: revisionOf([summary]), variant: [room, holes, neighbours] }, name: 'page.html', type: HTML }
      : undefined
    roomHeaders(reply, room, { freshness: isToday ? 'growing' : 'settled', isCanonical })
    if (page !== undefined && await sendKept(request, reply, site, page)) return reply
    if (isUnchanged(site, visit, { isCanonical, presence, tz, neighbours }, request, reply)) return reply.code(304).send()

    const tag = String(reply.getHeader('etag'))
    const place = `${room.jid} ${day} ${presence} ${tz}`
    const recent = recentPages.get(place, tag)
    if (recent !== undefined) return reply.type(HTML).send(recent)

    const seconds = site.budgets.spend('page', request.ip)
    if (seconds > 0) return sendProblem(reply, tooMany(seconds))

    const zone = tz === '' ? utcClock : createZoneClock(tz)
    const clock = zone ?? utcClock
    const events = await dayEvents(site.store, room.jid, day, presence !== 'none')
    const around = await surroundingsOf(site.store, room, events)
    const lines = isToday ? createGrowingLines(recentPages.lines(place)) : undefined
    const rows = rowsOf(timelineOf(events, holes), { presence, zone: clock, day, around, words, ...lines && { rowOf: lines.rowOf } })
    const kept = { events: presence === 'netted' ? undefined : presence, tz: clock.isUtc ? undefined : tz }
    const model = {
      head: {
        ...head,
        description: words.day.description(day, room.title, summary?.lines ?? 0, summary?.people ?? 0),
        alternates: [
          { type: 'text/plain', href: `${canonicalPath}.txt`, name: words.day.plainText },
          { type: 'application/json', href: `${canonicalPath}.json`, name: 'JSON' }
        ],
        openGraph: { type: 'article', url: head.canonical, publishedTime: summary?.first?.replace(/\.\d+/, '') }
      },
      ...visit,
      ...neighbours,
      sections: sectionsOf(rows, day, clock, words),
      drawn: lines?.drawn ?? drawnAnew,
      zone: clock,
      badZone: zone === undefined ? visibleLine(tz) || '\uFFFD' : undefined,
      presence,
      kept,
      follow: isToday ? { ...followOf(room, summary?.last, day, clock), day } : undefined,
      views: (['netted', 'full', 'none'] as const).map(choice => ({
        choice,
        isCurrent: choice === presence,
        href: withQuery(canonicalPath, { ...kept, events: choice === 'netted' ? undefined : choice })
      }))
    }
    const html = await reply.viewAsync('day', model)
    if (page === undefined) {
      recentPages.put(place, tag, html, lines?.memory)
      return reply.type(HTML).send(html)
    }
    return await keepPage(site, page, html) && await sendKept(request, reply, site, page) ? reply : reply.type(HTML).send(html)
  }))
}

function drawnAnew (_row: Row, draw: () => string): string {
  return draw()
}
