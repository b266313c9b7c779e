import type { ArchiveStore } from '../archive/store.ts'
import type { RoomJid } from '../model/address.ts'
import { defined } from '../model/defined.ts'
import type { ArchivedEvent, Uid } from '../model/event.ts'

/** Knows what the subject of a room is, by the record. */
export interface Subject {
  /** Undefined when there is none, as far back as is looked. */
  get (): Promise<ArchivedEvent | undefined>
  hear (event: ArchivedEvent): void
}

type SubjectStore = Pick<ArchiveStore, 'page' | 'get'>

const PAGE = 250
const MAX_PAGES = 20

export function createSubject (store: SubjectStore, room: RoomJid): Subject {
  // Only the id is kept: a subject that is removed must not live on here.
  let known: { readonly uid: Uid | undefined } | undefined

  return {
    async get () {
      if (known === undefined) {
        const uid = await findLast(store, room)
        known ??= { uid }
      }
      const event = known.uid === undefined ? undefined : await store.get(room, known.uid)
      return event?.removed === undefined ? event : undefined
    },
    hear ({ kind, via, uid, removed }) {
      if (kind === 'subject' && removed === undefined) known = via === 'live' ? { uid } : undefined
    }
  }
}

async function findLast (store: SubjectStore, room: RoomJid): Promise<Uid | undefined> {
  let before: Uid | undefined
  for (let page = 0; page < MAX_PAGES; page++) {
    const { events, complete } = await store.page(room, { stream: 'talk', limit: PAGE, reverse: true, ...defined({ before }) })
    const last = events.findLast(({ kind }) => kind === 'subject')
    if (last !== undefined || complete) return last?.uid
    before = events[0]?.uid
  }
  return undefined
}
