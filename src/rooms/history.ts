import { formatTime, toMicros } from '../model/archive-time.ts'
import type { ArchiveTime, Micros } from '../model/archive-time.ts'
import type { ArchivedEvent, RoomEvent } from '../model/event.ts'
import type { HeardMessage } from './message.ts'

/**
 * What the room tells of the past after a join, held against what is recorded: each item either is recorded already or
 * gets a time after its predecessor, so that the order of the room is kept although its stamps may have whole seconds only.
 */
export interface History {
  /** The recorded form of the item, when it has one. */
  find (item: HeardMessage): ArchivedEvent | undefined
  /** The time to record a new item under. */
  timeOf (saidAt: Micros): ArchiveTime
  /** Tells what became of an item; the next comes after it. */
  passed (event: Pick<RoomEvent, 'time'>): void
  /** The last subject that is recorded, as far as the recalled part reaches. */
  readonly lastSubject: string | undefined
}

// A stamp of the room and our time of reading the same message differ by the two clocks and the way between.
const TOLERANCE: Micros = 300_000_000

/** @param recalled the newest recorded talk of the room, oldest first, far enough back for the history asked for */
export function createHistory (recalled: readonly ArchivedEvent[]): History {
  const byUid = new Map(recalled.map(event => [event.uid, event]))
  const unmatched = new Set(recalled)
  let floor: Micros = 0

  function find (item: HeardMessage): ArchivedEvent | undefined {
    const event = item.stanzaId === undefined ? findAlike(item) : byUid.get(item.stanzaId)
    if (event !== undefined) unmatched.delete(event)
    return event
  }

  // Without ids of the room: same words, same person, same id attribute, about the same time, each used once.
  function findAlike (item: HeardMessage): ArchivedEvent | undefined {
    for (const event of unmatched) {
      const isAlike = event.kind === item.kind && event.nick === item.nick &&
        event.body === item.fields.body && event.message === item.fields.message
      if (isAlike && (item.saidAt === undefined || Math.abs(toMicros(event.time) - item.saidAt) < TOLERANCE)) return event
    }
    return undefined
  }

  return {
    find,
    timeOf: saidAt => formatTime(Math.max(saidAt, floor + 1)),
    passed (event) { floor = Math.max(floor, toMicros(event.time)) },
    lastSubject: recalled.findLast(event => event.kind === 'subject')?.body
  }
}
