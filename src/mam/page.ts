import type { PublishedRoom } from '../access/can-read.ts'
import { parseRoomQuery } from '../archive/find.ts'
import type { Page } from '../archive/store.ts'
import { defined } from '../model/defined.ts'
import type { ArchivedEvent } from '../model/event.ts'
import type { Position } from '../search/search-index.ts'
import { findBounds, isEmpty } from './bounds.ts'
import type { Bounds } from './bounds.ts'
import { takePageByJid } from './by-jid.ts'
import type { Edges, TakePage } from './by-jid.ts'
import { findByIds } from './ids.ts'
import type { MamQuery } from './query.ts'
import type { PageSources } from './sources.ts'
import { isStable } from './stability.ts'

/** What a query finds, chronological. */
export interface MamPage {
  readonly events: readonly ArchivedEvent[]
  readonly complete: boolean
  /** Of all that match, exact; undefined when it is not known exactly. */
  readonly count?: number
  /**
   * How many that match stand before the first of the page; exact or undefined. Not told of pages from the newer end: where index
   * and size make up the count, slixmpp takes the newest page for the end of its walk back.
   */
  readonly index?: number
  /** False where something is missing from the time that the page stands for. */
  readonly stable: boolean
}

type FoundPage = Omit<MamPage, 'stable'>

// 250 messages of the length that servers take would be 100 MB in one write.
const MAX_PAGE_CHARACTERS = 2_000_000

/** Throws ERR_ITEM_NOT_FOUND for an id that the archive does not know, ERR_QUERY for a text that cannot be read. */
export async function findMamPage (room: PublishedRoom, query: MamQuery, sources: PageSources): Promise<MamPage> {
  const bounds = await findBounds(room.jid, query, sources.store)
  if (query.ids !== undefined) return { ...await pageOfIds(room, query, query.ids, bounds, sources), stable: true }
  if (isEmpty(bounds)) return { events: [], complete: true, count: 0, stable: true }
  const { start, end } = bounds
  // Both are asked first: a hole that is filled meanwhile must not be missed, as the page may not have its talk yet.
  const isBehind = sources.isBehind?.(room.jid) === true && query.before === undefined
  const [holes, page] = await Promise.all([
    sources.store.gaps(room.jid, { ...defined({ start, end }), holesOnly: true }),
    query.fulltext === undefined
      ? pageOfRecord(room, query, bounds, sources)
      : pageOfHits(room, query, query.fulltext, bounds, sources)
  ])
  const stable = isStable(bounds, query.isBackward, page, holes) && !isBehind
  // What waits is to come; but where there is nothing to go on from, clients must not be told to go on.
  const isToGoOn = isBehind && !query.isBackward && end === undefined && page.events.length > 0
  return { ...page, complete: page.complete && !isToGoOn, stable }
}

async function pageOfRecord (room: PublishedRoom, query: MamQuery, bounds: Bounds, { store }: PageSources): Promise<FoundPage> {
  const { nick, jid, max, isBackward } = query
  const { start, end } = bounds
  const conditions = { stream: 'talk' as const, ...defined({ start, end, nick }) }
  const take: TakePage = async ({ after, before }, limit) =>
    store.page(room.jid, { ...conditions, ...defined({ after: after?.uid, before: before?.uid }), limit, reverse: isBackward })
  if (jid !== undefined) return cutToSize(await takePageByJid(query, jid, bounds, take), query)
  const [found, count] = await Promise.all([take(bounds, max), store.count(room.jid, conditions)])
  const page = cutToSize(found, query)
  const first = page.events[0]
  if (first === undefined || nick !== undefined || isBackward) return { ...page, count }
  const [rank, from] = await Promise.all([
    store.rank(room.jid, 'talk', first.time),
    start === undefined ? 0 : store.rank(room.jid, 'talk', start)
  ])
  return { ...page, count, index: rank - from }
}

async function pageOfHits (
  room: PublishedRoom, query: MamQuery, text: string, bounds: Bounds, { store, index }: PageSources
): Promise<FoundPage> {
  const { nick, jid, max, isBackward } = query
  const { start, end } = bounds
  const conditions = { query: parseRoomQuery(text, [room]), rooms: [room.jid], ...defined({ start, end, nick }) }
  const take = async ({ after, before }: Edges, limit: number, exactTotal = false) => {
    const { hits, complete, total, totalIsExact } = await index.search({
      ...conditions, ...defined({ after: positionOf(after), before: positionOf(before) }), limit, order: isBackward ? 'newest' : 'oldest', exactTotal
    })
    const events = await store.fetch(isBackward ? hits.toReversed() : hits)
    return { events, complete, ...(totalIsExact ? { count: total } : {}) }
  }
  if (jid !== undefined) return cutToSize(await takePageByJid(query, jid, bounds, take), query)
  return cutToSize(await take(bounds, max, true), query)
}

async function pageOfIds (
  room: PublishedRoom, query: MamQuery, ids: readonly string[], bounds: Bounds, sources: PageSources
): Promise<FoundPage> {
  const matching = await findByIds(room, query, ids, bounds, sources)
  const { after, before } = bounds
  const left = matching.filter(({ time }) => (after === undefined || time > after.time) && (before === undefined || time < before.time))
  const events = query.isBackward ? left.slice(Math.max(0, left.length - query.max)) : left.slice(0, query.max)
  const page = cutToSize({ events, complete: events.length === left.length }, query)
  const [first] = page.events
  return { ...page, count: matching.length, ...(first === undefined || query.isBackward ? {} : { index: matching.indexOf(first) }) }
}

/** The page without what lies beyond the size, at the end that the next page begins with; one event is always left. */
function cutToSize<P extends Page> (page: P, { isBackward }: MamQuery): P {
  const wanted = isBackward ? page.events.toReversed() : page.events
  let size = 0
  const fit = wanted.findIndex((event, n) => (size += (event.stanza ?? event.body ?? '').length) > MAX_PAGE_CHARACTERS && n > 0)
  if (fit === -1) return page
  const events = wanted.slice(0, fit)
  return { ...page, events: isBackward ? events.reverse() : events, complete: false }
}

function positionOf (event: ArchivedEvent | undefined): Position | undefined {
  return event === undefined ? undefined : { time: event.time, id: event._id }
}
