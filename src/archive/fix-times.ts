import type { RoomJid } from '../model/address.ts'
import { formatTime, toMicros } from '../model/archive-time.ts'
import type { ArchiveTime } from '../model/archive-time.ts'
import type { SpooledEvent } from './spool.ts'
import type { ArchiveStore } from './store.ts'

/**
 * What was heard live and had to wait comes after all that its room has in the record by now: it moves on in time where it
 * must. What has a time of its own, or one given by an earlier attempt, keeps it. The events of a room are in their order.
 */
export async function fixTimes<E extends SpooledEvent> (events: readonly E[], store: Pick<ArchiveStore, 'lastTime'>): Promise<E[]> {
  const rooms = [...new Set(events.filter(isMovable).map(({ event }) => event.room))]
  const newest = new Map<RoomJid, ArchiveTime | undefined>()
  await Promise.all(rooms.map(async room => { newest.set(room, await store.lastTime(room)) }))
  return events.map(spooled => {
    const { event, isFixed } = spooled
    const last = newest.get(event.room)
    const time = isMovable(spooled) && last !== undefined && last >= event.time ? formatTime(toMicros(last) + 1) : event.time
    if (last === undefined || last < time) newest.set(event.room, time)
    return isFixed ? spooled : { ...spooled, isFixed: true, event: time === event.time ? event : { ...event, time } }
  })
}

function isMovable ({ event, isFixed }: SpooledEvent): boolean {
  return !isFixed && event.via === 'live'
}
