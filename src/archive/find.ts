import type { RoomJid } from '../model/address.ts'
import { formatTime, parseDateTime } from '../model/archive-time.ts'
import type { ArchiveTime } from '../model/archive-time.ts'
import { HansardError } from '../model/errors.ts'
import { eventId, splitEventId } from '../model/event.ts'
import type { ArchivedEvent, EventId } from '../model/event.ts'
import { parseQuery, resolveRooms } from '../search/query.ts'
import type { Query } from '../search/query.ts'
import type { Facet, Facets, Position, SearchIndex } from '../search/search-index.ts'
import type { ArchiveStore } from './store.ts'

/** A room as far as finding needs it. */
export interface Searchable {
  readonly jid: RoomJid
  readonly slug: string
  readonly aliases: readonly string[]
}

export interface FindRequest<Room extends Searchable> {
  /** As typed, operators included. */
  readonly text: string
  /** The rooms the reader may see; `in:` chooses among them. */
  readonly rooms: readonly Room[]
  readonly limit: number
  /** The `next` of the page before this one. */
  readonly before?: string
  /** Whether events that are no talk may be among the hits, where the query asks for them (`is:kick`). */
  readonly presence?: boolean
  readonly facets?: boolean
}

/** Hits, newest first. */
export interface Found<Room extends Searchable> {
  readonly query: Query
  readonly hits: ReadonlyArray<{ readonly event: ArchivedEvent, readonly room: Room }>
  readonly total: number
  readonly totalIsExact: boolean
  /** Opaque; undefined on the last page. */
  readonly next?: string
  /** Where they were asked for. */
  readonly facets?: FoundFacets<Room>
}

export interface FoundFacets<Room extends Searchable> extends Omit<Facets, 'rooms'> {
  readonly rooms: ReadonlyArray<Facet<Room>>
}

/**
 * Searches the rooms. Throws ERR_QUERY for a text that cannot be understood or a cursor of another search,
 * ERR_SEARCH_TIMEOUT when the search takes too long, ERR_SEARCH when the index is out of order.
 */
export type Find = <Room extends Searchable>(request: FindRequest<Room>) => Promise<Found<Room>>

export function createFind ({ store, index }: { store: Pick<ArchiveStore, 'fetch'>, index: Pick<SearchIndex, 'search'> }): Find {
  return async ({ text, rooms, limit, before, presence = false, facets = false }) => {
    const query = parseRoomQuery(text, rooms)
    const page = await index.search({
      query,
      rooms: rooms.map(room => room.jid),
      limit,
      order: 'newest',
      facets,
      streams: presence ? ['talk', 'presence'] : ['talk'],
      ...(before === undefined ? {} : { before: decodeCursor(before) })
    })
    const byJid = new Map(rooms.map(room => [room.jid, room]))
    const hits = (await store.fetch(page.hits)).flatMap(event => {
      const room = byJid.get(event.room)
      return room === undefined ? [] : [{ event, room }]
    })
    const last = page.hits.at(-1)
    return {
      query,
      hits,
      total: page.total,
      totalIsExact: page.totalIsExact,
      ...(page.facets === undefined ? {} : { facets: withRooms(page.facets, byJid) }),
      ...(page.complete || last === undefined ? {} : { next: encodeCursor(last) })
    }
  }
}

/** Reads a query whose `in:` names rooms by slug, former slug or address. */
export function parseRoomQuery (text: string, rooms: readonly Searchable[]): Query {
  const bySlug = new Map(rooms.flatMap(room => [...room.aliases, room.slug].map(slug => [slug, room.jid] as const)))
  return resolveRooms(parseQuery(text), name => bySlug.get(name))
}

function withRooms<Room extends Searchable> (facets: Facets, byJid: ReadonlyMap<RoomJid, Room>): FoundFacets<Room> {
  const rooms = facets.rooms.flatMap(facet => {
    const room = byJid.get(facet.value)
    return room === undefined ? [] : [{ ...facet, value: room }]
  })
  return { ...facets, rooms }
}

function encodeCursor (id: EventId): string {
  return Buffer.from(id).toString('base64url')
}

function decodeCursor (text: string): Position {
  const id = Buffer.from(text, 'base64url').toString() as EventId
  const { room, stream, time } = splitEventId(id)
  if (!isArchiveTime(time) || id !== eventId(room, stream, time)) {
    throw new HansardError('ERR_QUERY', 'Cannot go on with this search: the link to the next page is damaged, search again')
  }
  return { time, id }
}

function isArchiveTime (text: ArchiveTime): boolean {
  try {
    return formatTime(parseDateTime(text)) === text
  } catch {
    return false
  }
}
