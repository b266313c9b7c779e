import { toMicros } from '../model/archive-time.ts'
import type { Micros } from '../model/archive-time.ts'
import type { ArchivedEvent, RoomEvent, Uid } from '../model/event.ts'
import { parseXml } from '../xmpp/element.ts'
import { NS } from '../xmpp/namespaces.ts'
import { stanzaIdBy } from '../xmpp/stanza-id.ts'
import type { HeardMessage } from './message.ts'

/**
 * What the room tells of the past after a join, held against what is recorded: each item either is recorded already or
 * gets a time after its predecessor, so that the order of the room is kept although its stamps may have whole seconds only.
 */
export interface History {
  /**
   * Takes in what is recorded, or about to be: talk that the room may tell again.
   * @param isRoomId whether the uid is the room's own; otherwise the stanza of each tells
   */
  add (events: readonly RoomEvent[], isRoomId?: (uid: Uid) => boolean): void
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
/** Of a removed subject nothing but its time is known. */
const SUBJECT_TOLERANCE: Micros = 10_000_000

export function createHistory (): History {
  const byUid = new Map<Uid, RoomEvent>()
  const unmatched = new Map<Uid, { event: RoomEvent, isRoomId: () => boolean }>()
  let floor: Micros = 0
  let lastSubject: RoomEvent | undefined

  function isAlike (event: RoomEvent, item: HeardMessage): boolean {
    if (event.kind !== item.kind || event.body !== item.fields.body) return false
    if (item.saidAt !== undefined && Math.abs(toMicros(event.time) - item.saidAt) >= TOLERANCE) return false
    // A subject that stands is told again without the id attribute of its message, and by some rooms in their own name.
    if (event.kind === 'subject') return true
    // Loggers that were imported from keep no ids.
    const hasSameId = event.message === item.fields.message || (event.via === 'import' && event.message === undefined)
    return event.nick === item.nick && hasSameId
  }

  /** What was removed here a room may tell again: its words are gone, but not whose it was and which. */
  function isRemovedForm ({ removed, kind, time, nick, message }: RoomEvent & Pick<ArchivedEvent, 'removed'>, item: HeardMessage): boolean {
    if (removed === undefined || kind !== item.kind || item.saidAt === undefined || item.stanzaId !== undefined) return false
    const apart = Math.abs(toMicros(time) - item.saidAt)
    if (kind === 'subject') return apart < SUBJECT_TOLERANCE
    return apart < TOLERANCE && nick === item.nick && message !== undefined && message === item.fields.message
  }

  // Without ids of the room on either side: same words, same person, same id attribute, about the same time, each used once.
  function findAlike (item: HeardMessage): RoomEvent | undefined {
    const candidates = [...unmatched.values()]
    const alike = candidates.find(({ event, isRoomId }) => isAlike(event, item) && (item.stanzaId === undefined || !isRoomId()))
    return (alike ?? candidates.find(({ event }) => isRemovedForm(event, item)))?.event
  }

  return {
    add (events, isRoomId) {
      for (const event of events) {
        if (byUid.has(event.uid)) continue
        byUid.set(event.uid, event)
        unmatched.set(event.uid, { event, isRoomId: () => isRoomId?.(event.uid) ?? hasRoomId(event) })
        if (event.kind === 'subject' && (lastSubject === undefined || event.time > lastSubject.time)) lastSubject = event
      }
    },
    find (item) {
      const event = (item.stanzaId === undefined ? undefined : byUid.get(item.stanzaId)) ?? findAlike(item)
      if (event !== undefined) unmatched.delete(event.uid)
      return event
    },
    timeOf: saidAt => Math.max(saidAt, floor + 1),
    passed (event) { floor = Math.max(floor, toMicros(event.time)) },
    get lastSubject () { return lastSubject?.body }
  }
}

/** Whether the event is recorded under the room's own id. */
export function hasRoomId ({ stanza, room, uid }: RoomEvent): boolean {
  if (stanza === undefined || !stanza.includes(NS.STANZA_ID)) return false
  try {
    return stanzaIdBy(parseXml(stanza), room) === uid
  } catch {
    return false
  }
}
