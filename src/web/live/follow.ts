import type { PublishedRoom } from '../../access/can-read.ts'
import type { ArchiveTime } from '../../model/archive-time.ts'
import { dayBounds } from '../../model/day.ts'
import type { Day } from '../../model/day.ts'
import { roomPartPath, roomPath, withQuery } from '../urls.ts'
import type { ZoneClock } from '../view/zone-clock.ts'

/** What a page tells its script so that it grows by itself: template parts/live. */
export interface Follow {
  readonly stream: string
  /** The time of the newest talk that the page knows of. */
  readonly since: ArchiveTime
  readonly zone: string
  /** Where the room's days are. */
  readonly base: string
  /** Of the page of one day. */
  readonly day?: Day
}

/** @param today since when all is told where nobody has spoken */
export function followOf (room: PublishedRoom, newest: ArchiveTime | undefined, today: Day, zone: ZoneClock): Follow {
  return {
    stream: withQuery(roomPartPath(room.slug, 'live.sse'), { tz: zone.isUtc ? undefined : zone.name }),
    since: newest ?? dayBounds(today).start,
    zone: zone.name,
    base: roomPath(room.slug)
  }
}
