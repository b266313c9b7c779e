import type { DayLink } from './day-digest.ts'

/** Links of several days, given in the order of time, as one list: each address once. */
export function mergedLinks (days: ReadonlyArray<readonly DayLink[]>): DayLink[] {
  const merged = new Map<string, DayLink>()
  for (const link of days.flat()) {
    const known = merged.get(link.url)
    merged.set(link.url, known === undefined ? link : { ...known, times: known.times + link.times, last: link.last })
  }
  return [...merged.values()]
}
