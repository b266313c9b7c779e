import type { Database } from 'better-sqlite3'
import type { Logger } from 'pino'
import { sqliteError } from './sqlite-errors.ts'

export interface Scrubber {
  /** A text was taken out: the write-ahead log, where it can still be read, is to be cut. */
  soon (): void
  stop (): void
}

interface Options {
  readonly db: Database
  readonly path: string
  readonly log: Logger | undefined
}

const SCRUB_MILLIS = 1000

/** Cuts the write-ahead log once for all texts taken out within a second; tries again while another process reads it. */
export function createScrubber ({ db, path, log }: Options): Scrubber {
  let timer: NodeJS.Timeout | undefined

  function soon (): void {
    timer ??= setTimeout(() => {
      timer = undefined
      scrub()
    }, SCRUB_MILLIS).unref()
  }

  function scrub (): void {
    try {
      const [outcome] = db.pragma('wal_checkpoint(TRUNCATE)') as [{ busy: number }]
      if (outcome.busy !== 0) soon()
    } catch (error) {
      log?.warn({ err: sqliteError(error, path) }, 'the write-ahead log still holds texts that were taken out')
    }
  }

  return {
    soon,
    stop () { clearTimeout(timer) }
  }
}
