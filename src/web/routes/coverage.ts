import type { FastifyInstance, FastifyReply } from 'fastify'
import { isListed } from '../../access/can-read.ts'
import type { PublishedRoom } from '../../access/can-read.ts'
import { formatTime } from '../../model/archive-time.ts'
import { dayOf } from '../../model/day.ts'
import { defined } from '../../model/defined.ts'
import { HansardError } from '../../model/errors.ts'
import { isHole } from '../../model/gap.ts'
import { sendPage } from '../answer.ts'
import { roomHeaders } from '../caching.ts'
import { coverageOf, coveredYears } from '../digests/coverage.ts'
import type { CoveredDay } from '../digests/coverage.ts'
import { HTTP_READER, withRoom } from '../room-handler.ts'
import type { RoomRoute } from '../room-handler.ts'
import type { Site } from '../site.ts'
import { absolute, roomPartPath, withQuery } from '../urls.ts'
import { durationText } from '../view/duration.ts'
import { gapText } from '../view/gap-text.ts'
import { publicGap } from '../view/public-gap.ts'
import { utcClock } from '../view/zone-clock.ts'

interface CoverageRoute extends RoomRoute {
  Querystring: { year?: string }
}

const schema = { querystring: { type: 'object', properties: { year: { type: 'string', pattern: '^\\d{4}$' } } } }

/** How completely a room is recorded, a year at a time: as a page and as JSON. */
export function coverageRoutes (app: FastifyInstance, site: Site): void {
  const { store, directory, digests, info, words } = site

  async function visit (room: PublishedRoom, asked: string | undefined, reply: FastifyReply) {
    const [digest, gaps] = await Promise.all([digests.of(room.jid), store.gaps(room.jid)])
    const facts = { days: digest.days, months: digest.months, gaps, now: formatTime(site.now() * 1000) }
    const years = coveredYears(facts)
    if (asked !== undefined && !years.includes(asked)) {
      throw new HansardError('ERR_ITEM_NOT_FOUND', `Cannot show how the year ${asked} is recorded: nothing is known of it`)
    }
    const year = asked ?? years[0] ?? facts.now.slice(0, 4)
    const isWhole = digest.ready === digest.days.length
    roomHeaders(reply, room, { freshness: isWhole ? 'settled' : 'growing', isCanonical: false })
    return { year, years, isWhole, since: digest.days[0]?.first, today: dayOf(facts.now), ...coverageOf(facts, year) }
  }

  app.get<CoverageRoute>('/r/:slug/coverage', { schema }, withRoom<CoverageRoute>(directory, async (room, request, reply) => {
    const { year, years, isWhole, since, today, days, gaps } = await visit(room, request.query.year, reply)
    const path = roomPartPath(room.slug, 'coverage')
    const jsonHref = withQuery(roomPartPath(room.slug, 'coverage.json'), { year })
    const missing = days.reduce((sum, { missing }) => sum + missing, 0)
    return sendPage(reply, 'coverage', {
      head: {
        title: `${words.coverage.title(year)} – ${room.title}`,
        room,
        canonical: absolute(info.url, withQuery(path, { year: request.query.year })),
        alternates: [{ type: 'application/json', href: jsonHref, name: 'JSON' }]
      },
      room,
      year,
      years: years.map(year => ({ year, href: withQuery(path, { year }) })),
      jsonHref,
      isWhole,
      since: since === undefined ? undefined : { day: dayOf(since), isoTime: `${since.slice(0, 19)}Z`, clock: since.slice(11, 19) },
      missing: missing === 0 ? undefined : lasting(missing),
      days: days.map(day => ({ ...day, missing: day.missing === 0 ? undefined : lasting(day.missing) })),
      gaps: gaps.map(gap => ({
        ...gapText(gap, today, utcClock, words), filled: gap.filled === undefined ? undefined : dayOf(gap.filled)
      })),
      removed: days.reduce((sum, { removed = 0 }) => sum + removed, 0)
    })
  }))

  app.get<CoverageRoute>('/r/:slug/coverage.json', { schema }, withRoom<CoverageRoute>(directory, async (room, request, reply) => {
    const { year, years, isWhole, since, days, gaps } = await visit(room, request.query.year, reply)
    reply.header('link', `<${absolute(info.url, withQuery(roomPartPath(room.slug, 'coverage'), { year: request.query.year }))}>; rel="canonical"`)
    if (isListed(room, HTTP_READER)) reply.header('access-control-allow-origin', '*')
    return reply.type('application/json; charset=utf-8').send(JSON.stringify({
      room: room.jid,
      slug: room.slug,
      ...defined({ since }),
      years,
      year,
      isCounted: isWhole,
      days: days.map(publicDay),
      gaps: gaps.map(gap => ({ ...publicGap(gap), ...(isHole(gap) ? {} : { filled: gap.filled }) }))
    }))
  }))

  function lasting (micros: number): string {
    return durationText(formatTime(0), formatTime(micros), words)
  }
}

function publicDay ({ day, lines, first, last, removed, edited, missing }: CoveredDay) {
  return { day, messages: lines, ...defined({ first, last, removed, edited }), missingSeconds: Math.round(missing / 1_000_000) }
}
