import { addDays, dayOf } from '../../model/day.ts'
import type { Day } from '../../model/day.ts'
import type { DateRange } from '../../search/date-range.ts'
import { searchHref } from '../search-request.ts'
import type { Search } from '../search-request.ts'

/** Ways on from a search that was too much at once: in a shorter time, and from there further back. */
export interface Windows {
  readonly recentHref?: string
  /** What was searched begins on this day; the way leads to the time before it, of the same length. */
  readonly earlier?: { readonly day: Day, readonly href: string }
}

interface Searched {
  readonly search: Search
  readonly today: Day
  readonly dates: { readonly from?: DateRange, readonly to?: DateRange }
  /** Nothing more of this time is to come. */
  readonly isEnd: boolean
  readonly isTimeout: boolean
}

const YEAR = 365
const DAY_MS = 86_400_000
const FIRST_DAY = '1970-01-01'

export function windowsOf ({ search, today, dates, isEnd, isTimeout }: Searched): Windows {
  if (isTimeout) return search.from === undefined ? { recentHref: searchHref('/search', { ...search, from: addDays(today, -YEAR) }) } : {}
  if (!isEnd || dates.from === undefined || search.order !== 'newest') return {}
  const from = dayOf(dates.from.start)
  const to = dates.to === undefined ? today : dayOf(dates.to.end)
  const length = Math.max(1, Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS) + 1)
  if (from <= FIRST_DAY) return {}
  const [start, end] = [addDays(from, -length), addDays(from, -1)]
  return { earlier: { day: from, href: searchHref('/search', { ...search, from: start < FIRST_DAY ? FIRST_DAY : start, to: end }) } }
}
