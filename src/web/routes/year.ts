import type { FastifyInstance } from 'fastify'
import { addDays, daysOfMonth } from '../../model/day.ts'
import type { Day, Month } from '../../model/day.ts'
import { HansardError } from '../../model/errors.ts'
import { sendPage } from '../answer.ts'
import { roomHeaders } from '../caching.ts'
import { holeFinder, holesOnDays } from '../holes.ts'
import { withRoom } from '../room-handler.ts'
import type { RoomRoute } from '../room-handler.ts'
import type { Site } from '../site.ts'
import { absolute, roomPartPath } from '../urls.ts'
import { calendarOf, monthsOf } from '../view/calendar.ts'

interface YearRoute extends RoomRoute {
  Params: { slug: string, year: string }
}

export function yearRoute (app: FastifyInstance, site: Site): void {
  const { store, directory, info, words } = site
  app.get<YearRoute>('/r/:slug/:year(^\\d{4}$)', withRoom<YearRoute>(directory, async (room, request, reply) => {
    const { year } = request.params
    const [from, to] = [`${year}-01-01` as Day, `${year}-12-31` as Day]
    const [days, holes, [before], [after]] = await Promise.all([
      store.days(room.jid, { from, to }),
      holesOnDays(site, room.jid, from, to),
      store.days(room.jid, { to: addDays(from, -1), reverse: true, limit: 1 }),
      store.days(room.jid, { from: addDays(to, 1), limit: 1 })
    ])
    if (days.length === 0 && holes.length === 0) throw new HansardError('ERR_ITEM_NOT_FOUND', `Cannot show the year ${year}: nobody spoke in it`)
    const hasHole = holeFinder(site, holes)
    const hasTalk = new Set(monthsOf(days))
    roomHeaders(reply, room, { freshness: 'settled', isCanonical: true })
    return sendPage(reply, 'year', {
      head: { title: `${year} – ${room.title}`, room, canonical: absolute(info.url, roomPartPath(room.slug, year)) },
      room,
      year,
      talk: days.reduce((sum, day) => sum + day.lines, 0),
      days: days.length,
      months: calendarOf(days, words, hasHole, monthsOfYear(year).filter(month => hasTalk.has(month) || daysOfMonth(month).some(hasHole))),
      previous: before?.day.slice(0, 4),
      next: after?.day.slice(0, 4)
    })
  }))
}

function monthsOfYear (year: string): Month[] {
  return Array.from({ length: 12 }, (_, n) => `${year}-${String(n + 1).padStart(2, '0')}` as Month)
}
