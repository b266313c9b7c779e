import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseRoomJid } from '../../src/model/address.ts'
import { formatTime } from '../../src/model/archive-time.ts'
import { EVENT_KINDS, eventId, idPrefix, splitEventId, streamOf } from '../../src/model/event.ts'

const rooms = fc.constantFrom('lounge@conference.example.org', '_lounge@b.c', '__@b.c', 'a@[::1]', 'a@b', 'a@b.c', '部屋@会議.例', 'a!@b', 'a@t')
  .map(parseRoomJid)
const streams = fc.constantFrom('talk' as const, 'presence' as const)
const times = fc.integer({ min: 0, max: Date.UTC(2254, 0, 1) * 1000 }).map(formatTime)

test('messages and subjects are talk, all else is presence', () => {
  assert.deepEqual(EVENT_KINDS.filter(kind => streamOf(kind) === 'talk'), ['message', 'subject'])
  assert.equal(EVENT_KINDS.filter(kind => streamOf(kind) === 'presence').length, 9)
})

test('an id names room, stream and time', () => {
  const time = formatTime(Date.UTC(2026, 10, 21, 7, 14, 9, 372) * 1000 + 180)
  assert.equal(eventId(parseRoomJid('lounge@conference.example.org'), 'talk', time), 'lounge@conference.example.org:t:2026-11-21T07:14:09.372180Z')
  assert.equal(eventId(parseRoomJid('lounge@conference.example.org'), 'presence', time), 'lounge@conference.example.org:p:2026-11-21T07:14:09.372180Z')
})

test('no id begins with the underscore that CouchDB keeps for itself', () => {
  assert.equal(idPrefix(parseRoomJid('_lounge@b.c'), 'talk'), ':_lounge@b.c:t:')
})

test('an id comes apart into what it was made of', () => {
  fc.assert(fc.property(rooms, streams, times, (room, stream, time) => {
    const id = eventId(room, stream, time)
    assert.deepEqual(splitEventId(id), { room, stream, time })
    assert.ok(id.startsWith(idPrefix(room, stream)))
    assert.ok(!id.startsWith('_'))
  }))
})

test('ids of a room and stream are in the order of time', () => {
  fc.assert(fc.property(rooms, streams, times, times, (room, stream, a, b) => {
    assert.equal(eventId(room, stream, a) < eventId(room, stream, b), a < b)
  }))
})

test('the ids of one room and stream never lie among those of another', () => {
  fc.assert(fc.property(rooms, streams, rooms, streams, times, (room, stream, other, otherStream, time) => {
    fc.pre(room !== other || stream !== otherStream)
    const id = eventId(other, otherStream, time)
    assert.ok(id < eventId(room, stream, formatTime(0)) || id > `${idPrefix(room, stream)}9`)
  }))
})
