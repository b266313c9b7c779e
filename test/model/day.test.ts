import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { formatTime } from '../../src/model/archive-time.ts'
import { addDays, dayBounds, dayOf, daysOfMonth, monthOf, parseDay, parseMonth, shift, weekdayOf } from '../../src/model/day.ts'
import type { Day, Month } from '../../src/model/day.ts'

const DAY_MICROS = 86_400_000_000
const micros = fc.integer({ min: 0, max: Date.UTC(2254, 0, 1) * 1000 })

test('days and months that exist are read, all else is not', () => {
  for (const text of ['2026-11-21', '2024-02-29', '1970-01-01', '2000-02-29']) assert.equal(parseDay(text), text)
  for (const text of ['', '2026-11', '2026-02-29', '1900-02-29', '2026-00-01', '2026-13-01', '2026-11-00', '2026-11-31', '2026-1-1', '26-11-21', '2026-11-21T', ' 2026-11-21', '2026-W47', '２026-11-21', '2026-11-21\n']) {
    assert.equal(parseDay(text), undefined, text)
  }
  for (const text of ['2026-11', '2024-02', '1970-01']) assert.equal(parseMonth(text), text)
  for (const text of ['', '2026', '2026-00', '2026-13', '2026-1', '2026-11-', '2026-11-21', '2026-W4']) assert.equal(parseMonth(text), undefined, text)
})

test('days are counted over the ends of months and years', () => {
  const table: ReadonlyArray<readonly [string, number, string]> = [
    ['2026-11-21', 0, '2026-11-21'],
    ['2026-11-30', 1, '2026-12-01'],
    ['2026-12-31', 1, '2027-01-01'],
    ['2024-02-28', 1, '2024-02-29'],
    ['2026-03-01', -1, '2026-02-28'],
    ['2026-01-01', -1, '2025-12-31'],
    ['2026-01-01', 365, '2027-01-01']
  ]
  for (const [day, days, expected] of table) assert.equal(addDays(day as Day, days), expected)
})

test('a month has its days, in order', () => {
  for (const [month, length] of [['2026-02', 28], ['2024-02', 29], ['2026-11', 30], ['2026-12', 31]] as const) {
    const days = daysOfMonth(month as Month)
    assert.equal(days.length, length)
    assert.equal(days[0], `${month}-01`)
    assert.equal(days.at(-1), `${month}-${length}`)
    assert.ok(days.every(day => monthOf(day) === month && parseDay(day) === day))
  }
})

test('a week begins on Monday', () => {
  assert.equal(weekdayOf('2026-11-16' as Day), 1)
  assert.equal(weekdayOf('2026-11-21' as Day), 6)
  assert.equal(weekdayOf('2026-11-22' as Day), 7)
})

test('a day lasts from its first to its last microsecond, whatever the time zone and daylight saving of the machine', () => {
  fc.assert(fc.property(micros, value => {
    const day = dayOf(formatTime(value))
    const { start, end } = dayBounds(day)
    assert.equal(start, formatTime(value - value % DAY_MICROS))
    assert.equal(end, formatTime(value - value % DAY_MICROS + DAY_MICROS - 1))
    assert.equal(shift(end, 1), dayBounds(addDays(day, 1)).start)
    assert.equal(shift(start, -1).slice(0, 10), addDays(day, -1))
    assert.equal(addDays(addDays(day, 1), -1), day)
    assert.equal(weekdayOf(addDays(day, 1)), weekdayOf(day) % 7 + 1)
  }))
})
