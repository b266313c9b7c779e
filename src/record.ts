import { createAppend } from './archive/append.ts'
import type { Append } from './archive/append.ts'
import { createFind } from './archive/find.ts'
import type { Find } from './archive/find.ts'
import { createIndexFeed } from './archive/index-feed.ts'
import type { IndexFeed } from './archive/index-feed.ts'
import { createRemovals } from './archive/removals.ts'
import type { Removals } from './archive/removals.ts'
import type { ArchiveStore } from './archive/store.ts'
import type { Config } from './config/config.ts'
import { createFeedThread } from './feed-thread.ts'
import { inTurn } from './in-turn.ts'
import type { Logger } from './log.ts'
import { defined } from './model/defined.ts'
import { openIndex, openStore } from './open.ts'
import { cutStanza } from './rooms/cut-stanza.ts'
import type { SearchIndex } from './search/search-index.ts'

/** The record with its search index, without a network: what the commands work on. */
export interface OpenRecord {
  readonly store: ArchiveStore
  readonly index: SearchIndex
  readonly append: Append
  readonly feed: IndexFeed
  readonly find: Find
  readonly removals: Removals
  close (): Promise<void>
}

const DRAIN_MS = 10_000

export async function openRecord ({ config, log, isBulk = false, onIndexed }: {
  readonly config: Pick<Config, 'store' | 'search'>
  readonly log: Logger
  /** For a process that takes in much at once: indexing gets a thread of its own, and reports no progress. */
  readonly isBulk?: boolean
  readonly onIndexed?: (changes: number) => void
}): Promise<OpenRecord> {
  const store = await openStore(config.store, log)
  const index = await openIndex(config.search, log).catch(async (error: unknown) => {
    await store.close()
    throw error
  })
  const feed = isBulk
    ? createFeedThread(config)
    : createIndexFeed({ store, index, log: log.child({ module: 'search' }), ...defined({ onProgress: onIndexed }) })
  const append = createAppend({ store, onRecorded: () => { advance(feed, log) }, log: log.child({ module: 'archive' }) })
  return {
    store,
    index,
    append,
    feed,
    find: createFind({ store, index }),
    removals: createRemovals({
      store,
      cutStanza,
      onRemoved: () => feed.advance()
    }),
    close: () => inTurn(() => append.close(DRAIN_MS), () => feed.stop(), () => index.close(), () => store.close())
  }
}

/** Something was recorded: the index follows. */
export function advance (feed: IndexFeed, log: Logger): void {
  feed.advance().catch((error: unknown) => { log.error({ err: error }, 'indexing failed') })
}
