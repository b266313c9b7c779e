import type { FastifyInstance } from 'fastify'
import { HansardError } from '../../model/errors.ts'
import { sendPage } from '../answer.ts'
import { roomHeaders } from '../caching.ts'
import { daysOfYear, FEW, figuresOf, rankingOf } from '../digests/figures.ts'
import { withRoom } from '../room-handler.ts'
import type { RoomRoute } from '../room-handler.ts'
import type { Site } from '../site.ts'
import { absolute, roomPartPath, withQuery } from '../urls.ts'
import { chartOf, shadesOf } from '../view/chart.ts'
import { hueOf } from '../view/nick-hue.ts'
import { shownNick } from '../view/parts.ts'
import { peopleText, waitText } from '../view/stats-text.ts'

interface StatsRoute extends RoomRoute {
  Querystring: { year?: string }
}

const schema = { querystring: { type: 'object', properties: { year: { type: 'string', pattern: '^\\d{4}$' } } } }

/** So many are named where a room wants that. */
const MOST_NAMED = 20

/** How much is said in a room and when; of all its years, or of one. */
export function statsRoute (app: FastifyInstance, { directory, digests, info, words }: Site): void {
  app.get<StatsRoute>('/r/:slug/stats', { schema }, withRoom<StatsRoute>(directory, async (room, request, reply) => {
    const { year } = request.query
    const digest = await digests.of(room.jid)
    const years = [...new Set(digest.days.map(({ day }) => day.slice(0, 4)))].reverse()
    if (year !== undefined && !years.includes(year)) {
      throw new HansardError('ERR_ITEM_NOT_FOUND', `Cannot show statistics of the year ${year}: nobody spoke in it`)
    }
    const isWhole = digest.ready === digest.days.length
    const figures = figuresOf(digest.months, { year, isWhole })
    const path = roomPartPath(room.slug, 'stats')
    const days = year === undefined ? [] : daysOfYear(digest.months, year)
    const told = digest.months.filter(({ month }) => month.startsWith(year ?? ''))
    const ranking = room.ranksPeople === true ? rankingOf(told, MOST_NAMED) : undefined
    roomHeaders(reply, room, { freshness: isWhole ? 'settled' : 'growing', isCanonical: false })
    return sendPage(reply, 'stats', {
      head: {
        title: `${words.stats.title(year)} – ${room.title}`,
        room,
        canonical: absolute(info.url, withQuery(path, { year }))
      },
      room,
      year,
      years: years.map(year => ({ year, href: withQuery(path, { year }) })),
      allHref: path,
      progress: { ready: digest.ready, days: digest.days.length, isWhole },
      few: FEW,
      peopleText: (count: number) => peopleText(count, words),
      waitText: (seconds: number | undefined) => waitText(seconds, words),
      figures,
      days,
      charts: {
        days: chartOf(days.map(({ messages }) => messages)),
        months: chartOf(figures.months.map(({ messages }) => messages)),
        people: chartOf(figures.months.map(({ people }) => people), FEW),
        newcomers: chartOf(figures.months.map(({ newcomers = 0 }) => newcomers), FEW),
        waits: chartOf(figures.months.map(({ wait }) => wait.median ?? 0))
      },
      shades: shadesOf(figures.heat),
      ranking: ranking === undefined
        ? undefined
        : { ...ranking, named: ranking.named.map(({ nick, messages }) => ({ nick: shownNick(nick, words), hue: hueOf(nick), messages })) }
    })
  }))
}
