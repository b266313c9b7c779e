import type { Logger } from '../log.ts'
import { defined } from '../model/defined.ts'
import { HansardError } from '../model/errors.ts'
import type { SearchIndex } from '../search/search-index.ts'
import { createFollower } from './follower.ts'
import type { ArchiveStore, Change, ChangeCursor } from './store.ts'

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
  /** True while the index has not reached the end once, or is built anew: searches may miss events. */
  readonly isPartial: boolean
  readonly problem?: string
  /** Milliseconds since 1970: since when something recorded may be missing; undefined when nothing is. */
  readonly behindSince?: number
}

export interface IndexFeedOptions {
  readonly store: Pick<ArchiveStore, 'changes'>
  readonly index: Pick<SearchIndex, 'checkpoint' | 'apply'>
  readonly log: Logger
  /**
   * How many changes to gather for one transaction of the index while it is behind. Many are faster; but a transaction
   * keeps the process busy for its time, so a server leaves it at the batches of the store.
   */
  readonly gather?: number
  /** Called after each batch with the number of changes taken in. */
  readonly onProgress?: (changes: number) => void
}

// Two processes hinder each other now and then; an index that never takes a batch is out of order.
const MAX_REFUSALS = 20

export function createIndexFeed ({ store, index, log, gather = 1, onProgress }: IndexFeedOptions): IndexFeed {
  let isPartial = true
  // Of what the present run takes in, and of what came after it began.
  let takenSince: number | undefined
  let waitingSince: number | undefined

  const follower = createFollower({
    async work () {
      takenSince ??= waitingSince
      waitingSince = undefined
      for (let refusals = 0; !follower.isStopped() && !await catchUp(); refusals++) {
        if (refusals === MAX_REFUSALS) throw new HansardError('ERR_SEARCH', 'Cannot update the search index: it refuses every change')
      }
      if (!follower.isStopped()) takenSince = undefined
    },
    onFailure: error => { log.error({ err: error }, 'search index cannot be updated; the next event tries again') },
    onRecovery: () => { log.info('search index is up to date again') }
  })

  /** False when another process moved the checkpoint, so that it must be read again. */
  async function catchUp (): Promise<boolean> {
    let from = await index.checkpoint()
    if (from === undefined) isPartial = true
    for await (const changes of gathered(store.changes(from as ChangeCursor | undefined), gather)) {
      const to = changes.at(-1)?.cursor
      if (to === undefined) continue
      if (!await index.apply(changes, from, to)) return false
      from = to
      onProgress?.(changes.length)
      if (follower.isStopped()) return true
    }
    isPartial = false
    return true
  }

  return {
    advance () {
      waitingSince ??= Date.now()
      return follower.advance()
    },
    status: () => ({ isPartial, ...defined({ problem: follower.problem(), behindSince: takenSince ?? waitingSince }) }),
    stop: () => follower.stop()
  }
}

async function * gathered (batches: AsyncIterable<readonly Change[]>, atLeast: number): AsyncGenerator<readonly Change[]> {
  let gathered: Change[] = []
  for await (const batch of batches) {
    gathered = gathered.concat(batch)
    if (gathered.length < atLeast) continue
    yield gathered
    gathered = []
  }
  if (gathered.length > 0) yield gathered
}
