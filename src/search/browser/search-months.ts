import type { RoomJid } from '../../model/address.ts'
import type { Month } from '../../model/day.ts'
import { eventId, streamOf } from '../../model/event.ts'
import type { EventId, Stream } from '../../model/event.ts'
import type { SearchRequest } from '../search-index.ts'
import type { FindInSegment } from './find-in-segment.ts'
import type { SegmentDocument, SegmentEntry } from './segment.ts'

export interface MonthHit {
  readonly id: EventId
  readonly room: RoomJid
  readonly stream: Stream
  readonly document: SegmentDocument
}

/** Newest first. */
export interface MonthOfHits {
  readonly month: Month
  readonly hits: readonly MonthHit[]
}

export type MonthsRequest = Pick<SearchRequest, 'query' | 'rooms' | 'start' | 'end' | 'nick' | 'streams'>

/**
 * Searches month after month, the newest first, and loads what it needs as it is asked on; months that cannot have a hit are never
 * loaded. A month without hits is told too, so that whoever waits sees how far it is.
 */
export async function * searchMonths (
  entries: readonly SegmentEntry[], open: (entry: SegmentEntry) => Promise<FindInSegment>, request: MonthsRequest
): AsyncGenerator<MonthOfHits> {
  const wanted = entries.filter(entry => isWanted(entry, request))
  const months = [...new Set(wanted.map(({ month }) => month))].sort().reverse()
  for (const month of months) {
    const hits: MonthHit[] = []
    for (const entry of wanted.filter(entry => entry.month === month)) {
      const find = await open(entry)
      const { room, stream } = entry
      hits.push(...find(request).map(document => ({ id: eventId(room, stream, document.t), room, stream, document })))
    }
    yield { month, hits: hits.sort(newestFirst) }
  }
}

function isWanted ({ room, stream, first, last }: SegmentEntry, { query, rooms, start, end, streams = ['talk'] }: MonthsRequest): boolean {
  const kinds = query.kinds.length === 0 ? ['talk'] : query.kinds.map(streamOf)
  return rooms.includes(room) && streams.includes(stream) && kinds.includes(stream) && !isExcluded(room, query) &&
    [query.start, start].every(from => from === undefined || last >= from) && [query.end, end].every(to => to === undefined || first <= to)
}

// What in: leaves out need not be loaded.
function isExcluded (room: RoomJid, { all }: SearchRequest['query']): boolean {
  return all.some(group => group.every(test => test.kind === 'in' && test.room !== room && test.room !== room.slice(0, room.lastIndexOf('@'))))
}

function newestFirst (a: MonthHit, b: MonthHit): number {
  return a.document.t === b.document.t ? (a.id < b.id ? 1 : -1) : a.document.t < b.document.t ? 1 : -1
}
