import { DateTime } from 'luxon'
import { formatTime } from '../model/archive-time.ts'
import type { ArchiveTime } from '../model/archive-time.ts'

/** Microseconds: the first and the last, both inclusive, and their neighbours. */
export interface DateRange {
  readonly start: ArchiveTime
  readonly end: ArchiveTime
  readonly before: ArchiveTime
  readonly after: ArchiveTime
}

const DATE = /^(\d{4})(?:-(\d\d?)(?:-(\d\d?))?)?$/

/** The year, month or day (UTC) that is meant by `2024`, `2024-05`, `2024-05-17`, `today`, `yesterday`; undefined for anything else. */
export function parseDateRange (text: string, now: Date): DateRange | undefined {
  const word = text.toLowerCase()
  const today = DateTime.fromJSDate(now, { zone: 'utc' })
  if (word === 'today') return rangeOf(today, 'day')
  if (word === 'yesterday') return rangeOf(today.minus({ days: 1 }), 'day')
  const match = DATE.exec(text)
  if (match === null) return undefined
  const [year = 0, month, day] = match.slice(1).map(digits => digits === undefined ? undefined : Number(digits))
  const date = DateTime.utc(year, month ?? 1, day ?? 1)
  // The years that an archive time can have.
  if (!date.isValid || year < 1970 || year > 2254) return undefined
  return rangeOf(date, day !== undefined ? 'day' : month !== undefined ? 'month' : 'year')
}

function rangeOf (date: DateTime, unit: 'day' | 'month' | 'year'): DateRange {
  const first = date.startOf(unit).toMillis() * 1000
  const next = date.startOf(unit).plus({ [unit]: 1 }).toMillis() * 1000
  return { start: formatTime(first), end: formatTime(next - 1), before: formatTime(first - 1), after: formatTime(next) }
}
