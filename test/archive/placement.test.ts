import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import fc from 'fast-check'
import { anchorOf } from '../../src/model/anchor.ts'
import { secondOf } from '../../src/model/archive-time.ts'
import { streamOf } from '../../src/model/event.ts'
import { createPlacement, ordinalOf } from '../../src/archive/placement.ts'
import type { Surroundings } from '../../src/archive/placement.ts'
import { at, join, message } from './sample-events.ts'

const EMPTY: Surroundings = { isTaken: () => false, nextOrdinal: () => 0 }

test('the ordinal of an anchor is the one it was made of', () => {
  fc.assert(fc.property(fc.nat(1_000_000), ordinal => { assert.equal(ordinalOf(anchorOf(at(0), ordinal)), ordinal) }))
  assert.deepEqual(['t071409', 't071409b', 't071409z', 't071409aa', 't071409az', 't071409ba'].map(ordinalOf), [0, 1, 25, 26, 51, 52])
})

test('every event of a batch gets a time and an anchor of its own, and equal times keep their order', () => {
  const event = fc.record({ micros: fc.integer({ min: -3, max: 6 }), isTalk: fc.boolean() })
  const taken = fc.uniqueArray(fc.integer({ min: -3, max: 12 }))
  fc.assert(fc.property(fc.array(event), taken, fc.nat(30), (events, taken, ordinal) => {
    const busy = new Set(taken.map(micros => at(micros / 1e6)))
    const place = createPlacement({
      isTaken: (_room, stream, time) => stream === 'talk' && busy.has(time),
      nextOrdinal: () => ordinal
    })
    const wanted = events.map(({ micros, isTalk }, n) => (isTalk ? message : join)(micros / 1e6, { uid: `u${n}` }))
    const placed = wanted.map(place)
    assert.equal(new Set(placed.map(({ _id }) => _id)).size, placed.length)
    assert.equal(new Set(placed.map(({ anchor, time }) => secondOf(time) + anchor)).size, placed.length)
    for (const [n, event] of placed.entries()) {
      const { time, kind } = wanted[n]!
      assert.ok(event.time >= time)
      assert.ok(streamOf(kind) === 'presence' || !busy.has(event.time))
      // No free place between the wanted time and the given one was passed over.
      for (const other of placed.slice(n + 1)) {
        assert.ok(streamOf(other.kind) !== streamOf(kind) || other.time < time || other.time > event.time, 'a later event took an earlier place')
      }
    }
  }))
})

test('ten thousand events of one time are placed without looking at each taken place again', () => {
  let looks = 0
  const place = createPlacement({ ...EMPTY, isTaken: () => { looks++; return false } })
  const times = Array.from({ length: 10_000 }, (_, n) => place(message(0, { uid: `u${n}` })).time)
  assert.equal(times.at(-1), at(0.009999))
  assert.equal(looks, 10_000)
})
