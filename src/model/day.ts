import { DateTime } from 'luxon'
import { formatTime, toMicros } from './archive-time.ts'
import type { ArchiveTime } from './archive-time.ts'

/** One UTC day, `2026-11-21`. */
export type Day = string & { readonly __brand: 'Day' }

/** One UTC month, `2026-11`. */
export type Month = string & { readonly __brand: 'Month' }

export function dayOf (time: ArchiveTime): Day {
  return time.slice(0, 10) as Day
}

export function parseDay (text: string): Day | undefined {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return undefined
  return utc(text).isValid ? text as Day : undefined
}

export function parseMonth (text: string): Month | undefined {
  if (!/^\d{4}-\d\d$/.test(text)) return undefined
  return utc(`${text}-01`).isValid ? text as Month : undefined
}

/** First and last microsecond of the day, both inclusive. */
export function dayBounds (day: Day): { start: ArchiveTime, end: ArchiveTime } {
  return {
    start: `${day}T00:00:00.000000Z` as ArchiveTime,
    end: `${day}T23:59:59.999999Z` as ArchiveTime
  }
}

export function addDays (day: Day, days: number): Day {
  return utc(day).plus({ days }).toISODate() as Day
}

export function monthOf (day: Day): Month {
  return day.slice(0, 7) as Month
}

export function daysOfMonth (month: Month): Day[] {
  const { daysInMonth = 0 } = utc(`${month}-01`)
  return Array.from({ length: daysInMonth }, (_, n) => `${month}-${String(n + 1).padStart(2, '0')}` as Day)
}

/** 1 = Monday … 7 = Sunday. */
export function weekdayOf (day: Day): number {
  return utc(day).weekday
}

/** The microsecond before or after a time, for bounds that exclude it. */
export function shift (time: ArchiveTime, micros: number): ArchiveTime {
  return formatTime(toMicros(time) + micros)
}

function utc (text: string): DateTime {
  return DateTime.fromISO(text, { zone: 'utc' })
}
