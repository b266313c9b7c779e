import type { ArchiveStore, Page } from '../archive/store.ts'
import type { RoomJid } from '../model/address.ts'
import type { ArchiveTime } from '../model/archive-time.ts'
import type { Gap } from '../model/gap.ts'
import type { MamQuery } from './query.ts'

/** A stretch of time, both ends in it; without an end up to the present. */
interface Stretch {
  readonly start?: ArchiveTime | undefined
  readonly end?: ArchiveTime | undefined
}

/**
 * XEP-0313 §4.3: whether asking again for the same page will give the same. Not where something is missing from the
 * stretch of time that the page stands for: it may be recovered yet.
 */
export async function isStable (
  room: RoomJid, query: MamQuery, page: Page, holes: readonly Gap[], store: Pick<ArchiveStore, 'get'>
): Promise<boolean> {
  if (holes.length === 0) return true
  const edge = async (uid: MamQuery['after']) => uid === undefined ? undefined : (await store.get(room, uid))?.time
  const [after, before] = await Promise.all([edge(query.after), edge(query.before)])
  const stretch = stretchOf(query, page, { start: later(query.start, after), end: earlier(query.end, before) })
  return !holes.some(hole => touches(hole, stretch))
}

// A page that is not complete ends with its last event in the direction of paging; its other end is that of the query.
function stretchOf ({ isBackward }: MamQuery, { events, complete }: Page, asked: Stretch): Stretch {
  if (complete || events.length === 0) return asked
  return isBackward ? { ...asked, start: events[0]?.time } : { ...asked, end: events.at(-1)?.time }
}

// The two ends of a gap are complete themselves.
function touches ({ from, to }: Gap, { start, end }: Stretch): boolean {
  return (end === undefined || from < end) && (start === undefined || to === undefined || to > start)
}

function later (a: ArchiveTime | undefined, b: ArchiveTime | undefined): ArchiveTime | undefined {
  return a === undefined || (b !== undefined && b > a) ? b : a
}

function earlier (a: ArchiveTime | undefined, b: ArchiveTime | undefined): ArchiveTime | undefined {
  return a === undefined || (b !== undefined && b < a) ? b : a
}
