import type { RoomJid } from '../model/address.ts'
import { formatTime, parseDateTime } from '../model/archive-time.ts'
import type { ArchiveTime } from '../model/archive-time.ts'
import { defined } from '../model/defined.ts'
import { HansardError } from '../model/errors.ts'
import { eventId, splitEventId } from '../model/event.ts'
import type { ArchivedEvent, EventId } from '../model/event.ts'
import { parseQuery, resolveRooms } from '../search/query.ts'
import type { Query, Test } from '../search/query.ts'
import type { Facet, Facets, SearchIndex, SearchOrder, SearchPage, SearchRequest } from '../search/search-index.ts'
import type { ArchiveStore } from './store.ts'

/** A room as far as finding needs it. */
export interface Searchable {
  readonly jid: RoomJid
  readonly slug: string
  readonly aliases: readonly string[]
}

/** What is asked beside the text, as the fields of a form have it. All of it must hold, and so must the text. */
export interface Narrowing {
  /** A nick, in whatever case. */
  readonly person?: string
  /** Inclusive. */
  readonly start?: ArchiveTime
  readonly end?: ArchiveTime
}

export interface FindRequest<Room extends Searchable> extends Narrowing {
  /** As typed, operators included; may be empty where it is narrowed. */
  readonly text: string
  /** The rooms the reader may see; `in:` chooses among them. */
  readonly rooms: readonly Room[]
  readonly limit: number
  /** Newest first where it is not given. */
  readonly order?: SearchOrder
  /** The `next` of the page before this one, of the same order. */
  readonly before?: string
  /** Whether events that are no talk may be among the hits, where the query asks for them (`is:kick`). */
  readonly presence?: boolean
  readonly facets?: boolean
  /** Whether to look for another spelling where nothing is found. */
  readonly suggest?: boolean
}

/** Hits, in the order asked for. */
export interface Found<Room extends Searchable> {
  readonly query: Query
  readonly hits: ReadonlyArray<{ readonly event: ArchivedEvent, readonly room: Room }>
  readonly total: number
  readonly totalIsExact: boolean
  /** Opaque; undefined on the last page. */
  readonly next?: string
  /** By relevance: how many were weighed where those are fewer than the total. */
  readonly weighed?: number
  /** Where they were asked for. */
  readonly facets?: FoundFacets<Room>
  /** A text that finds something, where it was asked for and this one does not. */
  readonly suggestion?: string
}

export interface FoundFacets<Room extends Searchable> extends Omit<Facets, 'rooms'> {
  readonly rooms: ReadonlyArray<Facet<Room>>
}

/**
 * Searches the rooms. Throws ERR_QUERY for a text that cannot be understood or a cursor of another search,
 * ERR_SEARCH_TIMEOUT when the search takes too long, ERR_SEARCH when the index is out of order.
 */
export type Find = <Room extends Searchable>(request: FindRequest<Room>) => Promise<Found<Room>>

export function createFind (
  { store, index }: { store: Pick<ArchiveStore, 'fetch'>, index: Pick<SearchIndex, 'search' | 'suggest'> }
): Find {
  return async ({ text, rooms, limit, order = 'newest', before, presence = false, facets = false, suggest = false, ...narrowing }) => {
    const query = narrowed(parseRoomQuery(text, rooms, isNarrow(narrowing)), narrowing)
    const jids = rooms.map(room => room.jid)
    const from = before === undefined ? undefined : decodeCursor(before, order)
    const page = await index.search({
      query, rooms: jids, limit, order, facets, streams: presence ? ['talk', 'presence'] : ['talk'], ...from
    })
    const byJid = new Map(rooms.map(room => [room.jid, room]))
    const hits = (await store.fetch(page.hits)).flatMap(event => {
      const room = byJid.get(event.room)
      return room === undefined ? [] : [{ event, room }]
    })
    const isMissed = suggest && page.total === 0 && from === undefined
    return {
      query,
      hits,
      total: page.total,
      totalIsExact: page.totalIsExact,
      ...defined({
        weighed: page.ranked !== undefined && (!page.totalIsExact || page.ranked.hits < page.total) ? page.ranked.hits : undefined,
        facets: page.facets === undefined ? undefined : withRooms(page.facets, byJid),
        suggestion: isMissed ? await index.suggest?.({ query, rooms: jids }) : undefined,
        next: page.complete ? undefined : nextCursor(page, from)
      })
    }
  }
}

/** Reads a query whose `in:` names rooms by slug, former slug or address. */
export function parseRoomQuery (text: string, rooms: readonly Searchable[], mayOnlyExclude = false): Query {
  const bySlug = new Map(rooms.flatMap(room => [...room.aliases, room.slug].map(slug => [slug, room.jid] as const)))
  return resolveRooms(parseQuery(text, new Date(), mayOnlyExclude), name => bySlug.get(name))
}

function isNarrow ({ person, start, end }: Narrowing): boolean {
  return person !== undefined || start !== undefined || end !== undefined
}

function narrowed (query: Query, { person, start, end }: Narrowing): Query {
  const from: Test[][] = person === undefined ? [] : [[{ kind: 'from', nick: person }]]
  const starts = [query.start, start].filter(time => time !== undefined).sort()
  const ends = [query.end, end].filter(time => time !== undefined).sort()
  return { ...query, all: [...query.all, ...from], ...defined({ start: starts.at(-1), end: ends.at(0) }) }
}

function withRooms<Room extends Searchable> (facets: Facets, byJid: ReadonlyMap<RoomJid, Room>): FoundFacets<Room> {
  const rooms = facets.rooms.flatMap(facet => {
    const room = byJid.get(facet.value)
    return room === undefined ? [] : [{ ...facet, value: room }]
  })
  return { ...facets, rooms }
}

// The last hit; by relevance, how many hits are done and the time before which all stand.
function nextCursor ({ hits, ranked }: SearchPage, from: From | undefined): string | undefined {
  const last = hits.at(-1)
  if (last === undefined) return undefined
  const cursor = ranked === undefined ? last : `${(from?.skip ?? 0) + hits.length} ${ranked.before.time}`
  return Buffer.from(cursor).toString('base64url')
}

type From = Pick<SearchRequest, 'before' | 'after' | 'skip'>

function decodeCursor (text: string, order: SearchOrder): From {
  const cursor = Buffer.from(text, 'base64url').toString()
  const from = order === 'relevance' ? rankedFrom(cursor) : placeFrom(cursor, order)
  if (from !== undefined) return from
  throw new HansardError('ERR_QUERY', 'Cannot go on with this search: the link to the next page is damaged, search again')
}

function rankedFrom (cursor: string): From | undefined {
  const [, skip, time] = /^(\d{1,6}) (\S+)$/.exec(cursor) ?? []
  if (time === undefined || !isArchiveTime(time as ArchiveTime)) return undefined
  // No id is empty: all of this microsecond stand behind it.
  return { skip: Number(skip), before: { time: time as ArchiveTime, id: '' as EventId } }
}

function placeFrom (cursor: string, order: SearchOrder): From | undefined {
  const id = cursor as EventId
  const { room, stream, time } = splitEventId(id)
  if (!isArchiveTime(time) || id !== eventId(room, stream, time)) return undefined
  return { [order === 'oldest' ? 'after' : 'before']: { time, id } }
}

function isArchiveTime (text: ArchiveTime): boolean {
  try {
    return formatTime(parseDateTime(text)) === text
  } catch {
    return false
  }
}
