import { setTimeout as sleep } from 'node:timers/promises'
import type { Database } from 'better-sqlite3'
import type { Logger } from 'pino'
import { isBusy, sqliteError } from './sqlite-errors.ts'
import { hasRemains } from './sqlite-remains.ts'

export interface Scrubber {
  /** A text was taken out: the write-ahead log, where it can still be read, is to be cut. */
  soon (): void
  /** Does what is to be done still. */
  close (): Promise<void>
}

interface Options {
  readonly db: Database
  readonly path: string
  readonly log: Logger | undefined
}

const SCRUB_MS = 500
const BUSY_PAUSE_MS = 20
const CLOSE_MS = 1000
// So much is written anew in less than a second.
const SMALL_BYTES = 32_000_000

/**
 * Once for all texts taken out within a moment: cuts the write-ahead log, again and again while another process reads
 * it, and where copies are left in the file itself writes that anew, if it is small.
 */
export function createScrubber ({ db, path, log }: Options): Scrubber {
  let timer: NodeJS.Timeout | undefined

  function soon (inMs = SCRUB_MS): void {
    timer ??= setTimeout(() => {
      timer = undefined
      if (!cut() || !tidy()) soon(BUSY_PAUSE_MS)
    }, inMs).unref()
  }

  /** False while another process is in the way. */
  function attempt (work: () => boolean): boolean {
    try {
      return work()
    } catch (error) {
      if (isBusy(error)) return false
      log?.warn({ err: sqliteError(error, path) }, 'the files of the record may still hold texts that were taken out')
      return true
    }
  }

  function cut (): boolean {
    return attempt(() => (db.pragma('wal_checkpoint(TRUNCATE)') as [{ busy: number }])[0].busy === 0)
  }

  function sizeOf (name: 'page_count' | 'page_size'): number {
    return db.pragma(name, { simple: true }) as number
  }

  // Read by SQLite itself: whoever closes a file that it has open takes its locks on it from the whole process.
  function tidy (): boolean {
    if (path === ':memory:') return true
    return attempt(() => {
      if (sizeOf('page_count') * sizeOf('page_size') > SMALL_BYTES) {
        log?.info({ path }, 'unused parts of pages of the record may hold copies of rows that were taken out; "sqlite3 FILE VACUUM" clears them')
        return true
      }
      if (!hasRemains(db.serialize())) return true
      db.exec('VACUUM')
      return cut()
    })
  }

  // What a process that was killed did not come to.
  cut()

  return {
    soon () { soon() },

    async close () {
      if (timer === undefined) return
      clearTimeout(timer)
      timer = undefined
      const start = performance.now()
      while (!cut() || !tidy()) {
        if (performance.now() - start > CLOSE_MS) {
          log?.warn({ path }, 'the files of the record still hold texts that were taken out, since another process uses them')
          return
        }
        await sleep(BUSY_PAUSE_MS)
      }
    }
  }
}
