import assert from 'node:assert/strict'
import test from 'node:test'
import type { Day } from '../../../src/model/day.ts'
import type { RoomEvent } from '../../../src/model/event.ts'
import { english } from '../../../src/web/language/en.ts'
import { plainText } from '../../../src/web/view/parts.ts'
import { plainLines } from '../../../src/web/view/plain-lines.ts'
import { publicEvent } from '../../../src/web/view/public-event.ts'
import { rowOf, rowsOf } from '../../../src/web/view/rows.ts'
import type { NoteRow } from '../../../src/web/view/rows.ts'
import { utcClock } from '../../../src/web/view/zone-clock.ts'
import { alone } from './alone.ts'
import { recorded } from './recorded.ts'

const DAY = '2026-11-21' as Day

function crowd (size: number, fields: Partial<RoomEvent> = {}): ReturnType<typeof recorded> {
  const { body: _body, ...event } = recorded({ kind: 'leave', nick: '', ...fields, crowd: Array.from({ length: size }, (_, n) => ({ nick: `n${n}`, occupant: 'CANARY' })) })
  return event
}

function rowOfCrowd (size: number, fields?: Partial<RoomEvent>): NoteRow {
  const row = rowOf(crowd(size, fields), { zone: utcClock, around: alone, words: english })
  assert.equal(row?.kind, 'note')
  return row
}

test('of many who leave ten are named and the others counted; all are there when it is opened', () => {
  const { parts, more = [] } = rowOfCrowd(500)
  assert.equal(plainText(parts), '500 people left: n0, n1, n2, n3, n4, n5, n6, n7, n8, n9 and 490 more')
  assert.match(plainText(more), /^n0, n1, .*, n498, n499$/)
  assert.equal(parts.filter(part => 'isName' in part).length, 10)
})

test('eleven are all named, and there is nothing to open', () => {
  const { parts, more } = rowOfCrowd(11)
  assert.match(plainText(parts), /^11 people left: .*, n10$/)
  assert.equal(more, undefined)
})

test('a page of a crowd beyond all measure stays within measure', () => {
  assert.match(plainText(rowOfCrowd(20_000).more ?? []), /, n999 and 19,000 more$/)
})

const TOLD: ReadonlyArray<readonly [Partial<RoomEvent>, string]> = [
  [{ kind: 'join' }, '2 people joined: n0, n1'],
  [{ status: [333] }, '2 people lost the connection: n0, n1'],
  [{ status: [332] }, '2 people left as the service went down: n0, n1'],
  [{ status: [322] }, '2 people had to leave as the room is for members only now: n0, n1'],
  [{ reason: 'net split' }, '2 people left: n0, n1 (net split)']
]

for (const [fields, text] of TOLD) {
  test(`told as: ${text}`, () => { assert.equal(plainText(rowOfCrowd(2, fields).parts), text) })
}

test('a crowd has a line of its own also where comings and goings are summed up, and none where they are hidden', () => {
  const events = [recorded({ kind: 'join', nick: 'a' }), crowd(3), recorded({ kind: 'join', nick: 'b' })]
  const kinds = (presence: 'netted' | 'full' | 'none') => rowsOf(events, { presence, zone: utcClock, day: DAY, around: alone, words: english }).map(({ kind }) => kind)
  assert.deepEqual(kinds('netted'), ['fold', 'note', 'fold'])
  assert.deepEqual(kinds('full'), ['note', 'note', 'note'])
  assert.deepEqual(kinds('none'), [])
})

test('plain text names everybody on one line', () => {
  const text = plainLines([crowd(300)], DAY, alone)
  assert.match(text, /^\[07:14:09\] \*\*\* 300 people left: n0, n1, .*, n299\n$/)
})

test('JSON has the nicks of a crowd, without the ids that link the nicks of a person', () => {
  const event = publicEvent(crowd(2))
  assert.deepEqual(event.crowd, [{ nick: 'n0' }, { nick: 'n1' }])
  assert.doesNotMatch(JSON.stringify(event), /CANARY/)
})
