import assert from 'node:assert/strict'
import test from 'node:test'
import { formatTime } from '../../../src/model/archive-time.ts'
import { english } from '../../../src/web/language/en.ts'
import { durationText } from '../../../src/web/view/duration.ts'

const DURATIONS: ReadonlyArray<readonly [number, string]> = [
  [0, 'less than a second'],
  [0.999999, 'less than a second'],
  [1, '1 second'],
  [59, '59 seconds'],
  [60, '1 minute'],
  [119, '1 minute 59 seconds'],
  [1061, '17 minutes'],
  [3600, '1 hour'],
  [3600 + 59, '1 hour'],
  [2 * 3600 + 5 * 60 + 7, '2 hours 5 minutes'],
  [23 * 3600 + 3599, '23 hours'],
  [86_400 + 3 * 3600, '1 day 3 hours'],
  [400 * 86_400, '400 days'],
  [12_345 * 86_400, '12,345 days']
]

for (const [seconds, text] of DURATIONS) {
  test(`${seconds} seconds are ${text}`, () => { assert.equal(durationText(formatTime(0), formatTime(seconds * 1e6), english), text) })
}
