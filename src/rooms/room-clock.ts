import { formatTime, toMicros } from '../model/archive-time.ts'
import type { ArchiveTime, Micros } from '../model/archive-time.ts'

/** Gives out the archive times of one room: never twice the same, never backwards, whatever the system clock does. */
export interface RoomClock {
  /** The time of something read at that moment; to be called synchronously in the order of the stream. */
  next (readAt: Micros): ArchiveTime
  /** What stands in the record by other ways; whatever is read from now on comes after it. */
  passed (time: ArchiveTime): void
}

export function createRoomClock (): RoomClock {
  let latest: Micros = 0
  return {
    next (readAt) {
      latest = Math.max(readAt, latest + 1)
      return formatTime(latest)
    },
    passed (time) { latest = Math.max(latest, toMicros(time)) }
  }
}
