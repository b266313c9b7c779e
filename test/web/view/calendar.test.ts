import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { addDays, weekdayOf } from '../../../src/model/day.ts'
import type { Day } from '../../../src/model/day.ts'
import { english } from '../../../src/web/language/en.ts'
import { calendarOf } from '../../../src/web/view/calendar.ts'

test('February 2026 begins on a Sunday and fills five weeks', () => {
  const [month] = calendarOf([{ day: '2026-02-03' as Day, lines: 7 }], english)
  assert.equal(month?.title, 'February 2026')
  assert.equal(month.weeks.length, 5)
  assert.deepEqual(month.weeks[0]?.map(cell => cell?.number), [undefined, undefined, undefined, undefined, undefined, undefined, 1])
  assert.deepEqual(month.weeks.flat().filter(cell => cell !== undefined && cell.talk > 0).map(cell => cell?.day), ['2026-02-03'])
})

test('months come in the order of the days, and only those that have talk', () => {
  const months = calendarOf([{ day: '2026-11-21' as Day, lines: 1 }, { day: '2026-09-01' as Day, lines: 1 }], english)
  assert.deepEqual(months.map(month => month.month), ['2026-11', '2026-09'])
})

test('a busier day is never lighter, the busiest is darkest, a quiet day has no shade', () => {
  const talks = [1, 5, 40, 200, 1000]
  const [month] = calendarOf(talks.map((lines, n) => ({ day: `2026-03-0${n + 1}` as Day, lines })), english)
  const cells = month?.weeks.flat().filter(cell => cell !== undefined) ?? []
  const shades = cells.slice(0, 5).map(cell => cell.shade)
  assert.deepEqual(shades, [...shades].sort())
  assert.deepEqual([shades[0], shades[4], cells[10]?.shade], [1, 5, 0])
})

test('the only day of a room with one message is not dark', () => {
  assert.equal(calendarOf([{ day: '2026-03-01' as Day, lines: 1 }], english)[0]?.weeks.flat().find(cell => cell?.talk === 1)?.shade, 1)
})

test('nothing gives no months', () => {
  assert.deepEqual(calendarOf([], english), [])
})

test('every day of a month stands once, under its weekday', () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 60_000 }), offset => {
    const day = addDays('1970-01-01' as Day, offset)
    const [month] = calendarOf([{ day, lines: 3 }], english)
    const slots = month?.weeks.flatMap(week => week.map((cell, n) => ({ cell, weekday: n + 1 }))) ?? []
    const cells = slots.filter(({ cell }) => cell !== undefined)
    cells.forEach(({ cell, weekday }, n) => {
      assert.equal(cell?.number, n + 1)
      assert.equal(weekdayOf(cell.day), weekday)
    })
    assert.equal(month?.talk, 3)
  }))
})
