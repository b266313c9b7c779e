import { HansardError } from '../model/errors.ts'
import type { IndexRebuild } from '../search/search-index.ts'
import type { ArchiveStore, Change, ChangeCursor } from './store.ts'

export interface IndexRebuildOptions {
  readonly store: Pick<ArchiveStore, 'changes'>
  readonly rebuild: IndexRebuild
  /** Called after each batch with the number of changes read so far, those of a build that was begun earlier left aside. */
  readonly onProgress?: (changes: number) => void
  readonly signal?: AbortSignal
}

/**
 * So many changes are written in one transaction: the index in use waits for its end when something is to be written in both, so
 * it may last some tenths of a second.
 */
const GATHER = 1_000

/**
 * Reads the whole record into an index beside the one in use, from where it stands, and puts it in its place at the end.
 * Resolves to whether it got there: it stops after a batch when the signal tells, to be gone on with later.
 */
export async function rebuildIndex (options: IndexRebuildOptions): Promise<boolean> {
  const { rebuild } = options
  if (!await readAll(options)) return false
  // What was left out, for the index in use had something newer, is read once more; if that is so again, after the exchange.
  if (rebuild.rewind() && !await readAll(options)) return false
  rebuild.finish()
  return true
}

async function readAll ({ store, rebuild, onProgress, signal }: IndexRebuildOptions): Promise<boolean> {
  let from = rebuild.checkpoint()
  let mark = rebuild.mark()
  let gathered: Change[] = []
  let done = 0

  function write (): void {
    const to = gathered.at(-1)?.cursor
    if (to === undefined) return
    if (!rebuild.apply(gathered, from, to, mark)) throw new HansardError('ERR_SEARCH', 'Cannot build the search index: it stands elsewhere than expected')
    from = to
    done += gathered.length
    gathered = []
    onProgress?.(done)
  }

  for await (const batch of store.changes(from as ChangeCursor | undefined)) {
    gathered = gathered.concat(batch)
    if (gathered.length < GATHER) continue
    write()
    if (signal?.aborted === true) return false
    // Before the next batch is read.
    mark = rebuild.mark()
  }
  write()
  return true
}
