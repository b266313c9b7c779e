import type { ArchiveStore } from '../archive/store.ts'
import type { RoomJid } from '../model/address.ts'
import type { ArchivedEvent } from '../model/event.ts'
import { xml } from '../xmpp/element.ts'
import type { Element } from '../xmpp/element.ts'
import { NS } from '../xmpp/namespaces.ts'

/** XEP-0313 §5: the ids and times of the oldest and newest message; nothing of an empty archive. */
export async function findMetadata (room: RoomJid, store: Pick<ArchiveStore, 'page'>): Promise<Element> {
  const [oldest, newest] = await Promise.all([false, true].map(async reverse =>
    (await store.page(room, { stream: 'talk', limit: 1, reverse })).events[0]))
  return xml('metadata', { xmlns: NS.MAM }, edge('start', oldest), edge('end', newest))
}

function edge (name: 'start' | 'end', event: ArchivedEvent | undefined): Element | undefined {
  return event === undefined ? undefined : xml(name, { id: event.uid, timestamp: event.time })
}
