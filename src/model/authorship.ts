import type { ArchiveTime } from './archive-time.ts'
import type { ArchivedEvent } from './event.ts'

/** What must be known of the room to tell whose a message is, and which one an id means. */
export interface Session {
  /** When the stay ended in which the author said it, where the room gives no occupant-ids; undefined while it goes on. */
  readonly endedAt?: ArchiveTime
  /** Other talk with the same id attribute. */
  readonly namesakes?: readonly ArchivedEvent[]
}

export interface Authorship {
  /** by occupant-id; where there are none, by a nick that was not given up in between. */
  readonly hasSameAuthor: (event: ArchivedEvent) => boolean
  /** Senders may give an id again: then it means the last of their messages that had it before. */
  readonly isMeantBy: (event: ArchivedEvent) => boolean
}

export function authorshipOf (original: ArchivedEvent, { endedAt, namesakes = [] }: Session): Authorship {
  const { occupant, nick, time, uid, message } = original
  const others = namesakes.filter(other => other.uid !== uid && other.message === message && isByAuthor(other) && isFirstVersion(other))
  const next = others.map(other => other.time).filter(other => other > time).sort()[0]
  const isFirst = others.every(other => other.time > time)

  function isByAuthor (event: ArchivedEvent): boolean {
    return event.occupant === occupant && (occupant !== undefined || event.nick === nick)
  }

  return {
    hasSameAuthor: event => isByAuthor(event) &&
      (occupant !== undefined || (nick !== '' && event.time > time && (endedAt === undefined || event.time < endedAt))),
    isMeantBy: event => (next === undefined || event.time < next) && (isFirst || event.time > time)
  }
}

function isFirstVersion ({ kind, replaces }: ArchivedEvent): boolean {
  return kind === 'message' && replaces === undefined
}
