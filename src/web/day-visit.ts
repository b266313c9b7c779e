import type { FastifyReply, FastifyRequest } from 'fastify'
import type { PublishedRoom } from '../access/can-read.ts'
import type { ArchiveStore, DaySummary } from '../archive/store.ts'
import { addDays, parseDay } from '../model/day.ts'
import type { Day } from '../model/day.ts'
import { HansardError } from '../model/errors.ts'
import type { Gap } from '../model/gap.ts'
import { roomHeaders } from './caching.ts'
import { holesOnDays } from './holes.ts'
import type { RoomRoute } from './room-handler.ts'
import type { Site } from './site.ts'
import { todayOf } from './today.ts'
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
  /** What is missing of it. */
  readonly holes: readonly Gap[]
  readonly isToday: boolean
}

/** Throws ERR_ITEM_NOT_FOUND for a date that is not in the calendar. */
export async function visitDay (site: Pick<Site, 'store' | 'now'>, room: PublishedRoom, params: DatedRoute['Params']): Promise<DayVisit> {
  const text = `${params.year}-${params.month}-${params.date}`
  const day = parseDay(text)
  if (day === undefined) throw new HansardError('ERR_ITEM_NOT_FOUND', `Cannot show the day ${text}: it is not in the calendar`)
  const [summary, holes] = await Promise.all([site.store.day(room.jid, day), holesOnDays(site, room.jid, day, day)])
  return { room, day, summary, holes, isToday: day === todayOf(site) }
}

/** Whether there is anything to show of the day, be it that something is missing. */
export function hasPage ({ summary, holes, isToday }: DayVisit): boolean {
  return summary !== undefined || holes.length > 0 || isToday
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
 * depends on. The ledger's revision changes with every recorded, replaced and removed event of the day; the holes stand beside it.
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
