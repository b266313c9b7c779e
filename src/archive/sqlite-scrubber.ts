import { setTimeout as sleep } from 'node:timers/promises'
import type { Database } from 'better-sqlite3'
import type { Logger } from 'pino'
import { sqliteError } from './sqlite-errors.ts'

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

/** Cuts the write-ahead log once for all texts taken out within a moment; tries again while another process reads it. */
export function createScrubber ({ db, path, log }: Options): Scrubber {
  let timer: NodeJS.Timeout | undefined

  function soon (inMs = SCRUB_MS): void {
    timer ??= setTimeout(() => {
      timer = undefined
      if (!scrub()) soon(BUSY_PAUSE_MS)
    }, inMs).unref()
  }

  /** False while a reader is in the way. */
  function scrub (): boolean {
    try {
      const [outcome] = db.pragma('wal_checkpoint(TRUNCATE)') as [{ busy: number }]
      return outcome.busy === 0
    } catch (error) {
      log?.warn({ err: sqliteError(error, path) }, 'the write-ahead log may still hold texts that were taken out')
      return true
    }
  }

  // What a process that was killed did not come to.
  scrub()

  return {
    soon () { soon() },

    async close () {
      if (timer === undefined) return
      clearTimeout(timer)
      timer = undefined
      const start = performance.now()
      while (!scrub()) {
        if (performance.now() - start > CLOSE_MS) {
          log?.warn({ path }, 'the write-ahead log still holds texts that were taken out, since another process reads it: it is cut when that one ends')
          return
        }
        await sleep(BUSY_PAUSE_MS)
      }
    }
  }
}
