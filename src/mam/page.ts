import type { PublishedRoom } from '../access/can-read.ts'
import { parseRoomQuery } from '../archive/find.ts'
import type { ArchiveStore } from '../archive/store.ts'
import { defined } from '../model/defined.ts'
import { HansardError } from '../model/errors.ts'
import type { ArchivedEvent, Uid } from '../model/event.ts'
import type { Position, SearchIndex } from '../search/search-index.ts'
import type { MamQuery } from './query.ts'
import { isStable } from './stability.ts'

/** What a query finds, chronological. */
export interface MamPage {
  readonly events: readonly ArchivedEvent[]
  readonly complete: boolean
  /** Of all that match, exact; undefined when it is not known exactly. */
  readonly count?: number
  /** How many that match stand before the first of the page; exact or undefined. */
  readonly index?: number
  /** False where something is missing from the time that the page stands for. */
  readonly stable: boolean
}

type FoundPage = Omit<MamPage, 'stable'>

export interface PageSources {
  readonly store: Pick<ArchiveStore, 'page' | 'count' | 'rank' | 'get' | 'fetch' | 'gaps'>
  readonly index: Pick<SearchIndex, 'search'>
}

// 250 messages of the length that servers take would be 100 MB in one write.
const MAX_PAGE_CHARACTERS = 2_000_000

export async function findMamPage (room: PublishedRoom, query: MamQuery, sources: PageSources): Promise<MamPage> {
  const { start, end } = query
  // The holes are asked for first: one that is filled meanwhile must not be missed, as the page may not have its talk yet.
  const [holes, page] = await Promise.all([
    sources.store.gaps(room.jid, { ...defined({ start, end }), holesOnly: true }),
    query.fulltext === undefined ? pageOfRecord(room, query, sources) : pageOfHits(room, query, query.fulltext, sources)
  ])
  return { ...page, stable: await isStable(room.jid, query, page, holes, sources.store) }
}

async function pageOfRecord (room: PublishedRoom, query: MamQuery, { store }: PageSources): Promise<FoundPage> {
  const { start, end, nick, after, before } = query
  const conditions = { stream: 'talk' as const, ...defined({ start, end, nick }) }
  const [found, count] = await Promise.all([
    store.page(room.jid, { ...conditions, ...defined({ after, before }), limit: query.max, reverse: query.isBackward }),
    store.count(room.jid, conditions)
  ])
  const page = cutToSize(found, query)
  const first = page.events[0]
  if (first === undefined || nick !== undefined) return { ...page, count }
  const [rank, from] = await Promise.all([
    store.rank(room.jid, 'talk', first.time),
    start === undefined ? 0 : store.rank(room.jid, 'talk', start)
  ])
  return { ...page, count, index: rank - from }
}

async function pageOfHits (room: PublishedRoom, query: MamQuery, text: string, { store, index }: PageSources): Promise<FoundPage> {
  const { start, end, nick, max, isBackward } = query
  const [after, before] = await Promise.all([query.after, query.before].map(uid => positionOf(room, uid, store)))
  const found = await index.search({
    query: parseRoomQuery(text, [room]),
    rooms: [room.jid],
    ...defined({ start, end, nick, after, before }),
    limit: max,
    order: isBackward ? 'newest' : 'oldest',
    exactTotal: true
  })
  const events = await store.fetch(isBackward ? found.hits.toReversed() : found.hits)
  return { ...cutToSize({ events, complete: found.complete }, query), ...(found.totalIsExact ? { count: found.total } : {}) }
}

/** The page without what lies beyond the size, at the end that the next page begins with; one event is always left. */
function cutToSize (page: Pick<MamPage, 'events' | 'complete'>, { isBackward }: MamQuery): Pick<MamPage, 'events' | 'complete'> {
  const wanted = isBackward ? page.events.toReversed() : page.events
  let size = 0
  const fit = wanted.findIndex((event, n) => (size += (event.stanza ?? event.body ?? '').length) > MAX_PAGE_CHARACTERS && n > 0)
  if (fit === -1) return page
  const events = wanted.slice(0, fit)
  return { events: isBackward ? events.reverse() : events, complete: false }
}

async function positionOf (room: PublishedRoom, uid: Uid | undefined, store: Pick<ArchiveStore, 'get'>): Promise<Position | undefined> {
  if (uid === undefined) return undefined
  const event = await store.get(room.jid, uid)
  if (event === undefined) throw new HansardError('ERR_ITEM_NOT_FOUND', 'Cannot page from an id that is not in the archive')
  return { time: event.time, id: event._id }
}
