import type { ArchiveStore } from '../archive/store.ts'
import type { SearchIndex } from '../search/search-index.ts'

/** What pages are found in. */
export interface PageSources {
  readonly store: Pick<ArchiveStore, 'page' | 'count' | 'rank' | 'get' | 'getMany' | 'fetch' | 'gaps'>
  readonly index: Pick<SearchIndex, 'search'>
}
