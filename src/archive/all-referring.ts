import type { RoomJid } from '../model/address.ts'
import type { ArchivedEvent, Uid } from '../model/event.ts'
import { MAX_REFERRING } from './store.ts'
import type { ArchiveStore } from './store.ts'

/** All talk of the room that names one of these ids, by time; the newest of it where there is more than `most`. */
export async function allReferring (
  store: Pick<ArchiveStore, 'referring'>, room: RoomJid, ids: readonly string[], most = Infinity
): Promise<ArchivedEvent[]> {
  const found = new Map<Uid, ArchivedEvent>()
  if (ids.length === 0) return []
  for (let page = await store.referring(room, ids); page.length > 0;) {
    for (const event of page) found.set(event.uid, event)
    if (page.length < MAX_REFERRING || found.size >= most) break
    page = await store.referring(room, ids, page[0]?.time)
  }
  return [...found.values()].sort((one, other) => one.time < other.time ? -1 : one.time > other.time ? 1 : 0)
}
