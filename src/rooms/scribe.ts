import type { RoomJid } from '../model/address.ts'
import { formatTime } from '../model/archive-time.ts'
import type { ArchiveTime, Micros } from '../model/archive-time.ts'
import type { RoomEvent } from '../model/event.ts'
import { createRoomClock } from './room-clock.ts'
import { randomUid } from './uid.ts'

/** An event before it has its place in the record. */
export type Unplaced = Omit<RoomEvent, 'room' | 'time' | 'uid' | 'via'> & { readonly uid?: string }

/** Gives what was heard its time and uid and hands it over, synchronously and in the order in which it was heard. */
export interface Scribe {
  live (event: Unplaced, readAt: Micros): RoomEvent
  /** Something the room tells of the past, at a time of its own. */
  past (event: Unplaced & { readonly uid: string }, saidAt: Micros): RoomEvent
  /** What stands in the record already: what is live comes after it. */
  recorded (time: ArchiveTime): void
  /** The same once it is known whether it is recorded already. */
  pastUnless (isRecorded: Promise<boolean>, event: Unplaced & { readonly uid: string }, saidAt: Micros): void
  /** Resolves when everything handed over so far is recorded, or was refused and reported. */
  drained (): Promise<void>
}

export interface ScribeOptions {
  readonly room: RoomJid
  /** Takes the event at once, so that the order of calls is the order of the record; resolves when it is durable. */
  readonly record: (event: RoomEvent) => Promise<unknown>
  readonly onError: (error: unknown) => void
}

export function createScribe ({ room, record, onError }: ScribeOptions): Scribe {
  const clock = createRoomClock()
  let drained: Promise<void> = Promise.resolve()

  // So that one that fails is reported and holds up nobody.
  function include (work: Promise<unknown>): void {
    const before = drained
    drained = work.catch(onError).then(() => before)
  }

  function hand (event: RoomEvent): RoomEvent {
    include(record(event))
    return event
  }

  function placePast (event: Unplaced & { readonly uid: string }, saidAt: Micros): RoomEvent {
    const time = formatTime(saidAt)
    clock.passed(time)
    return { ...event, room, time, via: 'catch-up' }
  }

  return {
    live: (event, readAt) => hand({ ...event, room, uid: event.uid ?? randomUid(), time: clock.next(readAt), via: 'live' }),
    past: (event, saidAt) => hand(placePast(event, saidAt)),
    pastUnless (isRecorded, event, saidAt) {
      include(isRecorded.then(async found => found ? undefined : record(placePast(event, saidAt))))
    },
    recorded (time) { clock.passed(time) },
    drained: () => drained
  }
}
