import { DateTime, Info } from 'luxon'
import type { Day, Month } from '../../model/day.ts'

/** Dates as a language writes them. */
export interface Dates {
  /** Saturday 21 November 2026; it begins a line */
  longDay (day: Day): string
  /** 21 November 2026 */
  plainDay (day: Day): string
  /** Sat 21 Nov; with the year where it is another one than that of the page. It begins a line. */
  shortDay (day: Day, year?: string): string
  /** November 2026; it begins a line */
  longMonth (month: Month): string
  /** November 2026 */
  plainMonth (month: Month): string
  /** November; it begins a line */
  monthName (month: Month): string
  /** From Monday on. */
  readonly weekdays: ReadonlyArray<Weekday>
}

/** «M», «Mon», «Monday»; some languages have no shorter name than the second. */
export interface Weekday {
  readonly short: string
  readonly middle: string
  readonly name: string
}

export interface DateFormats {
  readonly locale: string
  /** In Luxon's tokens. */
  readonly long: string
  readonly plain: string
  readonly short: string
  readonly shortWithYear: string
  readonly weekdays: 'narrow' | 'short'
  /** What the first of a month is called, where it is not called «1». */
  readonly first?: string
}

export function createDates ({ locale, long, plain, short, shortWithYear, weekdays, first = '1' }: DateFormats): Dates {
  function written (isoDate: string, format: string): string {
    const text = DateTime.fromISO(isoDate, { zone: 'utc', locale }).toFormat(format)
    return isoDate.endsWith('-01') ? text.replace(/(?<!\d)1(?!\d)/, first) : text
  }
  const names = Info.weekdays('long', { locale })
  const middles = Info.weekdays('short', { locale })
  return {
    longDay: day => capital(written(day, long)),
    plainDay: day => written(day, plain),
    shortDay: (day, year = '') => capital(written(day, day.startsWith(`${year}-`) ? short : shortWithYear)),
    longMonth: month => capital(written(month, 'LLLL yyyy')),
    plainMonth: month => written(month, 'LLLL yyyy'),
    monthName: month => capital(written(month, 'LLLL')),
    weekdays: Info.weekdays(weekdays, { locale }).map((short, n) => ({ short, middle: middles[n] ?? short, name: names[n] ?? short }))
  }
}

function capital (text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
