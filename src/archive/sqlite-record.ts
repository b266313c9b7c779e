import { anchorOf } from '../model/anchor.ts'
import { formatTime } from '../model/archive-time.ts'
import type { Micros } from '../model/archive-time.ts'
import type { RoomJid } from '../model/address.ts'
import { eventId } from '../model/event.ts'
import type { ArchivedEvent, RoomEvent, Stream } from '../model/event.ts'

/** A line of the events table. */
export interface EventRow {
  readonly change: number
  readonly room: number
  readonly stream: number
  readonly time: Micros
  readonly ordinal: number
  readonly uid: string
  readonly nick: string
  readonly document: string
}

export function streamNumber (stream: Stream): 0 | 1 {
  return stream === 'talk' ? 0 : 1
}

export function streamName (stream: number): Stream {
  return stream === 0 ? 'talk' : 'presence'
}

/** The fields that have no column of their own. */
export function documentOf (event: RoomEvent & { readonly _id?: string, readonly anchor?: string }): string {
  const { _id, anchor, room, time, uid, nick, ...rest } = event
  return JSON.stringify(rest)
}

export function toEvent (row: EventRow, room: RoomJid): ArchivedEvent {
  const time = formatTime(row.time)
  const { kind, ...rest } = JSON.parse(row.document) as Omit<ArchivedEvent, '_id' | 'anchor' | 'room' | 'time' | 'uid' | 'nick'>
  return {
    _id: eventId(room, streamName(row.stream), time),
    kind,
    room,
    time,
    uid: row.uid,
    nick: row.nick,
    anchor: anchorOf(time, row.ordinal),
    ...rest
  }
}
