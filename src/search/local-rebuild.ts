import Database from 'better-sqlite3'
import { HansardError } from '../model/errors.ts'
import { finishFile, isDamage, openUnfinished } from './local-file.ts'
import type { Generations } from './local-generations.ts'
import { takeLock } from './local-lock.ts'
import type { Unlock } from './local-lock.ts'
import { createScrubber } from './local-scrubber.ts'
import { createWriter } from './local-writer.ts'
import type { IndexRebuild } from './search-index.ts'
import type { Language } from './stem.ts'

export interface RebuildOptions {
  /** Of the index in use. */
  readonly path: string
  readonly generations: Generations
  readonly languages: readonly Language[]
  readonly isFresh: boolean
}

const BUSY_MS = 5_000

/** See Rebuilding.begin(). */
export function beginRebuild (options: RebuildOptions): IndexRebuild | undefined {
  const unlock = takeLock(`${options.path}.lock`)
  if (unlock === undefined) return undefined
  try {
    return openRebuild(options, unlock)
  } catch (error) {
    unlock()
    throw error
  }
}

function openRebuild ({ path, generations, languages, isFresh }: RebuildOptions, unlock: Unlock): IndexRebuild {
  const { next } = generations
  const db = openNext(generations, isFresh)
  const identity = generations.identity(next)
  const scrubber = createScrubber(db)
  const writer = createWriter(db, languages, () => { scrubber.soon() })
  writer.setLanguages()
  // Numbers of rows that are gone are not given again.
  const lastAhead = db.prepare<[], number>("SELECT seq FROM sqlite_sequence WHERE name = 'ahead'").pluck()
  const aheadSince = db.prepare<[number], string>('SELECT id FROM ahead WHERE number > ?').pluck()
  const again = db.prepare<[], string>("SELECT value FROM meta WHERE key = 'again'").pluck()
  const setAgain = db.prepare<[string]>("INSERT OR IGNORE INTO meta VALUES ('again', ?)")
  const forgetAhead = db.prepare<[number]>('DELETE FROM ahead WHERE number <= ?')

  function assertMine (): void {
    if (generations.identity(next) !== identity) {
      throw new HansardError('ERR_SEARCH', `Cannot go on building the search index ${path}: its new file was taken away, begin again`)
    }
  }

  function rewind (): boolean {
    const from = again.get()
    if (from === undefined) return false
    if (from === '') db.exec("DELETE FROM meta WHERE key IN ('again', 'checkpoint')")
    else {
      db.exec(`INSERT INTO meta SELECT 'checkpoint', value FROM meta WHERE key = 'again' ON CONFLICT DO UPDATE SET value = excluded.value;
        DELETE FROM meta WHERE key = 'again'`)
    }
    return true
  }

  function close (): void {
    scrubber.stop()
    db.close()
    unlock()
  }

  return {
    checkpoint: () => writer.checkpoint(),
    mark: () => lastAhead.get() ?? 0,
    apply (changes, from, to, mark) {
      assertMine()
      return writer.apply(changes, from, to, changes => {
        const newer = new Set(aheadSince.all(mark))
        forgetAhead.run(mark)
        const chosen = changes.filter(({ id }) => !newer.has(id))
        if (chosen.length < changes.length) setAgain.run(from ?? '')
        return chosen
      })
    },
    rewind: () => db.transaction(rewind).immediate(),
    finish () {
      assertMine()
      scrubber.stop()
      // Whoever writes has this lock, and looks under it whether its file is still the one in use.
      whileLocked(path, () => {
        db.transaction(() => {
          rewind()
          finishFile(db)
        }).immediate()
        generations.swap()
      })
      db.close()
      unlock()
    },
    close
  }
}

function openNext (generations: Generations, isFresh: boolean): Database.Database {
  const { next } = generations
  if (isFresh || generations.identity(next) === undefined) generations.discard()
  else {
    const begun = openUnfinished(next)
    if (begun !== undefined) return begun
    generations.discard()
  }
  generations.begin()
  const db = openUnfinished(next)
  if (db === undefined) throw new HansardError('ERR_SEARCH', `Cannot build a search index at ${next}: a new file there is damaged`)
  return db
}

// An index that is gone or damaged has nobody who writes to it.
function whileLocked (path: string, work: () => void): void {
  let db: Database.Database | undefined
  try {
    db = new Database(path, { timeout: BUSY_MS })
    db.exec('BEGIN IMMEDIATE')
  } catch (error) {
    if (!isDamage(error)) {
      db?.close()
      throw error
    }
  }
  try {
    work()
  } finally {
    if (db?.inTransaction === true) db.exec('ROLLBACK')
    db?.close()
  }
}
