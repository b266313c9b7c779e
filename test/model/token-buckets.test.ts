import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { createTokenBuckets } from '../../src/model/token-buckets.ts'

function setUp ({ capacity = 3, perSecond = 1, maxKeys = 100 } = {}) {
  let millis = 0
  const buckets = createTokenBuckets({ capacity, perSecond, maxKeys, now: () => millis })
  return { take: buckets.take, pass: (seconds: number) => { millis += seconds * 1000 } }
}

test('a bucket gives what it holds, and then what flows in', () => {
  const { take, pass } = setUp()
  assert.deepEqual([take('a'), take('a'), take('a')], [0, 0, 0])
  assert.ok(take('a') > 0)
  pass(0.5)
  assert.ok(take('a') > 0)
  pass(0.5)
  assert.equal(take('a'), 0)
  assert.ok(take('a') > 0)
})

test('a bucket never holds more than it did at first', () => {
  const { take, pass } = setUp()
  take('a')
  pass(1e6)
  assert.deepEqual([take('a'), take('a'), take('a'), take('a') > 0], [0, 0, 0, true])
})

test('who is refused is told after how many seconds a tenth of the bucket is there again', () => {
  const { take, pass } = setUp({ capacity: 100, perSecond: 2 })
  for (let n = 0; n < 100; n++) assert.equal(take('a'), 0)
  const seconds = take('a')
  assert.equal(seconds, 5)
  pass(seconds)
  assert.deepEqual(Array.from({ length: 11 }, () => take('a') === 0), [...Array.from({ length: 10 }, () => true), false])
})

test('who is refused by a small bucket is told when there is a whole token', () => {
  const { take, pass } = setUp({ capacity: 2, perSecond: 0.1 })
  take('a')
  take('a')
  assert.equal(take('a'), 10)
  pass(4)
  assert.equal(take('a'), 6)
  pass(6)
  assert.equal(take('a'), 0)
})

test('each key has a bucket of its own', () => {
  const { take } = setUp({ capacity: 1 })
  assert.deepEqual([take('a'), take('b'), take('a') > 0, take('b') > 0], [0, 0, true, true])
})

test('of too many keys the one that was idle longest is forgotten, and a busy one never', () => {
  const { take, pass } = setUp({ capacity: 1, perSecond: 0.001, maxKeys: 10 })
  take('busy')
  take('idle')
  for (let n = 0; n < 1000; n++) {
    pass(0.001)
    take(`other${n}`)
    assert.ok(take('busy') > 0)
  }
  assert.equal(take('idle'), 0)
})

test('in any time no more is given than the bucket holds and what flows in', () => {
  const SIZE = fc.integer({ min: 1, max: 20 })
  fc.assert(fc.property(SIZE, SIZE, fc.array(fc.nat(2000), { maxLength: 200 }), (capacity, perSecond, pauses) => {
    const { take, pass } = setUp({ capacity, perSecond })
    let given = 0
    let seconds = 0
    for (const pause of pauses) {
      pass(pause / 1000)
      seconds += pause / 1000
      if (take('a') === 0) given++
      assert.ok(given <= capacity + seconds * perSecond + 1e-6)
    }
  }))
})

test('what was taken for nothing is given back, and a bucket is never more than full', () => {
  const { take, give } = createTokenBuckets({ capacity: 2, perSecond: 1, maxKeys: 10, now: () => 0 })
  give('a')
  assert.deepEqual([take('a'), take('a')], [0, 0])
  give('a')
  assert.deepEqual([take('a') === 0, take('a') > 0], [true, true])
  for (let n = 0; n < 5; n++) give('a')
  assert.deepEqual([take('a') === 0, take('a') === 0, take('a') > 0], [true, true, true])
})
