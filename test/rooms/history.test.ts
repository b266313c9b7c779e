import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { formatTime, parseDateTime, toMicros } from '../../src/model/archive-time.ts'
import type { RoomEvent } from '../../src/model/event.ts'
import { createHistory } from '../../src/rooms/history.ts'
import type { HeardMessage } from '../../src/rooms/message.ts'
import { message } from '../helpers/events.ts'

const NOON = parseDateTime('2026-11-21T12:00:00Z')
const MINUTE = 60_000_000

function at (offset: number, fields: Partial<RoomEvent> = {}): RoomEvent {
  return message({ time: formatTime(NOON + offset), uid: `uid${offset}`, ...fields })
}

function item (fields: Partial<HeardMessage> = {}, body = 'good morning'): HeardMessage {
  return { kind: 'message', nick: 'alice', stanzaId: undefined, saidAt: NOON, occupant: undefined, fields: { body, stanza: '<message/>' }, ...fields }
}

function historyOf (...events: RoomEvent[]) {
  const history = createHistory()
  history.add(events)
  return history
}

test('an item with an id of the room is found by it alone', () => {
  const history = historyOf(at(0, { uid: 'a' }))
  assert.equal(history.find(item({ stanzaId: 'a', saidAt: NOON - 100 * MINUTE }, 'other words'))?.uid, 'a')
  assert.equal(history.find(item({ stanzaId: 'b' })), undefined)
})

test('an item without an id is found by words, person, id attribute and about the same time', () => {
  const history = (): ReturnType<typeof historyOf> => historyOf(at(MINUTE, { message: 'i1' }))
  const same = item({ fields: { body: 'good morning', message: 'i1', stanza: '' } })
  assert.equal(history().find(same)?.uid, `uid${MINUTE}`)
  assert.equal(history().find({ ...same, nick: 'bob' }), undefined)
  assert.equal(history().find({ ...same, kind: 'subject' }), undefined)
  assert.equal(history().find({ ...same, fields: { ...same.fields, body: 'good evening' } }), undefined)
  assert.equal(history().find({ ...same, fields: { ...same.fields, message: 'i2' } }), undefined)
  assert.equal(history().find({ ...same, saidAt: NOON + 7 * MINUTE }), undefined)
})

test('a recorded event answers for one item only: who says the same twice is heard twice', () => {
  const history = historyOf(at(0), at(1))
  assert.deepEqual([history.find(item())?.uid, history.find(item())?.uid, history.find(item())], ['uid0', 'uid1', undefined])
})

test('what was removed is known when the room tells it again, by its person, id attribute and about its time', () => {
  const { body: _, ...gone } = at(MINUTE, { message: 'i1' })
  const removed = { by: 'author', time: formatTime(NOON + 2 * MINUTE) }
  const same = item({ fields: { body: 'good morning', message: 'i1', stanza: '' } })
  const history = (...others: RoomEvent[]): ReturnType<typeof historyOf> => historyOf({ ...gone, ...{ removed } }, ...others)
  assert.equal(history().find(same)?.uid, `uid${MINUTE}`)
  assert.equal(history(at(0, { message: 'i1' })).find(same)?.uid, 'uid0')
  for (const other of [{ nick: 'bob' }, { stanzaId: 's' }, { saidAt: undefined }, { saidAt: NOON + 7 * MINUTE }, { fields: { body: 'good morning', stanza: '' } }]) {
    assert.equal(history().find({ ...same, ...other }), undefined)
  }
  const subject = historyOf({ ...gone, kind: 'subject', ...{ removed } })
  assert.equal(subject.find(item({ kind: 'subject', nick: '' }, 'topic')), undefined)
  assert.equal(subject.find(item({ kind: 'subject', nick: '', saidAt: NOON + MINUTE }, 'topic'))?.uid, `uid${MINUTE}`)
})

test('an event added twice is still one', () => {
  const history = historyOf(at(0))
  history.add([at(0)])
  assert.equal(history.find(item())?.uid, 'uid0')
  assert.equal(history.find(item()), undefined)
})

test('a subject that stands is found whoever tells it', () => {
  const history = historyOf(at(0, { kind: 'subject', body: 'topic', message: 'i1' }))
  assert.equal(history.find(item({ kind: 'subject', nick: '' }, 'topic'))?.uid, 'uid0')
})

test('the last subject is the newest, in whatever order events are added', () => {
  const history = historyOf(at(2, { kind: 'subject', body: 'new' }), at(1, { kind: 'subject', body: 'old' }), at(3))
  assert.equal(history.lastSubject, 'new')
  assert.equal(createHistory().lastSubject, undefined)
})

test('new items keep the order in which the room tells them, whatever their stamps are', () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: -5, max: 5 }), { maxLength: 30 }), seconds => {
    const history = createHistory()
    const times = seconds.map(second => {
      const time = history.timeOf(NOON + second * 1_000_000)
      assert.ok(time >= NOON + second * 1_000_000)
      history.passed({ time: formatTime(time) })
      return time
    })
    assert.ok(times.every((time, n) => n === 0 || time > (times[n - 1] ?? 0)))
  }))
})

test('an item between two recorded ones gets a time between them', () => {
  const history = historyOf(at(0, { uid: 'a' }), at(10, { uid: 'c' }))
  const first = history.find(item({ stanzaId: 'a' }))
  assert.ok(first)
  history.passed(first)
  const time = history.timeOf(NOON)
  assert.ok(time > NOON && time < toMicros(at(10).time))
})
