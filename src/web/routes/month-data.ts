import { Readable } from 'node:stream'
import { createGzip } from 'node:zlib'
import type { FastifyInstance } from 'fastify'
import { isListed } from '../../access/can-read.ts'
import type { PublishedRoom } from '../../access/can-read.ts'
import { daysOfMonth, monthOf, parseMonth } from '../../model/day.ts'
import type { Day, Month } from '../../model/day.ts'
import { HansardError } from '../../model/errors.ts'
import type { Gap } from '../../model/gap.ts'
import { sendProblem } from '../answer.ts'
import { noIndex, roomHeaders } from '../caching.ts'
import { dayEvents } from '../day-events.ts'
import { tooMany } from '../errors.ts'
import { holesOnDays } from '../holes.ts'
import { revisionOf } from '../kept/kept-files.ts'
import { HTTP_READER, withRoom } from '../room-handler.ts'
import type { RoomRoute } from '../room-handler.ts'
import type { Site } from '../site.ts'
import { surroundingsOf } from '../surroundings.ts'
import { todayOf } from '../today.ts'
import { absolute, roomPartPath } from '../urls.ts'
import { entityTag, matches } from '../validator.ts'
import { jsonLines } from '../view/json-lines.ts'
import { plainLines } from '../view/plain-lines.ts'
import { isGap, timelineOf } from '../view/timeline.ts'
import type { Happening } from '../view/timeline.ts'

interface MonthDataRoute extends RoomRoute {
  Params: { slug: string, year: string, month: string }
}

type Write = (site: Pick<Site, 'store'>, room: PublishedRoom, day: Day, timeline: readonly Happening[]) => string | Promise<string>

/** A day as it stands among the others of its month. */
const FORMS: Readonly<Record<string, Write>> = {
  jsonl: (_site, _room, _day, timeline) => jsonLines(timeline),
  // No line of a day begins so.
  txt: async ({ store }, room, day, timeline) =>
    `=== ${day} ===\n${plainLines(timeline, day, await surroundingsOf(store, room, timeline.flatMap(happening => isGap(happening) ? [] : happening)))}`
}

/** What is kept of a month stands in memory once, while it is written. */
const MAX_KEPT = 16_000_000

/** Whole months as files, for who wants to have much: one request instead of thirty, and nothing to be rendered. */
export function monthDataRoutes (app: FastifyInstance, site: Site): void {
  for (const [suffix, write] of Object.entries(FORMS)) {
    const path = `/r/:slug/:year(^\\d{4})-:month(^\\d{2}).${suffix}.gz`
    app.get<MonthDataRoute>(path, withRoom<MonthDataRoute>(site.directory, async (room, request, reply) => {
      const { year, month: number } = request.params
      const month = parseMonth(`${year}-${number}`)
      const found = month === undefined ? undefined : await closedMonth(site, room, month)
      if (month === undefined || found === undefined) {
        throw new HansardError('ERR_ITEM_NOT_FOUND', `Cannot give the month ${year}-${number}: it is not over, or nothing was recorded in it`)
      }
      const key = { room: room.jid, period: month, name: `month.${suffix}.gz`, revision: found.revision, variant: [room, found.holes] }
      const tag = entityTag([site.edition, key])
      noIndex(reply)
      roomHeaders(reply, room, { freshness: 'settled', isCanonical: false })
      reply.header('etag', tag).header('link', `<${absolute(site.info.url, roomPartPath(room.slug, month))}>; rel="canonical"`)
      if (isListed(room, HTTP_READER)) reply.header('access-control-allow-origin', '*')
      if (matches(request.headers['if-none-match'], tag)) return reply.code(304).send()
      reply.type('application/gzip').header('content-disposition', `attachment; filename="${month}.${suffix}.gz"`)
      const kept = await site.kept.get(key)
      if (kept !== undefined) return reply.send(kept)
      const seconds = site.budgets.spend('page', request.ip)
      if (seconds > 0) {
        for (const name of ['content-disposition', 'link', 'access-control-allow-origin']) reply.removeHeader(name)
        return sendProblem(reply, tooMany(seconds))
      }
      if (request.method === 'HEAD') return reply.send('')
      const zipped = Readable.from(daysIn(site, room, month, write)).compose(createGzip()) as AsyncIterable<Buffer>
      return reply.send(Readable.from(keeping(zipped, async content => { await site.kept.put(key, content) })))
    }))
  }
}

/** Whether there are files of the month: it is over. */
export function isClosed (site: Pick<Site, 'now'>, month: Month): boolean {
  return month < monthOf(todayOf(site))
}

async function closedMonth (site: Site, room: PublishedRoom, month: Month): Promise<{ revision: string, holes: Gap[] } | undefined> {
  const days = daysOfMonth(month)
  const [from, to] = [days[0], days.at(-1)]
  if (from === undefined || to === undefined || !isClosed(site, month)) return undefined
  const [summaries, holes] = await Promise.all([
    Promise.all(days.map(async day => site.store.day(room.jid, day))), holesOnDays(site, room.jid, from, to)
  ])
  return summaries.every(summary => summary === undefined) && holes.length === 0 ? undefined : { revision: revisionOf(summaries), holes }
}

/** One day at a time, and no faster than it is taken. */
async function * daysIn (site: Site, room: PublishedRoom, month: Month, write: Write): AsyncGenerator<string> {
  for (const day of daysOfMonth(month)) {
    const [events, holes] = await Promise.all([dayEvents(site.store, room.jid, day, true), holesOnDays(site, room.jid, day, day)])
    if (events.length > 0 || holes.length > 0) yield await write(site, room, day, timelineOf(events, holes))
  }
}

/** Hands on what comes, and keeps it when it came whole. */
async function * keeping (chunks: AsyncIterable<Buffer>, keep: (content: Buffer) => Promise<void>): AsyncGenerator<Buffer> {
  let all: Buffer[] | undefined = []
  let bytes = 0
  for await (const chunk of chunks) {
    bytes += chunk.length
    if (bytes > MAX_KEPT) all = undefined
    all?.push(chunk)
    yield chunk
  }
  if (all !== undefined) await keep(Buffer.concat(all))
}
