import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { formatTime } from '../../src/model/archive-time.ts'
import type { ArchiveTime } from '../../src/model/archive-time.ts'
import { sentence } from '../servers/numbered-talk.ts'
import { judge } from './verdict.ts'
import type { Evidence } from './verdict.ts'

const SECOND = 1_000_000
const BASE = Date.UTC(2026, 0, 1) * 1_000

describe('what is said of a record', () => {
  test('nothing where every number is there once, in order', () => {
    assert.deepEqual(judge(evidence()), { complaints: [], recorded: 9, missing: 0, caughtUp: 0 })
  })

  for (const [what, change, complaint] of [
    ['a number is missing', { recorded: told(1, 2, 4, 5, 6, 7, 8, 9) }, /^missing: 3$/],
    ['one stands there twice', { recorded: [...told(1, 2, 3, 4, 5, 6, 7, 8, 9), { ...one(3), time: at(20), uid: 'x' }] }, /^recorded twice: .*№ 3/],
    ['two have changed places', { recorded: [one(2), { ...one(1), time: at(2.5) }, ...told(3, 4, 5, 6, 7, 8, 9)] }, /^out of order: 1 /],
    ['there is more than was said', { recorded: [...told(1, 2, 3, 4, 5, 6, 7, 8, 9), one(10)] }, /^recorded and never said/],
    ['a text is not as it was', { recorded: [...told(1, 2, 3, 4, 5, 6, 7, 8), { ...one(9), body: `${sentence(9)}\ufffd` }] }, /^recorded and never said|^missing: 9/],
    ['a gap is open', { holes: [{ from: at(1) }] }, /^a gap is open/],
    ['an id is not the room\'s', { recorded: [...told(1, 2, 3, 4, 5, 6, 7, 8), { ...one(9), uid: 'ours' }] }, /the room calls it id9/]
  ] satisfies Array<[string, Partial<Evidence>, RegExp]>) {
    test(`that ${what}`, () => {
      assert.ok(judge(evidence(change)).complaints.some(text => complaint.test(text)), judge(evidence(change)).complaints.join('\n'))
    })
  }
})

describe('what is said of the record of a room without an archive', () => {
  const history = { limit: 2, forgottenAt: [], joinedAt: [BASE, BASE + 7.5 * SECOND] }
  const recorded = [...told(1, 2, 3), ...told(6, 7).map(event => ({ ...event, via: 'catch-up' } as const)), ...told(8, 9)]
  const honest = { recorded, history, holes: [{ from: at(3), to: at(6) }] }

  test('nothing where what is missing lies in a gap and the room\'s history is there', () => {
    assert.deepEqual(judge(evidence(honest)), { complaints: [], recorded: 7, missing: 2, caughtUp: 2 })
    const late = { limit: 9, forgottenAt: [5], joinedAt: [BASE + 5.5 * SECOND] }
    const forgotten = { ...honest, recorded: [...told(1, 2, 3), ...told(6, 7, 8, 9)], history: late }
    assert.deepEqual(judge(evidence(forgotten)).complaints, [])
    const inTheMidst = { ...honest, recorded: [...told(1, 2, 4), ...recorded.slice(3)], holes: [{ from: at(2), to: at(6) }] }
    assert.deepEqual(judge(evidence(inTheMidst)).complaints, [])
  })

  for (const [what, change, complaint] of [
    ['a gap is not told', { holes: [] }, /^missing, and not in one gap: 4 .* 5 /],
    ['a gap begins too late', { holes: [{ from: at(4.5), to: at(6) }] }, /^missing, and not in one gap: 4 /],
    ['a gap begins too early', { holes: [{ from: at(2.5), to: at(6) }] }, /^recorded in a gap: .*3 live/],
    ['a gap ends too early', { holes: [{ from: at(3), to: at(3.5) }] }, /^missing, and not in one gap: 5 /],
    ['a gap ends too late', { holes: [{ from: at(3), to: at(6.5) }] }, /^recorded in a gap: .*6 catch-up/],
    ['a gap does not end', { holes: [{ from: at(3) }] }, /^a gap has no end/],
    ['the same is in two gaps', { holes: [{ from: at(3), to: at(6) }, { from: at(3.5), to: at(6) }] }, /^missing, and not in one gap/],
    ['history was not taken', { history: { ...history, limit: 6 } }, /^after 5, which is missing, the room told 6, of which 2/]
  ] satisfies Array<[string, Partial<Evidence>, RegExp]>) {
    test(`that ${what}`, () => {
      const { complaints } = judge(evidence({ ...honest, ...change }))
      assert.ok(complaints.some(text => complaint.test(text)), complaints.join('\n'))
    })
  }
})

function at (seconds: number): ArchiveTime {
  return formatTime(BASE + seconds * SECOND)
}

function one (n: number): Evidence['recorded'][number] {
  return { body: sentence(n), uid: `id${n}`, time: at(n), via: 'live' }
}

function told (...numbers: number[]): Array<Evidence['recorded'][number]> {
  return numbers.map(one)
}

function evidence (change: Partial<Evidence> = {}): Evidence {
  const numbers = [1, 2, 3, 4, 5, 6, 7, 8, 9]
  return {
    said: numbers.map(n => ({ n, id: `id${n}`, at: BASE + n * SECOND })),
    doubtful: new Set(),
    recorded: numbers.map(one),
    holes: [],
    ...change
  }
}
