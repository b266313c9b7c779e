import type { FastifyInstance } from 'fastify'
import { addDays, daysOfMonth, monthOf, parseMonth } from '../../model/day.ts'
import { HansardError } from '../../model/errors.ts'
import { sendPage } from '../answer.ts'
import { roomHeaders } from '../caching.ts'
import { holeFinder, holesOnDays } from '../holes.ts'
import { withRoom } from '../room-handler.ts'
import type { RoomRoute } from '../room-handler.ts'
import type { Site } from '../site.ts'
import { absolute, roomPartPath } from '../urls.ts'
import { isClosed } from './month-data.ts'
import { calendarOf } from '../view/calendar.ts'

interface MonthRoute extends RoomRoute {
  Params: { slug: string, year: string, month: string }
}

export function monthRoute (app: FastifyInstance, site: Site): void {
  const { store, directory, info, words } = site
  app.get<MonthRoute>('/r/:slug/:year(^\\d{4})-:month(^\\d{2}$)', withRoom<MonthRoute>(directory, async (room, request, reply) => {
    const text = `${request.params.year}-${request.params.month}`
    const month = parseMonth(text)
    const calendar = month === undefined ? [] : daysOfMonth(month)
    const [from, to] = [calendar[0], calendar.at(-1)]
    const [days, holes] = from === undefined || to === undefined
      ? [[], []]
      : await Promise.all([store.days(room.jid, { from, to }), holesOnDays(site, room.jid, from, to)])
    if (month === undefined || from === undefined || to === undefined || (days.length === 0 && holes.length === 0)) {
      throw new HansardError('ERR_ITEM_NOT_FOUND', `Cannot show the month ${text}: nobody spoke in it`)
    }
    const [[before], [after]] = await Promise.all([
      store.days(room.jid, { to: addDays(from, -1), reverse: true, limit: 1 }),
      store.days(room.jid, { from: addDays(to, 1), limit: 1 })
    ])
    roomHeaders(reply, room, { freshness: 'settled', isCanonical: true })
    return sendPage(reply, 'month', {
      head: { title: `${words.longMonth(month)} – ${room.title}`, room, canonical: absolute(info.url, roomPartPath(room.slug, month)) },
      room,
      month,
      days,
      dumps: isClosed(site, month) ? ['jsonl.gz', 'txt.gz'].map(suffix => ({ name: `${month}.${suffix}`, href: roomPartPath(room.slug, `${month}.${suffix}`) })) : [],
      calendar: calendarOf(days, words, holeFinder(site, holes), [month]),
      previous: before === undefined ? undefined : monthOf(before.day),
      next: after === undefined ? undefined : monthOf(after.day)
    })
  }))
}
