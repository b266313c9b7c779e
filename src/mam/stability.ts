import type { Page } from '../archive/store.ts'
import type { ArchiveTime } from '../model/archive-time.ts'
import type { Gap } from '../model/gap.ts'
import { earlier, later } from './bounds.ts'
import type { Bounds } from './bounds.ts'

/** A stretch of time, both ends in it; without an end up to the present. */
interface Stretch {
  readonly start: ArchiveTime | undefined
  readonly end: ArchiveTime | undefined
}

/**
 * XEP-0313 §4.3: whether asking again for the same page will give the same. Not where something is missing from the
 * stretch of time that the page stands for: it may be recovered yet.
 */
export function isStable (bounds: Bounds, isBackward: boolean, page: Page, holes: readonly Gap[]): boolean {
  const asked = { start: later(bounds.start, bounds.after?.time), end: earlier(bounds.end, bounds.before?.time) }
  const stretch = stretchOf(asked, isBackward, page)
  return !holes.some(hole => touches(hole, stretch))
}

// A page that is not complete ends with its last event in the direction of paging; its other end is that of the query.
function stretchOf (asked: Stretch, isBackward: boolean, { events, complete }: Page): Stretch {
  if (complete || events.length === 0) return asked
  return isBackward ? { ...asked, start: events[0]?.time } : { ...asked, end: events.at(-1)?.time }
}

// The two ends of a gap are complete themselves.
function touches ({ from, to }: Gap, { start, end }: Stretch): boolean {
  return (end === undefined || from < end) && (start === undefined || to === undefined || to > start)
}
