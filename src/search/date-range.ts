import { DateTime } from 'luxon'
import { formatTime } from '../model/archive-time.ts'
import type { ArchiveTime } from '../model/archive-time.ts'

/** Microseconds: the first and the last, both inclusive, and their neighbours. */
export interface DateRange {
  readonly start: ArchiveTime
  readonly end: ArchiveTime
  readonly before: ArchiveTime
  readonly after: ArchiveTime
  /** Of a day that was named by its distance from today. */
  readonly isAgo?: true
}

const DATE = /^(\d{4})(?:-(\d\d?)(?:-(\d\d?))?)?$/
const AGO = /^(\d{1,4})([dwmy])$/
const UNITS = { d: 'days', w: 'weeks', m: 'months', y: 'years' } as const

/**
 * The year, month or day (UTC) that is meant by `2024`, `2024-05`, `2024-05-17`, `today`, `yesterday`, or the day so long ago: `7d`,
 * `2w`, `6m`, `1y`; undefined for anything else.
 */
export function parseDateRange (text: string, now: Date): DateRange | undefined {
  const word = text.toLowerCase()
  const today = DateTime.fromJSDate(now, { zone: 'utc' })
  if (word === 'today') return rangeOf(today, 'day')
  if (word === 'yesterday') return rangeOf(today.minus({ days: 1 }), 'day')
  const ago = AGO.exec(word)
  if (ago !== null) return agoRange(today.minus({ [UNITS[ago[2] as keyof typeof UNITS]]: Number(ago[1]) }))
  const match = DATE.exec(text)
  if (match === null) return undefined
  const [year = 0, month, day] = match.slice(1).map(digits => digits === undefined ? undefined : Number(digits))
  const date = DateTime.utc(year, month ?? 1, day ?? 1)
  if (!date.isValid || !isKnownYear(year)) return undefined
  return rangeOf(date, day !== undefined ? 'day' : month !== undefined ? 'month' : 'year')
}

function agoRange (date: DateTime): DateRange | undefined {
  return isKnownYear(date.year) ? { ...rangeOf(date, 'day'), isAgo: true } : undefined
}

// The years that an archive time can have.
function isKnownYear (year: number): boolean {
  return year >= 1970 && year <= 2254
}

function rangeOf (date: DateTime, unit: 'day' | 'month' | 'year'): DateRange {
  const first = date.startOf(unit).toMillis() * 1000
  const next = date.startOf(unit).plus({ [unit]: 1 }).toMillis() * 1000
  return { start: formatTime(first), end: formatTime(next - 1), before: formatTime(first - 1), after: formatTime(next) }
}
