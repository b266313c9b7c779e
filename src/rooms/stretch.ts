import type { RoomJid } from '../model/address.ts'
import { toMicros } from '../model/archive-time.ts'
import type { ArchiveTime, Micros } from '../model/archive-time.ts'
import { defined } from '../model/defined.ts'
import type { Uid } from '../model/event.ts'
import { hasRoomId } from './history.ts'
import type { Absence } from '../model/gap.ts'
import type { RoomRecord } from './record.ts'

/** What to fetch from the room's archive. */
export interface Stretch {
  /** The room's own id of the last message that is recorded without a hole. */
  readonly after?: Uid
  /** The last moment that was listened to; undefined to take in the archive from its beginning. */
  readonly from?: Micros
  /** Nothing before `from` is wanted, even if clocks differ. */
  readonly isExact?: boolean
  /** Up to here only; undefined for up to now. */
  readonly to?: Micros
  /** Whether anything said before is known, which the archive should then know as well. */
  readonly isContinued: boolean
}

/** How much of the room's archive to take in when nothing is recorded yet. */
export type FirstCatchUp = 'all' | 'none' | { readonly since: ArchiveTime }

/** How far back a message with an id of the room is looked for, when nothing remembers it. */
const MAX_LOOKED_AT = 200

/** What an absence asks for. */
export async function stretchOf (
  room: RoomJid, absence: Absence | undefined, firstCatchUp: FirstCatchUp, recall: RoomRecord['recall']
): Promise<Stretch> {
  if (absence === undefined || absence.isFirst === true) {
    const since = typeof firstCatchUp === 'object' ? { from: toMicros(firstCatchUp.since), isExact: true } : {}
    return { ...since, isContinued: false, ...defined({ after: absence?.after }) }
  }
  const from = toMicros(absence.from)
  if (absence.after !== undefined) return { after: absence.after, from, isContinued: true }
  // What was heard in a stay after it, and cut short, proves nothing.
  const newest = await recall(room, { end: absence.from }, MAX_LOOKED_AT)
  return {
    from,
    isContinued: newest.some(({ kind, body }) => kind === 'message' && body !== undefined),
    ...defined({ after: newest.findLast(hasRoomId)?.uid })
  }
}
