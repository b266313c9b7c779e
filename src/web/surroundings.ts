import type { PublishedRoom } from '../access/can-read.ts'
import type { ArchiveStore } from '../archive/store.ts'
import { contentOf } from '../model/content.ts'
import type { ArchivedEvent, Uid } from '../model/event.ts'
import { messagePath } from './urls.ts'
import type { Surroundings } from './view/surroundings.ts'

/** Looks up what the events of a page answer: by one look, and a second where a correction was answered. */
export async function surroundingsOf (
  store: Pick<ArchiveStore, 'getMany'>, room: PublishedRoom, events: readonly ArchivedEvent[]
): Promise<Surroundings> {
  const here = byUid(events)
  async function find (uids: readonly Uid[]): Promise<void> {
    const wanted = [...new Set(uids)].filter(uid => !here.has(uid))
    if (wanted.length === 0) return
    for (const event of await store.getMany(room.jid, wanted)) here.set(event.uid, event)
  }
  const named = [...new Set(events.flatMap(event => contentOf(event).repliesTo ?? []))]
  await find(named)
  await find(named.flatMap(uid => here.get(uid)?.appliesTo ?? []))
  const answered = new Map(named.flatMap(uid => {
    const event = here.get(uid)
    const whole = event?.appliesTo === undefined ? event : here.get(event.appliesTo)
    return whole === undefined ? [] : [[uid, whole] as const]
  }))
  return { answered, permalink: uid => messagePath(room.slug, uid), showsEdits: room.showsEdits === true }
}

function byUid (events: readonly ArchivedEvent[]): Map<Uid, ArchivedEvent> {
  return new Map(events.map(event => [event.uid, event]))
}
