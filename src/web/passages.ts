import type { ArchiveStore } from '../archive/store.ts'
import type { ArchivedEvent } from '../model/event.ts'
import { dayBounds, dayOf, shift } from '../model/day.ts'
import { isShownHit } from './view/shown-hit.ts'

/** Hits that stand so near to each other that what is around them is one text. */
export interface Passage {
  /** In the order of the record: hits and what was said around them. */
  readonly events: readonly ArchivedEvent[]
  readonly hits: ReadonlySet<ArchivedEvent>
}

/** So many lines are shown around a hit, those beyond the nearest when they are opened. */
export const AROUND = 5
// Some of what is read is part of how other messages stand and has no line.
const READ = AROUND + 3

type Reads = Pick<ArchiveStore, 'page'>

/**
 * What was said around hits of one room and day, given in the order of the record. A read before the first and after the last,
 * and at most two between one and the next, each of one short range of keys.
 */
export async function passagesAround (store: Reads, hits: readonly ArchivedEvent[]): Promise<Passage[]> {
  const [first, last] = [hits[0], hits.at(-1)]
  if (first === undefined || last === undefined) return []
  const { start, end } = dayBounds(dayOf(first.time))
  const [before, after, ...gaps] = await Promise.all([
    linesIn(store, first, { start, end: shift(first.time, -1), reverse: true }),
    linesIn(store, last, { start: shift(last.time, 1), end }),
    ...hits.slice(1).map((next, n) => between(store, hits[n] ?? next, next))
  ])
  const passages: Array<{ events: ArchivedEvent[], hits: Set<ArchivedEvent> }> = [{ events: before.lines.slice(-AROUND), hits: new Set() }]
  for (const [n, hit] of hits.entries()) {
    const passage = passages.at(-1)
    passage?.events.push(hit)
    passage?.hits.add(hit)
    const gap = gaps[n]
    if (gap === undefined) passage?.events.push(...after.lines.slice(0, AROUND))
    else {
      passage?.events.push(...gap.after)
      if (gap.before !== undefined) passages.push({ events: [...gap.before], hits: new Set() })
    }
  }
  return passages
}

interface Lines {
  readonly lines: readonly ArchivedEvent[]
  readonly isComplete: boolean
}

interface GapLines {
  readonly after: readonly ArchivedEvent[]
  /** Missing where the one hit's lines reach the other's. */
  readonly before?: readonly ArchivedEvent[]
}

async function between (store: Reads, hit: ArchivedEvent, next: ArchivedEvent): Promise<GapLines> {
  const range = { start: shift(hit.time, 1), end: shift(next.time, -1) }
  const near = await linesIn(store, hit, { ...range, limit: READ * 2 })
  if (near.isComplete && near.lines.length <= AROUND * 2) return { after: near.lines }
  const far = near.isComplete ? near : await linesIn(store, hit, { ...range, reverse: true })
  const after = near.lines.slice(0, AROUND)
  const from = after.at(-1)?.time ?? ''
  return { after, before: far.lines.slice(-AROUND).filter(({ time }) => time > from) }
}

type Range = Pick<Parameters<ArchiveStore['page']>[1], 'start' | 'end' | 'reverse'> & { readonly limit?: number }

async function linesIn (store: Reads, { room }: ArchivedEvent, range: Range): Promise<Lines> {
  if ((range.start ?? '') > (range.end ?? '')) return { lines: [], isComplete: true }
  const { events, complete } = await store.page(room, { stream: 'talk', limit: READ, ...range })
  return { lines: events.filter(isShownHit), isComplete: complete }
}
