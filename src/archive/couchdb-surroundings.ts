import type { RoomJid } from '../model/address.ts'
import { formatTime, secondOf, toMicros } from '../model/archive-time.ts'
import type { ArchiveTime, Micros } from '../model/archive-time.ts'
import { eventId, splitEventId } from '../model/event.ts'
import type { EventId, RoomEvent } from '../model/event.ts'
import type { CouchClient } from './couchdb-client.ts'
import { documentsOf } from './couchdb-documents.ts'
import type { DocRow, QueriesAnswer, Rows } from './couchdb-documents.ts'
import { descending, EARLIEST, idRange, isEventId, LATEST } from './couchdb-keys.ts'
import { ordinalOf } from './placement.ts'
import type { Surroundings } from './placement.ts'

const STREAMS = ['talk', 'presence'] as const
// Wanted times nearer than this are looked around in one range.
const GAP: Micros = 60e6
const SECOND: Micros = 1e6

/** The newest times of these rooms, either stream; rooms without events are left out. */
export async function newestTimes (client: CouchClient, rooms: readonly RoomJid[]): Promise<Map<RoomJid, ArchiveTime>> {
  const queries = rooms.flatMap(room => STREAMS.map(stream => (
    { ...descending(idRange(room, stream, { from: EARLIEST, to: LATEST })), limit: 1 })))
  const newest = new Map<RoomJid, ArchiveTime>()
  for (const id of await queryIds(client, queries)) {
    const { room, time } = splitEventId(id)
    const other = newest.get(room)
    if (other === undefined || time > other) newest.set(room, time)
  }
  return newest
}

/**
 * What is recorded around the times that the events want. Events newer than all that their room has, which is nearly
 * every event, cost nothing more; for the others the ids around them are read. Ids in `taken` are known to be taken.
 */
export async function lookAround (client: CouchClient, events: readonly RoomEvent[], taken: ReadonlySet<EventId>): Promise<Surroundings> {
  const newest = await newestTimes(client, [...new Set(events.map(({ room }) => room))])
  const amid = events.filter(({ room, time }) => secondOf(time) <= secondOf(newest.get(room) ?? '0' as ArchiveTime))
  const around = amid.length === 0 ? [] : await queryIds(client, rangesAround(amid))
  const ids = new Set([...taken, ...around])
  // An event pushed on by its neighbours may leave its second for the next.
  const seconds = new Set(amid.flatMap(({ room, time }) => [0, SECOND].map(more => `${room} ${secondOf(formatTime(toMicros(time) + more))}`)))
  const next = await nextOrdinals(client, around.filter(id => seconds.has(secondKey(id))))
  return {
    isTaken: (room, stream, time) => ids.has(eventId(room, stream, time)),
    nextOrdinal: (room, second) => next.get(`${room} ${second}`) ?? 0
  }
}

async function nextOrdinals (client: CouchClient, ids: readonly EventId[]): Promise<Map<string, number>> {
  const next = new Map<string, number>()
  if (ids.length === 0) return next
  const { rows } = await client.request('_all_docs', { method: 'POST', body: { keys: ids, include_docs: true } }) as Rows<DocRow>
  for (const { _id, anchor } of documentsOf(rows)) {
    const key = secondKey(_id)
    next.set(key, Math.max(next.get(key) ?? 0, ordinalOf(anchor) + 1))
  }
  return next
}

function rangesAround (events: readonly RoomEvent[]): object[] {
  const rooms = new Map<RoomJid, Micros[]>()
  for (const { room, time } of events) rooms.set(room, [...rooms.get(room) ?? [], toMicros(time)])
  return [...rooms].flatMap(([room, times]) => {
    const ranges: Array<{ first: Micros, last: Micros }> = []
    for (const time of times.sort((a, b) => a - b)) {
      const range = ranges.at(-1)
      if (range !== undefined && time - range.last < GAP) range.last = time
      else ranges.push({ first: time, last: time })
    }
    return ranges.flatMap(({ first, last }) => {
      const from = formatTime(first - first % SECOND)
      const to = formatTime(last - last % SECOND + 2 * SECOND)
      return STREAMS.map(stream => idRange(room, stream, { from, to }))
    })
  })
}

async function queryIds (client: CouchClient, queries: readonly object[]): Promise<EventId[]> {
  const { results } = await client.request('_all_docs/queries', { method: 'POST', body: { queries } }) as QueriesAnswer<DocRow>
  return results.flatMap(({ rows }) => rows.map(({ id }) => id)).filter(isEventId) as EventId[]
}

function secondKey (id: EventId): string {
  const { room, time } = splitEventId(id)
  return `${room} ${secondOf(time)}`
}
