import type Database from 'better-sqlite3'
import type { Logger } from '../log.ts'
import { isDamage, openUnfinished } from './local-file.ts'
import type { Generations } from './local-generations.ts'
import { createScrubber } from './local-scrubber.ts'
import type { Scrubber } from './local-scrubber.ts'
import { createWriter } from './local-writer.ts'
import type { IndexWriter } from './local-writer.ts'
import type { IndexChange } from './search-index.ts'
import type { Language } from './stem.ts'

/**
 * An index that is being built, maybe by another process, as the one in use sees it: what is written there is written here too, so
 * that nothing that is removed meanwhile stays in the new file, and the new file does not lag when it takes over.
 */
export interface Unfinished {
  put (changes: readonly IndexChange[]): void
  /** Lets go of the file. */
  close (): void
}

interface Open {
  readonly db: Database.Database
  readonly identity: string
  readonly writer: IndexWriter
  readonly scrubber: Scrubber
  readonly remember: Database.Statement<[string]>
}

export interface UnfinishedOptions {
  readonly generations: Generations
  readonly languages: readonly Language[]
  readonly log: Logger
}

export function createUnfinished ({ generations, languages, log }: UnfinishedOptions): Unfinished {
  const { next } = generations
  let open: Open | undefined

  function close (): void {
    open?.scrubber.stop()
    open?.db.close()
    open = undefined
  }

  function current (): Open | undefined {
    const identity = generations.identity(next)
    if (identity === open?.identity) return open
    close()
    if (identity === undefined) return undefined
    const db = openUnfinished(next)
    if (db === undefined) return undefined
    const scrubber = createScrubber(db)
    open = {
      db,
      identity,
      scrubber,
      writer: createWriter(db, languages, () => { scrubber.soon() }),
      remember: db.prepare('INSERT INTO ahead (id) VALUES (?)')
    }
    return open
  }

  // What cannot follow must not stay: it would keep what is removed.
  function discard (damage?: unknown): void {
    log.warn({ path: next, err: damage }, 'the search index that was being built is damaged or of another version, deleted it')
    close()
    generations.discard()
  }

  return {
    put (changes) {
      try {
        const found = current()
        if (found !== undefined) found.writer.put(changes, id => { found.remember.run(id) })
        else if (generations.identity(next) !== undefined) discard()
      } catch (error) {
        if (!isDamage(error)) throw error
        discard(error)
      }
    },
    close
  }
}
