import type { ArchiveTime } from '../../model/archive-time.ts'
import { dayBounds } from '../../model/day.ts'
import type { Day } from '../../model/day.ts'
import type { Words } from '../language/words.ts'
import type { Row } from './rows.ts'
import type { ZoneClock } from './zone-clock.ts'

/** One UTC hour of a day page. */
export interface HourSection {
  /** 07: the UTC hour, in which the anchors count */
  readonly hour: string
  /** 07:00, in the zone of the page */
  readonly label: string
  readonly lines: readonly Line[]
}

export interface Line {
  readonly row: Row
  /** «21 November 2026 in Europe/Berlin», the date in the zone of the page, where it is another one than that of the line before. */
  readonly localDate?: string
}

export function sectionsOf (rows: readonly Row[], day: Day, zone: ZoneClock, words: Words): HourSection[] {
  const byHour = new Map<string, Line[]>()
  const { start } = dayBounds(day)
  let date = day
  for (const row of rows) {
    // What is missing since an earlier day stands at the top of this one.
    const time = row.time < start ? start : row.time
    const localDate = zone.localDay(time)
    const line = localDate === date ? { row } : { row, localDate: words.day.dateIn(localDate, zone.name) }
    date = localDate
    const hour = time.slice(11, 13)
    const section = byHour.get(hour)
    if (section === undefined) byHour.set(hour, [line])
    else section.push(line)
  }
  return [...byHour].map(([hour, lines]) => ({ hour, label: zone.clockTime(`${day}T${hour}:00:00.000000Z` as ArchiveTime), lines }))
}
