import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { anchorOf } from '../../src/model/anchor.ts'
import { formatTime } from '../../src/model/archive-time.ts'

const TIME = formatTime(Date.UTC(2026, 10, 21, 7, 14, 9) * 1000)

test('events of one second are told apart by letters, the first by none', () => {
  const table: Record<number, string> = {
    0: 't071409',
    1: 't071409b',
    2: 't071409c',
    25: 't071409z',
    26: 't071409aa',
    27: 't071409ab',
    51: 't071409az',
    52: 't071409ba',
    701: 't071409zz',
    702: 't071409aaa'
  }
  for (const [ordinal, anchor] of Object.entries(table)) assert.equal(anchorOf(TIME, Number(ordinal)), anchor)
})

test('no two events of a second share an anchor', () => {
  assert.equal(new Set(Array.from({ length: 20_000 }, (_, ordinal) => anchorOf(TIME, ordinal))).size, 20_000)
})

test('an anchor tells its second and is fit for a fragment', () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: Date.UTC(2254, 0, 1) * 1000 }), fc.nat(100_000), (micros, ordinal) => {
    const time = formatTime(micros)
    const anchor = anchorOf(time, ordinal)
    assert.match(anchor, /^t\d{6}[a-z]{0,4}$/)
    assert.equal(anchor.slice(1, 7), time.slice(11, 19).replaceAll(':', ''))
  }))
})
