import type { ArchiveStore } from '../../archive/store.ts'
import type { RoomJid } from '../../model/address.ts'
import type { ArchivedEvent, Uid } from '../../model/event.ts'

/** Where people do nothing but react there is less to show than was asked for. */
const MAX_PAGES = 5

export interface RecentTalk {
  /** By time, without those that are part of how another message stands. */
  readonly events: readonly ArchivedEvent[]
  /** The newest of the room's talk, whether it is shown or not. */
  readonly newest: ArchivedEvent | undefined
  /** Nothing was said before these. */
  readonly isComplete: boolean
}

/** What was said last in the room, at most `wanted` events. */
export async function recentTalk (store: Pick<ArchiveStore, 'page'>, room: RoomJid, wanted: number): Promise<RecentTalk> {
  let events: ArchivedEvent[] = []
  let newest: ArchivedEvent | undefined
  let before: Uid | undefined
  let isComplete = false
  for (let n = 0; n < MAX_PAGES && !isComplete && events.length < wanted; n++) {
    const page = await store.page(room, { stream: 'talk', limit: wanted, reverse: true, ...(before === undefined ? {} : { before }) })
    events = [...page.events.filter(({ appliesTo }) => appliesTo === undefined), ...events]
    newest ??= page.events.at(-1)
    before = page.events[0]?.uid
    isComplete = page.complete || before === undefined
  }
  return { events: events.slice(-wanted), newest, isComplete: isComplete && events.length <= wanted }
}
