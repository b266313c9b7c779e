import type { ArchiveStore } from '../archive/store.ts'
import type { RoomJid } from '../model/address.ts'
import type { SearchIndex } from '../search/search-index.ts'

/** What pages are found in. */
export interface PageSources {
  readonly store: Pick<ArchiveStore, 'page' | 'count' | 'rank' | 'get' | 'getMany' | 'fetch' | 'gaps'>
  readonly index: Pick<SearchIndex, 'search'>
  /** Whether something that was heard in the room still waits for its place in the store. */
  readonly isBehind?: ((room: RoomJid) => boolean) | undefined
}
