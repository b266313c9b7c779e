import type { RoomJid } from '../model/address.ts'
import { formatTime } from '../model/archive-time.ts'
import type { ArchiveTime, Micros } from '../model/archive-time.ts'
import type { RoomEvent, Uid } from '../model/event.ts'
import { createRoomClock } from './room-clock.ts'
import { randomUid } from './uid.ts'

/** An event before it has its place in the record. `uid`: the room's own id, or one made of what the room will tell again. */
export type Unplaced = Omit<RoomEvent, 'room' | 'time' | 'uid' | 'via'> & { readonly uid?: Uid }

/** Gives what was heard its time and uid and hands it over, synchronously and in the order in which it was heard. */
export interface Scribe {
  /** @param roomId the room's own id of a message, which its archive knows it by */
  live (event: Unplaced, readAt: Micros, roomId?: Uid): RoomEvent
  /** Something the room tells of the past, at a time of its own. */
  past (event: Unplaced & { readonly uid: Uid }, saidAt: Micros, roomId?: Uid): RoomEvent
  /** The same once it is known whether it is recorded already. */
  pastUnless (isRecorded: Promise<boolean>, event: Unplaced & { readonly uid: Uid }, saidAt: Micros): void
  /** What stands in the record by other ways: what is live comes after it. */
  recorded (time: ArchiveTime): void
  /** We have joined: what went before has an end of its own. */
  entered (): void
  /** Nothing is missing any more up to this message of the room. */
  caughtUp (id: Uid | undefined): void
  /** The last event that is durable with nothing missing before it, and the last with an id of the room. */
  readonly whole: { readonly time: ArchiveTime | undefined, readonly id: Uid | undefined }
  /** Resolves when everything handed over so far is durable, or was refused and reported. */
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
  let whole: Scribe['whole'] = { time: undefined, id: undefined }
  let isWhole = true

  function fail (error: unknown): void {
    isWhole = false
    onError(error)
  }

  // So that one that fails is reported and holds up nobody.
  function include (work: Promise<unknown>): void {
    const before = drained
    drained = work.catch(fail).then(() => before)
  }

  function hand (event: RoomEvent, roomId: Uid | undefined): RoomEvent {
    include(record(event).then(() => {
      if (isWhole) whole = { time: event.time, id: roomId ?? whole.id }
    }))
    return event
  }

  function placePast (event: Unplaced & { readonly uid: Uid }, saidAt: Micros): RoomEvent {
    const time = formatTime(saidAt)
    clock.passed(time)
    return { ...event, room, time, via: 'catch-up' }
  }

  return {
    live: (event, readAt, roomId) => hand({ ...event, room, uid: event.uid ?? randomUid(), time: clock.next(readAt), via: 'live' }, roomId),
    past: (event, saidAt, roomId) => hand(placePast(event, saidAt), roomId),
    pastUnless (isRecorded, event, saidAt) {
      include(isRecorded.then(async found => found ? undefined : record(placePast(event, saidAt))))
    },
    recorded (time) { clock.passed(time) },
    entered () {
      whole = { time: undefined, id: undefined }
      isWhole = true
    },
    caughtUp (id) {
      // What was heard live meanwhile is newer.
      whole = { time: whole.time, id: whole.id ?? id }
    },
    get whole () { return whole },
    drained: () => drained
  }
}
