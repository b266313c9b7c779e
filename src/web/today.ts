import { formatTime } from '../model/archive-time.ts'
import { dayOf } from '../model/day.ts'
import type { Day } from '../model/day.ts'
import type { Site } from './site.ts'

export function todayOf (site: Pick<Site, 'now'>): Day {
  return dayOf(formatTime(site.now() * 1000))
}
