import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { formatTime, parseDateTime, secondOf, toMicros } from '../../src/model/archive-time.ts'
import { hasCode } from '../../src/model/errors.ts'

const LAST = Date.UTC(2255, 0, 1) * 1000 - 1
const micros = fc.oneof(fc.integer({ min: 0, max: LAST }), fc.constantFrom(0, 1, 999, 1000, 999_999, 1_000_000, LAST))

test('date times of XEP-0082 are read to the microsecond', () => {
  const table = {
    '1970-01-01T00:00:00Z': '1970-01-01T00:00:00.000000Z',
    '2026-11-21T07:14:09Z': '2026-11-21T07:14:09.000000Z',
    '2026-11-21T07:14:09.3Z': '2026-11-21T07:14:09.300000Z',
    '2026-11-21T07:14:09.372180Z': '2026-11-21T07:14:09.372180Z',
    '2026-11-21T07:14:09.000001999Z': '2026-11-21T07:14:09.000001Z',
    '2026-11-21T07:14:09+00:00': '2026-11-21T07:14:09.000000Z',
    '2026-11-21T07:14:09-00:00': '2026-11-21T07:14:09.000000Z',
    '2026-11-21T23:30:00.5-05:30': '2026-11-22T05:00:00.500000Z',
    '2026-01-01T00:00:00+14:00': '2025-12-31T10:00:00.000000Z',
    '2024-02-29T12:00:00Z': '2024-02-29T12:00:00.000000Z',
    '2016-12-31T23:59:60Z': '2016-12-31T23:59:59.000000Z',
    '2016-12-31T23:59:60.25Z': '2016-12-31T23:59:59.250000Z',
    '2254-12-31T23:59:59.999999Z': '2254-12-31T23:59:59.999999Z'
  }
  for (const [text, time] of Object.entries(table)) assert.equal(formatTime(parseDateTime(text)), time, text)
})

test('what is no date time with an offset, or lies beyond the years kept, is refused', () => {
  const texts = [
    '', 'now', '2026-11-21', '2026-11-21T07:14Z', '2026-11-21T07:14:09', '2026-11-21 07:14:09Z', '2026-11-21t07:14:09z', '20261121T07:14:09',
    '2026-11-21T07:14:09.Z', '2026-11-21T07:14:09.1234567890Z', '2026-11-21T07:14:09+0100', '2026-11-21T07:14:09+15:00',
    '2026-11-21T07:14:09+01:60', '2026-02-29T00:00:00Z', '2026-04-31T00:00:00Z', '2026-13-01T00:00:00Z', '2026-00-01T00:00:00Z',
    '2026-01-00T00:00:00Z', '2026-11-21T24:00:00Z', '2026-11-21T00:60:00Z', '2026-11-21T00:00:61Z', '0026-11-21T00:00:00Z',
    '1969-12-31T23:59:59.999999Z', '1970-01-01T00:00:00+00:01', '2255-01-01T00:00:00Z', '2254-12-31T23:59:59-00:01',
    ' 2026-11-21T07:14:09Z', '2026-11-21T07:14:09Z\n', '２026-11-21T07:14:09Z', '+2026-11-21T07:14:09Z'
  ]
  for (const text of texts) {
    assert.throws(() => parseDateTime(text), error => hasCode(error, 'ERR_TIME') && error.message.startsWith('Cannot read the time "'), text)
  }
})

test('every microsecond is written and read exactly', () => {
  fc.assert(fc.property(micros, value => {
    const time = formatTime(value)
    assert.equal(time.length, 27)
    assert.equal(toMicros(time), value)
    assert.equal(parseDateTime(time), value)
  }))
})

test('comparing the texts compares the times', () => {
  fc.assert(fc.property(micros, micros, (a, b) => {
    assert.equal(formatTime(a) < formatTime(b), a < b)
  }))
})

test('an offset moves the time and nothing else', () => {
  const offset = fc.integer({ min: -14 * 60, max: 14 * 60 })
  const value = fc.integer({ min: 86_400_000_000, max: LAST - 86_400_000_000 })
  fc.assert(fc.property(value, offset, (value, minutes) => {
    const local = formatTime(value + minutes * 60_000_000)
    const zone = `${minutes < 0 ? '-' : '+'}${String(Math.floor(Math.abs(minutes) / 60)).padStart(2, '0')}:${String(Math.abs(minutes) % 60).padStart(2, '0')}`
    assert.equal(parseDateTime(`${local.slice(0, 26)}${zone}`), value)
  }))
})

test('times share a second when their texts do', () => {
  fc.assert(fc.property(micros, value => {
    assert.equal(`${secondOf(formatTime(value))}.000000Z`, formatTime(value - value % 1_000_000))
  }))
})
