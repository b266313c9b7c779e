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
  // Each time known to be taken, and from where to look on: thousands of events of one time then cost one step each.
  const taken = new Map<string, ArchiveTime>()
  const ordinals = new Map<string, number>()

  function firstFree (room: RoomJid, stream: Stream, wanted: ArchiveTime): ArchiveTime {
    const passed: string[] = []
    let time = wanted
    for (;;) {
      const id = eventId(room, stream, time)
      const from = taken.get(id)
      if (from === undefined && !recorded.isTaken(room, stream, time)) {
        for (const before of passed) taken.set(before, time)
        taken.set(id, time)
        return time
      }
      passed.push(id)
      time = from === undefined || from === time ? formatTime(toMicros(time) + 1) : from
    }
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

interface AroundOne {
  isTaken (event: RoomEvent, time: ArchiveTime): boolean
  countInSecond (room: RoomJid, second: string): number
}

/** The place of one event alone. */
export function place (event: RoomEvent, around: AroundOne): ArchivedEvent {
  return createPlacement({
    isTaken: (_room, _stream, time) => around.isTaken(event, time),
    nextOrdinal: (room, second) => around.countInSecond(room, second)
  })(event)
}
