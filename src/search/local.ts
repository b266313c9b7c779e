import { setImmediate } from 'node:timers/promises'
import type Database from 'better-sqlite3'
import type { Logger } from '../log.ts'
import { HansardError } from '../model/errors.ts'
import { isDamage, isOutdated, openIndexFile, replaceIndexFile, toSearchError } from './local-file.ts'
import { basePathOf, generationsOf } from './local-generations.ts'
import { createReaderPool } from './local-pool.ts'
import { beginRebuild } from './local-rebuild.ts'
import { createScrubber } from './local-scrubber.ts'
import type { Scrubber } from './local-scrubber.ts'
import { createUnfinished } from './local-unfinished.ts'
import { createWriter } from './local-writer.ts'
import type { IndexWriter } from './local-writer.ts'
import type { IndexChange, SearchIndex, SearchPage } from './search-index.ts'
import type { Language } from './stem.ts'

export interface LocalIndexOptions {
  /** A SQLite file of its own, beside which `-wal` and `-shm` appear; what was no index there is kept as `.damaged`. */
  readonly path: string
  readonly log: Logger
  /** Whose forms of words are found together; may be changed without indexing again. */
  readonly language?: Language | readonly Language[]
  readonly readers?: number
  readonly timeBoxMs?: number
  /** Page cache of each reader. */
  readonly cacheMb?: number
}

interface Live {
  readonly db: Database.Database
  readonly identity: string | undefined
  readonly scrubber: Scrubber
  readonly writer: IndexWriter
}

const BULK = 100
const NO_ROOMS: SearchPage = { hits: [], total: 0, totalIsExact: true, complete: true }

/**
 * The index of one machine: FTS5 in a SQLite file, written by the calling thread, read by threads of its own. Several
 * processes may have it open. Throws ERR_SEARCH when the file cannot be opened; one that is damaged or of an older schema is
 * replaced by an empty one, so that checkpoint() tells to index again. One of another analyser is used until it is built anew.
 */
export function createLocalIndex (options: LocalIndexOptions): SearchIndex {
  const { log, language = 'en', readers = 2, timeBoxMs = 5000, cacheMb = 16 } = options
  const languages: readonly Language[] = typeof language === 'string' ? [language] : language
  const path = basePathOf(options.path)
  const generations = generationsOf(path)
  let live = open(openIndexFile(path, log))
  let closed = false
  generations.sweep()
  const unfinished = createUnfinished({ generations, languages, log })
  const pool = createReaderPool({ path, languages, cacheMb, readers, timeBoxMs, log, onDamage: replace })

  function open (db: Database.Database): Live {
    const identity = generations.identity(path)
    const scrubber = createScrubber(db)
    const writer = createWriter(db, languages, () => { scrubber.soon() })
    if (writer.setLanguages()) log.info({ path, languages }, 'search index now finds the forms of other languages')
    return { db, identity, scrubber, writer }
  }

  function leave (): void {
    live.scrubber.stop()
    live.db.close()
  }

  /** The index in use: another may have taken the place of the one that was written last. */
  function current (): Live {
    if (generations.identity(path) !== live.identity) {
      leave()
      live = open(openIndexFile(path, log))
      log.info({ path }, 'search index gave way to one that was built anew')
    }
    return live
  }

  function replace (damage: unknown): void {
    if (closed) return
    void pool.drop()
    leave()
    live = open(replaceIndexFile(path, log, damage))
  }

  // Damage met while working empties the index; `otherwise` is what then holds.
  async function write<T> (what: string, work: (writer: IndexWriter) => T, otherwise: T): Promise<T> {
    if (closed) throw closedError(what)
    try {
      return work(current().writer)
    } catch (error) {
      if (!isDamage(error)) throw toSearchError(`${what} the search index ${path}`, error)
      replace(error)
      return otherwise
    }
  }

  // Under the lock of the index: no other can be read, written or put in its place meanwhile.
  function alsoUnfinished (changes: readonly IndexChange[]): readonly IndexChange[] | undefined {
    if (generations.identity(path) !== live.identity) return undefined
    unfinished.put(changes)
    return changes
  }

  function closedError (what: string): HansardError {
    return new HansardError('ERR_SEARCH', `Cannot ${what} the search index ${path}: it is closed`)
  }

  return {
    checkpoint: () => write('read', writer => writer.checkpoint(), undefined),
    async apply (changes, from, to) {
      // A rebuild is one batch after the other: others get a turn between them.
      if (changes.length >= BULK) await setImmediate()
      return write('write', writer => writer.apply(changes, from, to, alsoUnfinished), false)
    },
    clear: () => write('clear', writer => { writer.clear() }, undefined),
    rebuilding: {
      isDue: () => isOutdated(current().db) || generations.identity(generations.next) !== undefined,
      isBegun: () => generations.identity(generations.next) !== undefined,
      begin: isFresh => beginRebuild({ path, generations, languages, isFresh })
    },
    async search (request) {
      if (closed) throw closedError('search')
      return request.rooms.length === 0 && request.facets !== true ? NO_ROOMS : pool.search(request)
    },
    async suggest (request) {
      if (closed) throw closedError('search')
      return request.rooms.length === 0 ? undefined : pool.suggest(request)
    },
    async close () {
      if (closed) return
      closed = true
      await pool.drop()
      unfinished.close()
      leave()
    }
  }
}
