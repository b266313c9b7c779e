import { daysOfMonth, monthOf, weekdayOf } from '../../model/day.ts'
import type { Day, Month } from '../../model/day.ts'
import type { Dates } from '../language/dates.ts'

/** What the calendar needs of a line of the day ledger. */
export interface CalendarDay {
  readonly day: Day
  readonly lines: number
}

export interface CalendarMonth {
  readonly month: Month
  readonly title: string
  readonly talk: number
  /** Weeks from Monday to Sunday; undefined stands before the first and after the last of the month. */
  readonly weeks: ReadonlyArray<ReadonlyArray<CalendarCell | undefined>>
}

export interface CalendarCell {
  readonly day: Day
  /** Day of the month. */
  readonly number: number
  readonly talk: number
  /** 0: nobody spoke; 1 to 5: how busy beside the busiest day shown. */
  readonly shade: number
  /** Something of it is missing. */
  readonly hasHole: boolean
}

const SHADES = 5
// A room where the busiest day had two messages should not look as busy as one with thousands.
const QUIET = 50

/** The months that have talk, in the order of the days given, which may be ascending or descending. */
export function monthsOf (days: readonly CalendarDay[]): Month[] {
  return [...new Set(days.map(({ day }) => monthOf(day)))]
}

/** One table for each of the months; without any for each that has talk. */
export function calendarOf (
  days: readonly CalendarDay[], words: Pick<Dates, 'longMonth'>, hasHole: (day: Day) => boolean = () => false,
  months: readonly Month[] = monthsOf(days)
): CalendarMonth[] {
  const busiest = Math.max(QUIET, ...days.map(day => day.lines))
  const byDay = new Map(days.map(day => [day.day, day.lines]))
  return months.map(month => {
    const cells = daysOfMonth(month).map(day => cellOf(day, byDay.get(day) ?? 0, busiest, hasHole(day)))
    const talk = cells.reduce((sum, cell) => sum + cell.talk, 0)
    return { month, title: words.longMonth(month), talk, weeks: weeksOf(cells) }
  })
}

function cellOf (day: Day, talk: number, busiest: number, hasHole: boolean): CalendarCell {
  const share = Math.sqrt(talk / busiest)
  const shade = talk === 0 ? 0 : Math.min(SHADES, 1 + Math.floor(share * SHADES))
  return { day, number: Number(day.slice(8)), talk, shade, hasHole }
}

function weeksOf (cells: readonly CalendarCell[]): Array<Array<CalendarCell | undefined>> {
  const first = cells[0]
  if (first === undefined) return []
  const lead = weekdayOf(first.day) - 1
  const slots = [...Array<undefined>(lead).fill(undefined), ...cells]
  const length = Math.ceil(slots.length / 7)
  return Array.from({ length }, (_, week) => Array.from({ length: 7 }, (_, weekday) => slots[week * 7 + weekday]))
}
