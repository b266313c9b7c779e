import type Database from 'better-sqlite3'

export interface Scrubber {
  /** Something was taken out: the write-ahead log, where it can still be read, is to be cut. */
  soon (): void
  /** Tries once what is to be done still. */
  stop (): void
}

const SCRUB_MS = 500
const BUSY_MS = 50

/** Cuts the write-ahead log once for all that was taken out within a moment; tries again while somebody reads it. */
export function createScrubber (db: Database.Database): Scrubber {
  let timer: NodeJS.Timeout | undefined

  function scrub (): boolean {
    const [outcome] = db.pragma('wal_checkpoint(TRUNCATE)') as [{ busy: number }]
    return outcome.busy === 0
  }

  function inMs (millis: number): void {
    timer ??= setTimeout(() => {
      timer = undefined
      if (!scrub()) inMs(BUSY_MS)
    }, millis).unref()
  }

  return {
    soon () { inMs(SCRUB_MS) },
    stop () {
      if (timer === undefined) return
      clearTimeout(timer)
      timer = undefined
      scrub()
    }
  }
}
