import type { ArchiveStore } from '../archive/store.ts'
import type { RoomJid } from '../model/address.ts'
import type { ArchivedEvent, Uid } from '../model/event.ts'

export interface TalkBeside {
  /** In the order of the record. */
  readonly events: readonly ArchivedEvent[]
  /** Nothing lies beyond. */
  readonly isComplete: boolean
}

/** Pages that are read at most: where people do nothing but react, there is less beside a message. */
const MAX_PAGES = 5

/** Talk before or after a message, without what is part of how other messages stand. */
export async function talkBeside (
  store: Pick<ArchiveStore, 'page'>, room: RoomJid, uid: Uid, direction: 'before' | 'after', wanted: number
): Promise<TalkBeside> {
  let events: ArchivedEvent[] = []
  let edge: Uid | undefined = uid
  for (let n = 0; n < MAX_PAGES && edge !== undefined && events.length < wanted; n++) {
    const page = await store.page(room, { stream: 'talk', limit: wanted, [direction]: edge, ...(direction === 'before' ? { reverse: true } : {}) })
    const shown = page.events.filter(({ appliesTo }) => appliesTo === undefined)
    events = direction === 'before' ? [...shown, ...events] : [...events, ...shown]
    edge = page.complete ? undefined : page.events.at(direction === 'before' ? 0 : -1)?.uid
  }
  const isCut = events.length > wanted
  return { events: direction === 'before' ? events.slice(-wanted) : events.slice(0, wanted), isComplete: edge === undefined && !isCut }
}
