import assert from 'node:assert/strict'
import test from 'node:test'
import type { ArchiveTime } from '../../../src/model/archive-time.ts'
import type { Day } from '../../../src/model/day.ts'
import { english } from '../../../src/web/language/en.ts'
import { rowsOf } from '../../../src/web/view/rows.ts'
import { sectionsOf } from '../../../src/web/view/sections.ts'
import { createZoneClock, utcClock } from '../../../src/web/view/zone-clock.ts'
import { alone } from './alone.ts'
import { recorded } from './recorded.ts'

const DAY = '2026-06-18' as Day
const at = (text: string) => text as ArchiveTime

test('a zone tells its own times, summer time included', () => {
  const berlin = createZoneClock('Europe/Berlin')
  assert.equal(berlin?.clockTime(at('2026-01-15T12:00:00.000000Z')), '13:00')
  assert.equal(berlin?.clockTime(at('2026-07-15T12:00:00.000000Z')), '14:00')
  assert.equal(berlin?.clockTime(at('2026-03-29T00:59:59.999999Z')), '01:59')
  assert.equal(berlin?.clockTime(at('2026-03-29T01:00:00.000000Z')), '03:00')
  assert.equal(berlin?.localDay(at('2026-01-15T23:30:00.000000Z')), '2026-01-16')
  assert.equal(createZoneClock('Asia/Kathmandu')?.clockTime(at('2026-01-15T12:00:00.000000Z')), '17:45')
})

for (const name of ['', 'Mars/Olympus', '+02:00', 'UTC+2', 'local', 'system', '../../etc/passwd', 'Europe/Berlin\n', '<b>', 'x'.repeat(64)]) {
  test(`${JSON.stringify(name.slice(0, 20))} is no zone`, () => { assert.equal(createZoneClock(name), undefined) })
}

test('UTC by any of its names is UTC', () => {
  for (const name of ['UTC', 'utc', 'Etc/UTC']) assert.equal(createZoneClock(name), utcClock)
})

test('a page in another zone keeps its messages and marks where the date changes there', () => {
  const events = ['00:10:00', '18:29:59', '18:30:00', '23:59:59'].map(time => recorded({ time: at(`2026-06-18T${time}.000000Z`) }))
  const zone = createZoneClock('Asia/Kolkata') ?? utcClock
  const sections = sectionsOf(rowsOf(events, { presence: 'netted', zone, day: DAY, around: alone, words: english }), DAY, zone, english)
  assert.deepEqual(sections.map(({ hour, label }) => [hour, label]), [['00', '05:30'], ['18', '23:30'], ['23', '04:30']])
  assert.deepEqual(sections.flatMap(({ lines }) => lines.map(({ row, localDate }) => ['clock' in row && row.clock, localDate])), [
    ['05:40', undefined], ['23:59', undefined], ['00:00', '19 June 2026 in Asia/Kolkata'], ['05:29', undefined]
  ])
})

test('west of Greenwich the day begins with the date before', () => {
  const zone = createZoneClock('America/Los_Angeles') ?? utcClock
  const events = ['01:00:00', '08:00:00'].map(time => recorded({ time: at(`2026-06-18T${time}.000000Z`) }))
  const lines = sectionsOf(rowsOf(events, { presence: 'netted', zone, day: DAY, around: alone, words: english }), DAY, zone, english).flatMap(section => section.lines)
  assert.deepEqual(lines.map(line => line.localDate), ['17 June 2026 in America/Los_Angeles', '18 June 2026 in America/Los_Angeles'])
})
