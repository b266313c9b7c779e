import type { Logger } from '../log.ts'
import { messageOf } from '../model/errors.ts'
import type { SearchIndex } from '../search/search-index.ts'
import type { ArchiveStore, ChangeCursor } from './store.ts'

/**
 * Brings the search index up to the record by reading the store's changes after the index's own checkpoint. The same
 * path serves the live event, the repair after a crash and a complete rebuild, whichever process wrote the record.
 */
export interface IndexFeed {
  /** Resolves when everything recorded before the call is searchable, or when indexing failed (see status). */
  advance (): Promise<void>
  status (): FeedStatus
  /** Lets the present batch finish and starts no other. */
  stop (): Promise<void>
}

export interface FeedStatus {
  /** True until the first advance() of this process has reached the end: searches may miss events. */
  readonly isPartial: boolean
  readonly problem?: string
}

export interface IndexFeedOptions {
  readonly store: Pick<ArchiveStore, 'changes'>
  readonly index: Pick<SearchIndex, 'checkpoint' | 'apply'>
  readonly log: Logger
  /** Called after each batch with the number of changes taken in. */
  readonly onProgress?: (changes: number) => void
}

export function createIndexFeed ({ store, index, log, onProgress }: IndexFeedOptions): IndexFeed {
  let running: Promise<void> | undefined
  let isWanted = false
  let isPartial = true
  let isStopped = false
  let problem: string | undefined

  async function run (): Promise<void> {
    while (isWanted && !isStopped) {
      isWanted = false
      try {
        await catchUp()
        if (problem !== undefined) log.info('search index is up to date again')
        problem = undefined
      } catch (error) {
        if (problem === undefined) log.error({ err: error }, 'search index cannot be updated; the next event tries again')
        problem = messageOf(error)
      }
    }
  }

  async function catchUp (): Promise<void> {
    let from = await index.checkpoint()
    for await (const changes of store.changes(from as ChangeCursor | undefined)) {
      const to = changes.at(-1)?.cursor
      if (to === undefined) continue
      if (!await index.apply(changes, from, to)) {
        isWanted = true // another process moved the checkpoint: start again from there
        return
      }
      from = to
      onProgress?.(changes.length)
      if (isStopped) return
    }
    isPartial = false
  }

  return {
    advance () {
      isWanted = true
      running ??= run().finally(() => { running = undefined })
      return running
    },
    status: () => ({ isPartial, ...(problem === undefined ? {} : { problem }) }),
    async stop () {
      isStopped = true
      await running
    }
  }
}
