import { anchorOf } from '../model/anchor.ts'
import { formatTime, secondOf, toMicros } from '../model/archive-time.ts'
import type { ArchiveTime } from '../model/archive-time.ts'
import { eventId, streamOf } from '../model/event.ts'
import type { ArchivedEvent, RoomEvent } from '../model/event.ts'

/** What a driver knows of the record around the events it is about to add, additions of the same batch included. */
export interface Surroundings {
  isTaken (event: RoomEvent, time: ArchiveTime): boolean
  /** Events of the room, both streams, recorded in the second `2026-11-21T07:14:09`. */
  countInSecond (room: RoomEvent['room'], second: string): number
}

/** Gives an event its place: the first free microsecond from the wanted time on, and the anchor of its second. */
export function place (event: RoomEvent, around: Surroundings): ArchivedEvent {
  let time = event.time
  while (around.isTaken(event, time)) time = formatTime(toMicros(time) + 1)
  const anchor = anchorOf(time, around.countInSecond(event.room, secondOf(time)))
  return { _id: eventId(event.room, streamOf(event.kind), time), ...event, time, anchor }
}
