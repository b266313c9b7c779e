import { HansardError } from '../../src/model/errors.ts'
import { monthOf, dayOf } from '../../src/model/day.ts'
import { streamOf } from '../../src/model/event.ts'
import type { ArchivedEvent, EventId } from '../../src/model/event.ts'
import { createSegmentBuilder } from '../../src/search/browser/build-segment.ts'
import { openSegment } from '../../src/search/browser/find-in-segment.ts'
import type { FindInSegment } from '../../src/search/browser/find-in-segment.ts'
import { searchMonths } from '../../src/search/browser/search-months.ts'
import type { MonthHit } from '../../src/search/browser/search-months.ts'
import type { Segment, SegmentEntry } from '../../src/search/browser/segment.ts'
import type { SearchIndex, SearchRequest } from '../../src/search/search-index.ts'
import type { Language } from '../../src/search/stem.ts'
import type { IndexUnderTest } from './index-under-test.ts'

/**
 * The months of an exported site behind the interface of the other engines. Writing is not the engine's: an export makes months
 * anew from the record. So what the contract says of checkpoints and of clear() and close() is of this file; what it says of
 * finding, people, rooms, times and hostile queries is of the engine.
 */
export const browserUnderTest: IndexUnderTest = {
  name: 'browser',
  lacks: ['facets', 'relevance'],
  async open (_t, languages: readonly Language[] = ['en']) {
    const events = new Map<EventId, ArchivedEvent>()
    let state: string | undefined
    let isClosed = false
    let segments: ReadonlyArray<{ readonly entry: SegmentEntry, readonly find: FindInSegment }> | undefined

    const segmentsNow = () => {
      segments ??= [...grouped(inOrder(events.values()))].flatMap(([name, events]) => segmentOf(name, events, languages))
      return segments
    }
    const assertOpen = () => { if (isClosed) throw new HansardError('ERR_SEARCH', 'Cannot search: the index is closed') }

    async function hitsOf (request: SearchRequest): Promise<MonthHit[]> {
      const all = segmentsNow()
      const open = new Map(all.map(({ entry, find }) => [entry, find]))
      const hits: MonthHit[] = []
      const months = searchMonths([...open.keys()], async entry => open.get(entry) as FindInSegment, request)
      for await (const month of months) hits.push(...month.hits)
      return request.order === 'oldest' ? hits.reverse() : hits
    }

    const index: SearchIndex = {
      async checkpoint () {
        assertOpen()
        return state
      },
      async apply (changes, from, to) {
        assertOpen()
        if (from !== state) return false
        for (const { id, event } of changes) {
          if (event === undefined) events.delete(id)
          else events.set(id, event)
        }
        segments = undefined
        state = to
        return true
      },
      async search (request) {
        assertOpen()
        const all = await hitsOf(request)
        const beyond = all.filter(hit => isBetween(hit, request))
        return {
          hits: beyond.slice(0, request.limit).map(({ id }) => id),
          total: all.length,
          totalIsExact: true,
          complete: beyond.length <= request.limit
        }
      },
      async clear () {
        assertOpen()
        events.clear()
        segments = undefined
        state = undefined
      },
      async close () { isClosed = true }
    }
    return index
  }
}

function inOrder (events: Iterable<ArchivedEvent>): ArchivedEvent[] {
  return [...events].sort((a, b) => a.time < b.time ? -1 : a.time > b.time ? 1 : 0)
}

function grouped (events: readonly ArchivedEvent[]): Map<string, ArchivedEvent[]> {
  const groups = new Map<string, ArchivedEvent[]>()
  for (const event of events) groups.set(segmentName(event), [...groups.get(segmentName(event)) ?? [], event])
  return groups
}

function segmentName ({ room, kind, time }: ArchivedEvent): string {
  return `${room} ${streamOf(kind)} ${monthOf(dayOf(time))}`
}

function segmentOf (
  name: string, events: readonly ArchivedEvent[], languages: readonly Language[]
): Array<{ entry: SegmentEntry, find: FindInSegment }> {
  const builder = createSegmentBuilder({ languages, lineOf: event => event.kind })
  for (const event of events) builder.add(event)
  const segment = builder.build()
  const [first] = segment.documents
  const last = segment.documents.at(-1)
  const [event] = events
  if (first === undefined || last === undefined || event === undefined) return []
  const entry: SegmentEntry = {
    room: event.room,
    month: monthOf(dayOf(event.time)),
    stream: streamOf(event.kind),
    name,
    first: first.t,
    last: last.t,
    documents: segment.documents.length
  }
  // As it goes through a file.
  return [{ entry, find: openSegment(JSON.parse(JSON.stringify(segment)) as Segment, entry, languages) }]
}

function isBetween ({ id, document: { t } }: MonthHit, { after, before }: SearchRequest): boolean {
  const isBeyond = (position: { readonly time: string, readonly id: EventId }, sign: 1 | -1) =>
    sign * (t === position.time ? (id === position.id ? 0 : id < position.id ? -1 : 1) : t < position.time ? -1 : 1) > 0
  return (after === undefined || isBeyond(after, 1)) && (before === undefined || isBeyond(before, -1))
}
