import { DateTime } from 'luxon'
import type { Day, Month } from '../../model/day.ts'

// Everything is written in British English, whatever the locale of the machine.
const LOCALE = 'en-GB'

function at (isoDate: string): DateTime {
  return DateTime.fromISO(isoDate, { zone: 'utc', locale: LOCALE })
}

/** Saturday 21 November 2026 */
export function longDay (day: Day): string {
  return at(day).toFormat('cccc d MMMM yyyy')
}

/** 21 November 2026 */
export function plainDay (day: Day): string {
  return at(day).toFormat('d MMMM yyyy')
}

/** Sat 21 Nov; with the year where it is another one than that of the page */
export function shortDay (day: Day, year?: string): string {
  return at(day).toFormat(day.startsWith(`${year ?? ''}-`) ? 'ccc d MMM' : 'd MMM yyyy')
}

/** November 2026 */
export function longMonth (month: Month): string {
  return at(`${month}-01`).toFormat('MMMM yyyy')
}

/** 12,345 */
export function grouped (count: number): string {
  return count.toLocaleString('en')
}

/** «1 message», «12,345 messages» */
export function counted (count: number, singular: string, plural = `${singular}s`): string {
  return `${grouped(count)} ${count === 1 ? singular : plural}`
}
