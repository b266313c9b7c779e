import type { FastifyInstance } from 'fastify'
import type { ArchiveStore } from '../../archive/store.ts'
import type { RoomJid } from '../../model/address.ts'
import { daysOfMonth, monthOf } from '../../model/day.ts'
import type { Day, Month } from '../../model/day.ts'
import { sendPage } from '../answer.ts'
import { roomHeaders } from '../caching.ts'
import { holeFinder, holesOnDays } from '../holes.ts'
import { withRoom } from '../room-handler.ts'
import type { RoomRoute } from '../room-handler.ts'
import type { Site } from '../site.ts'
import { todayOf } from '../today.ts'
import { absolute, roomPath } from '../urls.ts'
import { calendarOf, monthsOf } from '../view/calendar.ts'
import { gapText } from '../view/gap-text.ts'
import { utcClock } from '../view/zone-clock.ts'

/** So many months are on the room's own page; older ones are on the pages of their years. */
const MONTHS = 12
const RECENT_DAYS = 7

export function roomRoute (app: FastifyInstance, site: Site): void {
  app.get<RoomRoute>('/r/:slug/', withRoom(site.directory, async (room, _request, reply) => {
    // 366 days that have talk reach over 12 whole months at least.
    const days = await site.store.days(room.jid, { reverse: true, limit: 366 })
    const months = monthsOf(days).slice(0, MONTHS)
    const today = todayOf(site)
    const [years, holes] = await Promise.all([
      yearsWithTalk(site.store, room.jid, days[0]?.day),
      holesOnDays(site, room.jid, firstDayOf(months.at(-1)) ?? today, today)
    ])
    const open = holes.find(({ to }) => to === undefined)
    roomHeaders(reply, room, { freshness: 'settled', isCanonical: true })
    return sendPage(reply, 'room', {
      head: { title: room.title, room, canonical: absolute(site.info.url, roomPath(room.slug)), description: room.description },
      room,
      recent: days.slice(0, RECENT_DAYS),
      months: calendarOf(days.filter(({ day }) => months.includes(monthOf(day))), site.words, holeFinder(site, holes)),
      years,
      today,
      openGap: open === undefined ? undefined : gapText(open, today, utcClock, site.words),
      hasTalkToday: days[0]?.day === today
    })
  }))

  app.get<RoomRoute>('/r/:slug', withRoom(site.directory, async (room, request, reply) =>
    reply.redirect(request.url.replace(/^[^?]*/, roomPath(room.slug)), 301)))
}

function firstDayOf (month: Month | undefined): Day | undefined {
  return month === undefined ? undefined : daysOfMonth(month)[0]
}

/** Newest first. One short look into the ledger for each year, however many days it has. */
async function yearsWithTalk (store: ArchiveStore, room: RoomJid, last: Day | undefined): Promise<string[]> {
  const [first] = await store.days(room, { limit: 1 })
  if (first === undefined || last === undefined) return []
  const from = Number(first.day.slice(0, 4))
  const years = Array.from({ length: Number(last.slice(0, 4)) - from + 1 }, (_, n) => String(from + n).padStart(4, '0')).reverse()
  const hasTalk = await Promise.all(years.map(async year =>
    (await store.days(room, { from: `${year}-01-01` as Day, to: `${year}-12-31` as Day, limit: 1 })).length > 0))
  return years.filter((_, n) => hasTalk[n])
}
