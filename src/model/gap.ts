import type { RoomJid } from './address.ts'
import type { ArchiveTime } from './archive-time.ts'
import type { Uid } from './event.ts'

/**
 * Why nobody listened: it was not asked to yet, and the past of the room is still to be fetched; the program was stopped, or
 * ended without warning; the stream to the server broke; the room put us out or did not let us in; neither the store nor the
 * spool could take any more.
 */
export const GAP_CAUSES = ['unheard', 'stopped', 'killed', 'disconnected', 'removed', 'overflow'] as const
export type GapCause = typeof GAP_CAUSES[number]

/**
 * Why what was said could not be brought back: the room has no archive and its history does not reach back; its archive
 * does not reach back any more; it refuses us; it does not answer (and is asked again).
 */
export const GAP_PROBLEMS = ['no-archive', 'expired', 'refused', 'unanswered'] as const
export type GapProblem = typeof GAP_PROBLEMS[number]

/** A time in which a room was not listened to. Once `filled`, its talk was recovered; comings and goings never are. */
export interface Gap {
  readonly room: RoomJid
  /** The last moment known to be complete. With the room it is the identity of the gap. */
  readonly from: ArchiveTime
  /** The first moment that is complete again; undefined while nobody listens yet, or catch-up is under way. */
  readonly to?: ArchiveTime
  readonly cause: GapCause
  readonly problem?: GapProblem
  /** The room's own id (XEP-0359) of the last talk before it, where catch-up begins. */
  readonly after?: Uid
  /** When everything said meanwhile had been recovered. */
  readonly filled?: ArchiveTime
}

/** What stands in the record of a time that is asked about: not complete, and no more than a promise while `to` is missing. */
export function isHole (gap: Gap): boolean {
  return gap.filled === undefined
}

/** A time in which nobody listens to a room, and which is not over. */
export interface Absence {
  /** The last moment known to be complete. */
  readonly from: ArchiveTime
  readonly cause: GapCause
  /** The room's own id of the last message before, where known. */
  readonly after?: Uid
  /** Nobody has listened before; the room's past is being taken in. Such an absence is nobody's gap and is not published. */
  readonly isFirst?: boolean
}
