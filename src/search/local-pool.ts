import type { Worker } from 'node:worker_threads'
import { HansardError, messageOf } from '../model/errors.ts'
import type { Logger } from '../log.ts'
import { startThread } from '../thread.ts'
import type { SuggestRequest } from './local-suggest.ts'
import type { ReaderAnswer, ReaderOptions, ReaderQuestion } from './local-worker.ts'
import type { SearchPage, SearchRequest } from './search-index.ts'

/** Reader threads, started when searches come in and ended when one takes too long: SQLite cannot be interrupted otherwise. */
export interface ReaderPool {
  /** Rejects with ERR_SEARCH_TIMEOUT, or ERR_SEARCH when the index cannot be read. */
  search (request: SearchRequest): Promise<SearchPage>
  /** The same. */
  suggest (request: SuggestRequest): Promise<string | undefined>
  /** Ends all threads, which lets go of the file; searches under way reject with ERR_SEARCH. */
  drop (): Promise<void>
}

export interface PoolOptions extends ReaderOptions {
  readonly readers: number
  /** A search may take so long, not counting the wait for a free reader. */
  readonly timeBoxMs: number
  readonly log: Logger
  /** Told once for every search that met damage. */
  readonly onDamage: (message: string) => void
}

interface Job {
  readonly question: ReaderQuestion
  readonly resolve: (found: SearchPage | string | undefined) => void
  readonly reject: (error: HansardError) => void
}

interface Reader {
  readonly worker: Worker
  isReady: boolean
  job?: Job | undefined
  timer?: NodeJS.Timeout | undefined
}

/** With so many waiting, another search would only be answered after its asker has left. */
const LONGEST_QUEUE = 200

export function createReaderPool ({ readers: size, timeBoxMs, log, onDamage, path, languages, cacheMb }: PoolOptions): ReaderPool {
  const readers = new Set<Reader>()
  const ending = new Set<Promise<number>>()
  const queue: Job[] = []

  function dispatch (): void {
    for (const reader of readers) {
      if (queue.length === 0) return
      if (reader.isReady && reader.job === undefined) start(reader, queue.shift() as Job)
    }
    const starting = [...readers].filter(reader => !reader.isReady).length
    // A thread that was told to end may still be inside SQLite; it counts until it is gone.
    if (queue.length > starting && readers.size < size && readers.size + ending.size < 2 * size) spawn()
  }

  function start (reader: Reader, job: Job): void {
    reader.job = job
    reader.worker.ref()
    reader.timer = setTimeout(() => {
      end(reader)
      log.warn({ timeBoxMs }, 'search took too long, its reader was ended')
      job.reject(new HansardError('ERR_SEARCH_TIMEOUT',
        `Cannot finish the search: it took longer than ${timeBoxMs} ms, expected a rarer word, a room or a shorter time`))
      dispatch()
    }, timeBoxMs)
    reader.worker.postMessage(job.question)
  }

  function spawn (): void {
    const reader: Reader = { worker: startThread(new URL('./local-worker', import.meta.url), { path, languages, cacheMb } satisfies ReaderOptions), isReady: false }
    readers.add(reader)
    reader.worker.on('message', (answer: ReaderAnswer) => {
      if (!readers.has(reader)) return
      if (answer.kind === 'ready') {
        reader.isReady = true
        reader.worker.unref()
      } else settle(reader, answer)
      dispatch()
    })
    reader.worker.on('error', error => fail(reader, error))
    reader.worker.on('exit', code => fail(reader, new Error(`its thread ended with ${code}`)))
  }

  function settle (reader: Reader, answer: Exclude<ReaderAnswer, { kind: 'ready' }>): void {
    const { job } = reader
    clearTimeout(reader.timer)
    reader.job = undefined
    reader.worker.unref()
    if (job === undefined) return
    if (answer.kind === 'found') {
      job.resolve(answer.found)
      return
    }
    job.reject(new HansardError('ERR_SEARCH', `Cannot search the index ${path}: ${answer.message}`))
    if (answer.isDamage) onDamage(answer.message)
  }

  // A reader that dies takes its search with it; one that never started takes all that wait, or they would wait for ever.
  function fail (reader: Reader, error: unknown): void {
    if (!readers.has(reader)) return
    const lost = reader.isReady ? (reader.job === undefined ? [] : [reader.job]) : queue.splice(0)
    end(reader)
    const failure = new HansardError('ERR_SEARCH', `Cannot search the index ${path}: ${messageOf(error)}`, { cause: error })
    for (const job of lost) job.reject(failure)
    dispatch()
  }

  function end (reader: Reader): void {
    clearTimeout(reader.timer)
    readers.delete(reader)
    const gone = reader.worker.terminate()
    ending.add(gone)
    void gone.finally(() => {
      ending.delete(gone)
      dispatch()
    })
  }

  function ask (question: ReaderQuestion): Promise<SearchPage | string | undefined> {
    if (queue.length >= LONGEST_QUEUE) {
      return Promise.reject(new HansardError('ERR_SEARCH_TIMEOUT', `Cannot search now: ${LONGEST_QUEUE} searches are waiting, try again later`))
    }
    return new Promise((resolve, reject) => {
      queue.push({ question, resolve, reject })
      dispatch()
    })
  }

  return {
    search: async request => await ask({ kind: 'search', request }) as SearchPage,
    suggest: async request => await ask({ kind: 'suggest', request }) as string | undefined,
    async drop () {
      const lost = [...queue.splice(0), ...[...readers].flatMap(({ job }) => job === undefined ? [] : [job])]
      for (const reader of readers) end(reader)
      for (const job of lost) job.reject(new HansardError('ERR_SEARCH', `Cannot search the index ${path}: it was closed`))
      await Promise.all(ending)
    }
  }
}
