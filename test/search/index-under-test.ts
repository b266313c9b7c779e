import { strict as assert } from 'node:assert'
import { readFileSync } from 'node:fs'
import type { TestContext } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { place } from '../../src/archive/placement.ts'
import type { RoomJid } from '../../src/model/address.ts'
import { formatTime, parseDateTime } from '../../src/model/archive-time.ts'
import type { ArchiveTime } from '../../src/model/archive-time.ts'
import { splitEventId } from '../../src/model/event.ts'
import type { ArchivedEvent, RoomEvent } from '../../src/model/event.ts'
import { parseQuery } from '../../src/search/query.ts'
import type { SearchIndex, SearchPage, SearchRequest } from '../../src/search/search-index.ts'
import type { Language } from '../../src/search/stem.ts'
import { LOUNGE, message } from '../helpers/events.ts'

/** An engine that the contract of src/search/search-index.ts is tried on. */
export interface IndexUnderTest {
  readonly name: string
  /** A new, empty index, closed and taken away when the test is over. */
  open (t: TestContext, languages?: readonly Language[]): Promise<SearchIndex>
  /** What stands in the files of the index opened last; of an engine that has no files here, nothing can be told. */
  readonly bytes?: () => Buffer
  /** Whether it has suggest(). */
  readonly hasSpelling?: boolean
  /** Which parts of the contract it was not made for. */
  readonly lacks?: ReadonlyArray<'facets' | 'relevance'>
}

export const OTHER = 'other@conference.example.org' as RoomJid
export const THIRD = 'third@conference.example.net' as RoomJid
export const ROOMS = [LOUNGE, OTHER, THIRD]

export function at (micros: number): ArchiveTime {
  return formatTime(parseDateTime('2026-11-21T07:00:00Z') + micros)
}

/** An event in its place; the place is free unless the test says otherwise. */
export function recorded (fields: Partial<RoomEvent> = {}): ArchivedEvent {
  return place(message(fields), { isTaken: () => false, countInSecond: () => 0 })
}

/** Messages with these bodies, one a second. */
export function talk (...bodies: string[]): ArchivedEvent[] {
  return bodies.map((body, second) => recorded({ body, time: at(second * 1_000_000) }))
}

export async function add (index: SearchIndex, events: readonly ArchivedEvent[]): Promise<void> {
  const from = await index.checkpoint()
  const changes = events.map(event => ({ id: event._id, event }))
  assert.equal(await index.apply(changes, from, `${from ?? ''}+`), true)
}

export function ask (index: SearchIndex, query: string, request: Partial<SearchRequest> = {}): Promise<SearchPage> {
  return index.search({ query: parseQuery(query), rooms: ROOMS, limit: 50, order: 'newest', ...request })
}

/** The bodies found, oldest first; the events must have different ids. */
export async function found (
  index: SearchIndex, events: readonly ArchivedEvent[], query: string, request: Partial<SearchRequest> = {}
): Promise<string[]> {
  const { hits } = await ask(index, query, { order: 'oldest', ...request })
  const bodies = new Map(events.map(event => [event._id, event.body ?? '']))
  return hits.map(id => bodies.get(id) ?? `unknown ${splitEventId(id).time}`)
}

/** A month of a real channel (see test/fixtures/README.md), spread over three rooms. */
export function realTalk (): ArchivedEvent[] {
  const file = new URL('../fixtures/duraspace-sample.jsonl.gz', import.meta.url)
  const lines = gunzipSync(readFileSync(file)).toString().trim().split('\n')
  const rows = lines.map(line => JSON.parse(line) as { kind: string, ts: string, nick: string, body?: string })
  return rows.filter(row => row.kind === 'message').map(({ ts, nick, body = '' }, index) =>
    recorded({ room: ROOMS[index % 3] as RoomJid, time: formatTime(parseDateTime(ts) + index), nick, body, uid: `uid-${index}` }))
}
