import { toMicros } from '../model/archive-time.ts'
import type { Micros } from '../model/archive-time.ts'
import type { RoomEvent, Uid } from '../model/event.ts'
import type { HeardMessage } from './message.ts'

/**
 * What the room tells of the past after a join, held against what is recorded: each item either is recorded already or
 * gets a time after its predecessor, so that the order of the room is kept although its stamps may have whole seconds only.
 */
export interface History {
  /** Takes in what is recorded, or about to be: talk that the room may tell again. */
  add (events: readonly RoomEvent[]): void
  /** The recorded form of the item, when it has one; it is not found a second time. */
  find (item: HeardMessage): RoomEvent | undefined
  /** The time to record a new item under. */
  timeOf (saidAt: Micros): Micros
  /** Tells what became of an item; the next comes after it. */
  passed (event: Pick<RoomEvent, 'time'>): void
  /** The text of the newest subject that was added. */
  readonly lastSubject: string | undefined
}

/** A stamp of the room and our time of reading the same message differ by the two clocks and the way between. */
export const TOLERANCE: Micros = 300_000_000

export function createHistory (): History {
  const byUid = new Map<Uid, RoomEvent>()
  const unmatched = new Map<Uid, RoomEvent>()
  let floor: Micros = 0
  let lastSubject: RoomEvent | undefined

  function isAlike (event: RoomEvent, item: HeardMessage): boolean {
    if (event.kind !== item.kind || event.body !== item.fields.body) return false
    if (item.saidAt !== undefined && Math.abs(toMicros(event.time) - item.saidAt) >= TOLERANCE) return false
    // A subject that stands is told again without the id attribute of its message, and by some rooms in their own name.
    return event.kind === 'subject' || (event.nick === item.nick && event.message === item.fields.message)
  }

  // Without ids of the room: same words, same person, same id attribute, about the same time, each used once.
  function findAlike (item: HeardMessage): RoomEvent | undefined {
    for (const event of unmatched.values()) if (isAlike(event, item)) return event
    return undefined
  }

  return {
    add (events) {
      for (const event of events) {
        if (byUid.has(event.uid)) continue
        byUid.set(event.uid, event)
        unmatched.set(event.uid, event)
        if (event.kind === 'subject' && (lastSubject === undefined || event.time > lastSubject.time)) lastSubject = event
      }
    },
    find (item) {
      const event = item.stanzaId === undefined ? findAlike(item) : byUid.get(item.stanzaId)
      if (event !== undefined) unmatched.delete(event.uid)
      return event
    },
    timeOf: saidAt => Math.max(saidAt, floor + 1),
    passed (event) { floor = Math.max(floor, toMicros(event.time)) },
    get lastSubject () { return lastSubject?.body }
  }
}
