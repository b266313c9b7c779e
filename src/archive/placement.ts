import { anchorOf } from '../model/anchor.ts'
import { formatTime, secondOf, toMicros } from '../model/archive-time.ts'
import type { ArchiveTime } from '../model/archive-time.ts'
import type { RoomJid } from '../model/address.ts'
import { eventId, streamOf } from '../model/event.ts'
import type { ArchivedEvent, RoomEvent, Stream } from '../model/event.ts'

/** What a driver knows of the record before the events that it is about to add. */
export interface Surroundings {
  isTaken (room: RoomJid, stream: Stream, time: ArchiveTime): boolean
  /** Ordinal of the next event, of either stream, in the second `2026-11-21T07:14:09`: one more than the highest recorded there. */
  nextOrdinal (room: RoomJid, second: string): number
}

/**
 * Gives the events of a batch, one after the other, their places: the first free microsecond from the wanted time on,
 * and the anchor of its second. Remembers what it gave.
 */
export function createPlacement (recorded: Surroundings): (event: RoomEvent) => ArchivedEvent {
  // From each time that was wanted and taken to where the search went on, so that thousands of equal times cost one step each.
  const given = new Map<string, ArchiveTime>()
  const ordinals = new Map<string, number>()

  function firstFree (room: RoomJid, stream: Stream, wanted: ArchiveTime): ArchiveTime {
    const passed: string[] = []
    let time = wanted
    for (;;) {
      const id = eventId(room, stream, time)
      const next = given.get(id)
      if (next === undefined && !recorded.isTaken(room, stream, time)) break
      passed.push(id)
      time = next ?? formatTime(toMicros(time) + 1)
    }
    for (const id of passed) given.set(id, time)
    given.set(eventId(room, stream, time), formatTime(toMicros(time) + 1))
    return time
  }

  function nextOrdinal (room: RoomJid, second: string): number {
    const key = `${room} ${second}`
    const ordinal = ordinals.get(key) ?? recorded.nextOrdinal(room, second)
    ordinals.set(key, ordinal + 1)
    return ordinal
  }

  return event => {
    const stream = streamOf(event.kind)
    const time = firstFree(event.room, stream, event.time)
    const anchor = anchorOf(time, nextOrdinal(event.room, secondOf(time)))
    return { _id: eventId(event.room, stream, time), ...event, time, anchor }
  }
}

/** The ordinal that an anchor was made of: `t071409` 0, `t071409b` 1, `t071409aa` 26. */
export function ordinalOf (anchor: string): number {
  let ordinal = 0
  for (const letter of anchor.slice(7)) ordinal = ordinal * 26 + letter.charCodeAt(0) - 96
  return Math.max(0, ordinal - 1)
}
