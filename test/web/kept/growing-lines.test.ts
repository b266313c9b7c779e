import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import type { ArchiveTime } from '../../../src/model/archive-time.ts'
import type { Day } from '../../../src/model/day.ts'
import type { ArchivedEvent } from '../../../src/model/event.ts'
import { createGrowingLines } from '../../../src/web/kept/growing-lines.ts'
import type { GrowingLines } from '../../../src/web/kept/growing-lines.ts'
import { english } from '../../../src/web/language/en.ts'
import { rowsOf } from '../../../src/web/view/rows.ts'
import type { PageView, Row } from '../../../src/web/view/rows.ts'
import { utcClock } from '../../../src/web/view/zone-clock.ts'
import { alone } from '../view/alone.ts'
import { recorded } from '../view/recorded.ts'

type Change = readonly [kind: 'say' | 'answer' | 'correct' | 'remove' | 'join' | 'forget', which: number]

const DAY = '2026-11-20' as Day
const TIME = '2026-11-20T23:00:00.000000Z' as ArchiveTime

const view = (events: readonly ArchivedEvent[]): PageView => ({
  presence: 'netted',
  zone: utcClock,
  day: DAY,
  words: english,
  around: { ...alone, answered: new Map(events.map(event => [event.uid, event])) }
})

const draw = (row: Row) => (): string => JSON.stringify(row)

/** The page as it is made by what is remembered of it. */
function grown (events: readonly ArchivedEvent[], lines: GrowingLines): string[] {
  return rowsOf(events, { ...view(events), rowOf: lines.rowOf }).map(row => lines.drawn(row, draw(row)))
}

function changed (events: readonly ArchivedEvent[], [kind, which]: Change): ArchivedEvent[] {
  const n = events.length
  const time = `2026-11-20T10:${String(Math.floor(n / 60)).padStart(2, '0')}:${String(n % 60).padStart(2, '0')}.000000Z` as ArchiveTime
  const target = events[which % Math.max(1, n)]
  const said = { uid: `u${n}-${which}`, time, nick: which % 3 === 0 ? 'alice' : 'bob' }
  switch (kind) {
    case 'say': return [...events, recorded({ ...said, body: `body ${which}` })]
    case 'join': return [...events, recorded({ ...said, kind: 'join' })]
    case 'answer': return [...events, recorded({ ...said, body: 'an answer', ...target !== undefined && { repliesTo: target.uid } })]
    case 'forget': return events.filter(event => event !== target)
    case 'correct': return events.map(event => event === target
      ? { ...event, standing: { edits: 1, latest: { uid: 'c', time: TIME, body: `better ${which}` } } }
      : event)
    case 'remove': return events.map(event => event === target ? { ...event, removed: { by: 'moderator', time: TIME } } : event)
  }
}

test('a page that grows is the page made anew, whatever was said, corrected, removed or forgotten in between', () => {
  const change = fc.tuple(fc.constantFrom('say', 'say', 'answer', 'correct', 'remove', 'join', 'forget'), fc.nat(40)) as fc.Arbitrary<Change>
  fc.assert(fc.property(fc.array(fc.array(change, { maxLength: 6 }), { maxLength: 6 }), visits => {
    let events: ArchivedEvent[] = []
    let lines: GrowingLines | undefined
    for (const changes of visits) {
      for (const one of changes) events = changed(events, one)
      lines = createGrowingLines(lines?.memory)
      assert.deepEqual(grown(events, lines), rowsOf(events, view(events)).map(row => draw(row)()))
    }
  }), { numRuns: 300 })
})

test('what is as it was is not made again, nor what goes on from the same speaker', () => {
  const said = Array.from({ length: 5 }, (_, n): Change => ['say', n]).reduce<ArchivedEvent[]>(changed, [])
  const before = createGrowingLines()
  grown(said, before)
  const after = createGrowingLines(before.memory)
  let drawn = 0
  for (const row of rowsOf(changed(said, ['say', 7]), { ...view(said), rowOf: after.rowOf })) after.drawn(row, () => String(drawn++))
  assert.equal(drawn, 1)
})

test('what is no longer on the page is no longer remembered', () => {
  const said = changed([], ['say', 1])
  const before = createGrowingLines()
  grown(said, before)
  const after = createGrowingLines(before.memory)
  grown([], after)
  assert.deepEqual([before.memory.rows.size, after.memory.rows.size, after.memory.characters], [1, 0, 0])
})
