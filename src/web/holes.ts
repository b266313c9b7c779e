import type { RoomJid } from '../model/address.ts'
import type { ArchiveTime } from '../model/archive-time.ts'
import { dayBounds } from '../model/day.ts'
import type { Day } from '../model/day.ts'
import type { Gap } from '../model/gap.ts'
import type { Site } from './site.ts'
import { todayOf } from './today.ts'

/**
 * What is missing of a room's record on these days (both inclusive), oldest first. Of days to come nothing is missing yet,
 * though an open gap has no end.
 */
export async function holesOnDays (site: Pick<Site, 'store' | 'now'>, room: RoomJid, from: Day, to: Day): Promise<Gap[]> {
  const today = todayOf(site)
  const { start } = dayBounds(from)
  const { end } = dayBounds(to < today ? to : today)
  return start > end ? [] : holesBetween(site.store, room, start, end)
}

/** Without an end: up to the present. */
export async function holesBetween (store: Site['store'], room: RoomJid, start: ArchiveTime, end?: ArchiveTime): Promise<Gap[]> {
  const gaps = await store.gaps(room, { start, ...(end === undefined ? {} : { end }), holesOnly: true })
  return gaps.filter(gap => isMissingBetween(gap, start, end))
}

/** Tells of a day whether anything of it is missing. */
export function holeFinder (site: Pick<Site, 'now'>, holes: readonly Gap[]): (day: Day) => boolean {
  if (holes.length === 0) return () => false
  const today = todayOf(site)
  return day => {
    const { start, end } = dayBounds(day)
    return day <= today && holes.some(hole => isMissingBetween(hole, start, end))
  }
}

// The two ends of a gap are complete themselves: a gap that ends at midnight takes nothing from the day that begins.
function isMissingBetween ({ from, to }: Gap, start: ArchiveTime, end?: ArchiveTime): boolean {
  return (end === undefined || from < end) && (to === undefined || to > start)
}
