import type { DaySummary } from '../../archive/store.ts'
import { toMicros } from '../../model/archive-time.ts'
import type { ArchiveTime, Micros } from '../../model/archive-time.ts'
import { addDays, dayBounds, dayOf } from '../../model/day.ts'
import type { Day } from '../../model/day.ts'
import { isHole } from '../../model/gap.ts'
import type { Gap } from '../../model/gap.ts'
import type { DayFigures, MonthDigest } from './month-digest.ts'

/** How completely a year of a room is recorded. */
export interface Coverage {
  /** Those that have talk, and those of which something is missing, ascending. */
  readonly days: readonly CoveredDay[]
  /** What touches the year, by when it began; what was recovered is among them. */
  readonly gaps: readonly Gap[]
}

export interface CoveredDay {
  readonly day: Day
  /** As the ledger counts its lines; 0 where nothing is recorded. */
  readonly lines: number
  readonly first?: ArchiveTime
  readonly last?: ArchiveTime
  /** Undefined while the day is not counted. */
  readonly removed: number | undefined
  readonly edited: number | undefined
  /** How much of the day was not recorded, nor recovered. */
  readonly missing: Micros
}

export interface CoverageFacts {
  readonly days: readonly DaySummary[]
  readonly months: readonly MonthDigest[]
  readonly gaps: readonly Gap[]
  readonly now: ArchiveTime
}

/** Years of which there is something to tell, newest first. */
export function coveredYears ({ days, gaps, now }: CoverageFacts): string[] {
  const years = new Set(days.map(({ day }) => day.slice(0, 4)))
  for (const { from, to } of gaps) {
    for (let year = Number(from.slice(0, 4)); year <= Number((to ?? now).slice(0, 4)); year++) years.add(String(year).padStart(4, '0'))
  }
  return [...years].sort().reverse()
}

export function coverageOf ({ days, months, gaps, now }: CoverageFacts, year: string): Coverage {
  const figures = new Map<Day, DayFigures>(months.flatMap(({ days }) => days.map(figures => [figures.day, figures] as const)))
  const touching = gaps.filter(({ from, to }) => from.slice(0, 4) <= year && (to ?? now).slice(0, 4) >= year)
  const missing = missingByDay(touching.filter(isHole), year, now)
  const summaries = new Map(days.filter(({ day }) => day.startsWith(year)).map(summary => [summary.day, summary]))
  return {
    days: [...new Set([...summaries.keys(), ...missing.keys()])].sort().map(day => {
      const { lines = 0, first, last } = summaries.get(day) ?? {}
      const counted = !summaries.has(day) ? { removed: 0, edited: 0 } : figures.get(day)
      return {
        day,
        lines,
        ...(first === undefined ? {} : { first }),
        ...(last === undefined ? {} : { last }),
        removed: counted?.removed,
        edited: counted?.edited,
        missing: missing.get(day) ?? 0
      }
    }),
    gaps: touching
  }
}

/** Of what is to come nothing is missing yet, though an open gap has no end; where gaps overlap, the time counts once. */
function missingByDay (holes: readonly Gap[], year: string, now: ArchiveTime): Map<Day, Micros> {
  const missing = new Map<Day, Micros>()
  const start = dayBounds(`${year}-01-01` as Day).start
  const end = earlier(dayBounds(addDays(`${year}-12-31` as Day, 1)).start, now)
  let covered = start
  for (const { from, to = end } of holes) {
    let at = later(from, covered)
    const until = earlier(to, end)
    while (at < until) {
      const day = dayOf(at)
      const midnight = dayBounds(addDays(day, 1)).start
      const stop = earlier(until, midnight)
      missing.set(day, (missing.get(day) ?? 0) + toMicros(stop) - toMicros(at))
      at = stop
    }
    covered = later(covered, until)
  }
  return missing
}

function earlier (one: ArchiveTime, other: ArchiveTime): ArchiveTime {
  return one < other ? one : other
}

function later (one: ArchiveTime, other: ArchiveTime): ArchiveTime {
  return one > other ? one : other
}
