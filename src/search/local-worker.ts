import { parentPort, workerData } from 'node:worker_threads'
import Database from 'better-sqlite3'
import { messageOf } from '../model/errors.ts'
import { isDamage } from './local-file.ts'
import { generationsOf } from './local-generations.ts'
import { createReader } from './local-reader.ts'
import type { IndexReader } from './local-reader.ts'
import type { SuggestRequest } from './local-suggest.ts'
import type { SearchPage, SearchRequest } from './search-index.ts'
import type { Language } from './stem.ts'

export interface ReaderOptions {
  readonly path: string
  readonly languages: readonly Language[]
  /** Page cache of each reader. */
  readonly cacheMb: number
}

export type ReaderQuestion =
  | { readonly kind: 'search', readonly request: SearchRequest }
  | { readonly kind: 'suggest', readonly request: SuggestRequest }

export type ReaderAnswer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'found', readonly found: SearchPage | string | undefined }
  | { readonly kind: 'failure', readonly message: string, readonly isDamage: boolean }

// One search after the other, each answered by one message; the pool sends the next when it has the answer.
const { path, languages, cacheMb } = workerData as ReaderOptions
const generations = generationsOf(path)
let db: Database.Database | undefined
let opened: string | undefined
let reader: IndexReader | undefined

parentPort?.on('message', (question: ReaderQuestion) => answer(attempt(question)))
answer({ kind: 'ready' })

function attempt (question: ReaderQuestion): ReaderAnswer {
  try {
    reader = currentReader(reader)
    return { kind: 'found', found: question.kind === 'search' ? reader.search(question.request) : reader.suggest(question.request) }
  } catch (error) {
    return { kind: 'failure', message: messageOf(error), isDamage: isDamage(error) }
  }
}

// Another file may have taken the place of the one that was searched last.
function currentReader (reader: IndexReader | undefined): IndexReader {
  const found = generations.identity(path)
  if (reader !== undefined && found === opened) return reader
  db?.close()
  db = new Database(path, { readonly: true, fileMustExist: true, timeout: 1000 })
  opened = found
  db.pragma(`cache_size = ${-1024 * cacheMb}`)
  return createReader(db, languages)
}

function answer (message: ReaderAnswer): void {
  parentPort?.postMessage(message)
}
