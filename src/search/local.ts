import { setImmediate } from 'node:timers/promises'
import type { Logger } from '../log.ts'
import { HansardError } from '../model/errors.ts'
import { isDamage, openIndexFile, replaceIndexFile, toSearchError } from './local-file.ts'
import { createReaderPool } from './local-pool.ts'
import { createScrubber } from './local-scrubber.ts'
import { createWriter } from './local-writer.ts'
import type { SearchIndex, SearchPage } from './search-index.ts'
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

const BULK = 100
const NO_ROOMS: SearchPage = { hits: [], total: 0, totalIsExact: true, complete: true }

/**
 * The index of one machine: FTS5 in a SQLite file, written by the calling thread, read by threads of its own. Several
 * processes may have it open. Throws ERR_SEARCH when the file cannot be opened; a damaged or outdated one is replaced by
 * an empty one, so that checkpoint() tells to index again.
 */
export function createLocalIndex (options: LocalIndexOptions): SearchIndex {
  const { path, log, language = 'en', readers = 2, timeBoxMs = 5000, cacheMb = 16 } = options
  const languages: readonly Language[] = typeof language === 'string' ? [language] : language
  let db = openIndexFile(path, log)
  let scrubber = createScrubber(db)
  let writer = open()
  let closed = false
  const pool = createReaderPool({ path, languages, cacheMb, readers, timeBoxMs, log, onDamage: replace })

  function open (): ReturnType<typeof createWriter> {
    const writer = createWriter(db, languages, () => { scrubber.soon() })
    if (writer.setLanguages()) log.info({ path, languages }, 'search index now finds the forms of other languages')
    return writer
  }

  function replace (damage: unknown): void {
    if (closed) return
    void pool.drop()
    scrubber.stop()
    db.close()
    db = replaceIndexFile(path, log, damage)
    scrubber = createScrubber(db)
    writer = open()
  }

  // Damage met while working empties the index; `otherwise` is what then holds.
  async function write<T> (what: string, work: () => T, otherwise: T): Promise<T> {
    if (closed) throw new HansardError('ERR_SEARCH', `Cannot ${what} the search index ${path}: it is closed`)
    try {
      return work()
    } catch (error) {
      if (!isDamage(error)) throw toSearchError(`${what} the search index ${path}`, error)
      replace(error)
      return otherwise
    }
  }

  return {
    checkpoint: () => write('read', () => writer.checkpoint(), undefined),
    async apply (changes, from, to) {
      // A rebuild is one batch after the other: others get a turn between them.
      if (changes.length >= BULK) await setImmediate()
      return write('write', () => writer.apply(changes, from, to), false)
    },
    clear: () => write('clear', () => writer.clear(), undefined),
    async search (request) {
      if (closed) throw new HansardError('ERR_SEARCH', `Cannot search the index ${path}: it is closed`)
      return request.rooms.length === 0 && request.facets !== true ? NO_ROOMS : pool.search(request)
    },
    async suggest (request) {
      if (closed) throw new HansardError('ERR_SEARCH', `Cannot search the index ${path}: it is closed`)
      return request.rooms.length === 0 ? undefined : pool.suggest(request)
    },
    async close () {
      if (closed) return
      closed = true
      await pool.drop()
      scrubber.stop()
      db.close()
    }
  }
}
