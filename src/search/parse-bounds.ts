import type { ArchiveTime } from '../model/archive-time.ts'
import { defined } from '../model/defined.ts'
import { parseDateRange } from './date-range.ts'
import { queryError } from './scan-query.ts'
import type { Condition } from './scan-query.ts'

const DATES = ['before', 'after', 'on', 'during'] as const

export function isDate ({ kind }: Condition): boolean {
  return DATES.some(date => date === kind)
}

/** The time within which all dates of a query hold; both ends inclusive. Throws ERR_QUERY for what is no date. */
export function parseBounds (conditions: readonly Condition[], now: Date): { start?: ArchiveTime, end?: ArchiveTime } {
  const starts: ArchiveTime[] = []
  const ends: ArchiveTime[] = []
  for (const { kind, value, isNegated, start } of conditions.filter(isDate)) {
    if (isNegated) throw queryError(start, `${kind}: cannot be excluded, use before: and after:`)
    const range = parseDateRange(value, now)
    if (range === undefined) {
      throw queryError(start, `"${value}" after ${kind}: is not a date, expected 2024, 2024-05, 2024-05-17, today, yesterday or 7d`)
    }
    // The seven days until now, today among them.
    const isSince = kind === 'during' && range.isAgo === true
    if (kind === 'before') ends.push(range.before)
    else if (kind === 'after' || isSince) starts.push(range.after)
    else {
      starts.push(range.start)
      ends.push(range.end)
    }
  }
  return defined({ start: starts.sort().at(-1), end: ends.sort().at(0) })
}
