import type { FastifyReply, FastifyRequest } from 'fastify'
import type { PublishedRoom } from '../access/can-read.ts'
import type { ArchiveStore, DaySummary } from '../archive/store.ts'
import { formatTime } from '../model/archive-time.ts'
import { addDays, dayOf, parseDay } from '../model/day.ts'
import type { Day } from '../model/day.ts'
import { HansardError } from '../model/errors.ts'
import { roomHeaders } from './caching.ts'
import type { RoomRoute } from './room-handler.ts'
import type { Site } from './site.ts'
import { entityTag, matches } from './validator.ts'

/** The router sees a date as three parameters: two patterns at the same place would be one to it. */
export const DAY_PATH = '/r/:slug/:year(^\\d{4})-:month(^\\d{2})-:date(^\\d{2})'

export interface DatedRoute extends RoomRoute {
  Params: { slug: string, year: string, month: string, date: string }
}

/** One day of one room, as the ledger has it. */
export interface DayVisit {
  readonly room: PublishedRoom
  readonly day: Day
  /** Undefined when nothing was recorded on it. */
  readonly summary: DaySummary | undefined
  readonly isToday: boolean
}

export function todayOf (site: Pick<Site, 'now'>): Day {
  return dayOf(formatTime(site.now() * 1000))
}

/** Throws ERR_ITEM_NOT_FOUND for a date that is not in the calendar. */
export async function visitDay (site: Pick<Site, 'store' | 'now'>, room: PublishedRoom, params: DatedRoute['Params']): Promise<DayVisit> {
  const text = `${params.year}-${params.month}-${params.date}`
  const day = parseDay(text)
  if (day === undefined) throw new HansardError('ERR_ITEM_NOT_FOUND', `Cannot show the day ${text}: it is not in the calendar`)
  return { room, day, summary: await site.store.day(room.jid, day), isToday: day === todayOf(site) }
}

/** The nearest days before and after that have talk. */
export async function neighboursOf (store: ArchiveStore, { room, day }: DayVisit): Promise<{ previous?: DaySummary, next?: DaySummary }> {
  const [[previous], [next]] = await Promise.all([
    store.days(room.jid, { to: addDays(day, -1), reverse: true, limit: 1 }),
    store.days(room.jid, { from: addDays(day, 1), limit: 1 })
  ])
  return { ...(previous === undefined ? {} : { previous }), ...(next === undefined ? {} : { next }) }
}

/**
 * Sets the headers of a day's page, and says whether the client has it already. `variant`: whatever else the page
 * depends on. The ledger's revision changes with every recorded, replaced and removed event of the day.
 */
export function isUnchanged (
  site: Pick<Site, 'edition'>, visit: DayVisit, variant: { readonly isCanonical: boolean, readonly [key: string]: unknown },
  request: FastifyRequest, reply: FastifyReply
): boolean {
  const tag = entityTag([site.edition, visit, variant])
  reply.header('etag', tag)
  roomHeaders(reply, visit.room, { freshness: visit.isToday ? 'growing' : 'settled', isCanonical: variant.isCanonical })
  return matches(request.headers['if-none-match'], tag)
}
