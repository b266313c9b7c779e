import type { PublishedRoom } from '../access/can-read.ts'
import { HansardError } from '../model/errors.ts'
import { streamOf } from '../model/event.ts'
import type { ArchivedEvent, Uid } from '../model/event.ts'
import type { Gap } from '../model/gap.ts'
import { holesBetween } from './holes.ts'
import type { Site } from './site.ts'
import { surroundingsOf } from './surroundings.ts'
import { talkBetween } from './talk-between.ts'
import type { Surroundings } from './view/surroundings.ts'

/** Talk from one message to another, as they were named, in the order of the record. */
export interface Excerpt {
  readonly first: ArchivedEvent
  readonly last: ArchivedEvent
  readonly events: readonly ArchivedEvent[]
  readonly holes: readonly Gap[]
  readonly around: Surroundings
  /** Too much lies between the two: `last` and what is before it are missing. */
  readonly isCut: boolean
}

/** So many messages are shown at most; whole days have pages of their own. */
export const MOST_SHOWN = 500

/** Throws ERR_ITEM_NOT_FOUND where the room does not know one of the two messages. */
export async function excerptOf ({ store }: Pick<Site, 'store'>, room: PublishedRoom, from: Uid, to: Uid): Promise<Excerpt> {
  const [one, other] = await Promise.all([lineOf(store, room, from), lineOf(store, room, to)])
  const [first, last] = one.time <= other.time ? [one, other] : [other, one]
  const { events, isCut } = await talkBetween(store, room.jid, first.time, last.time, MOST_SHOWN)
  const end = isCut ? events.at(-1)?.time ?? first.time : last.time
  const [holes, around] = await Promise.all([holesBetween(store, room.jid, first.time, end), surroundingsOf(store, room, events)])
  return { first, last, events, holes, around, isCut }
}

/** The message, or the one that it is part of: that is what has a line. */
async function lineOf (store: Site['store'], room: PublishedRoom, uid: Uid): Promise<ArchivedEvent> {
  const named = await store.get(room.jid, uid)
  const event = named?.appliesTo === undefined || named.removed !== undefined ? named : await store.get(room.jid, named.appliesTo)
  if (event === undefined || streamOf(event.kind) !== 'talk') {
    throw new HansardError('ERR_ITEM_NOT_FOUND', 'Cannot show an excerpt: the room has no message with one of these ids')
  }
  return event
}
