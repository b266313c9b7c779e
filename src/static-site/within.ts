import type { ArchiveStore } from '../archive/store.ts'
import { dayBounds } from '../model/day.ts'
import type { Day } from '../model/day.ts'

/** Both inclusive. */
export interface DayRange {
  readonly from?: Day
  readonly to?: Day
}

/** Whether a day, or any day of a month or a year, is in the range. */
export function isWithin (part: string, { from, to }: DayRange): boolean {
  return (from === undefined || part >= from.slice(0, part.length)) && (to === undefined || part <= to.slice(0, part.length))
}

/** The store as if there were only these days: what pages tell of neighbours, calendars and totals follows. */
export function withinDays (store: ArchiveStore, range: DayRange): ArchiveStore {
  const { from, to } = range
  if (from === undefined && to === undefined) return store
  const later = (day: Day | undefined): Day | undefined => from !== undefined && (day === undefined || day < from) ? from : day
  const earlier = (day: Day | undefined): Day | undefined => to !== undefined && (day === undefined || day > to) ? to : day
  return {
    ...store,
    async days (room, query = {}) {
      const [first, last] = [later(query.from), earlier(query.to)]
      return store.days(room, { ...query, ...first !== undefined && { from: first }, ...last !== undefined && { to: last } })
    },
    day: async (room, day) => isWithin(day, range) ? store.day(room, day) : undefined,
    gaps: (room, query = {}) => store.gaps(room, {
      ...query,
      ...from !== undefined && (query.start === undefined || query.start < dayBounds(from).start) && { start: dayBounds(from).start },
      ...to !== undefined && (query.end === undefined || query.end > dayBounds(to).end) && { end: dayBounds(to).end }
    }),
    async rooms () {
      const all = await store.rooms()
      return Promise.all(all.map(async summary => {
        const days = await store.days(summary.room, { ...from !== undefined && { from }, ...to !== undefined && { to } })
        const { first, last, ...rest } = summary
        const [start, end] = [days[0]?.first, days.at(-1)?.last]
        return {
          ...rest,
          talk: days.reduce((sum, { talk }) => sum + talk, 0),
          lines: days.reduce((sum, { lines }) => sum + lines, 0),
          presence: days.reduce((sum, { presence }) => sum + presence, 0),
          ...start !== undefined && { first: start },
          ...end !== undefined && { last: end }
        }
      }))
    }
  }
}
