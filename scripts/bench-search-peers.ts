/** What else could search the messages: an index of lunr alone, and SQLite reading all of them. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import Database from 'better-sqlite3'
import lunr from 'lunr'
import { parseQuery, wantedTerms } from '../src/search/query.ts'

export interface Peer {
  readonly name: string
  /** Megabytes, in memory or on disk, and messages a second. */
  readonly size: number
  readonly rate: number
  /** The newest 20, by words alone. */
  search (words: readonly string[]): number
  close (): void
}

/** Beyond this an index of lunr alone takes more memory than Node gives a process unasked. */
export const MOST_FOR_LUNR = 100_000
const PAGE = 20

setFlagsFromString('--expose_gc')
const collect = runInNewContext('gc') as () => void

/** The words of a query that both can look for; undefined where it asks for more than words. */
export function plainWords (text: string): string[] | undefined {
  const query = parseQuery(text)
  const terms = wantedTerms(query)
  const isPlain = query.conditions.every(({ kind, isNegated, isAlternative }) => kind === 'word' && !isNegated && !isAlternative)
  return isPlain ? terms.map(term => term.text) : undefined
}

export function lunrAlone (bodies: readonly string[]): Peer {
  const before = heap()
  const started = performance.now()
  const builder = new lunr.Builder()
  builder.ref('id')
  builder.field('body')
  builder.pipeline.add(lunr.trimmer, lunr.stemmer)
  builder.searchPipeline.add(lunr.stemmer)
  for (const [id, body] of bodies.entries()) builder.add({ id: String(id), body })
  const index = builder.build()
  const seconds = (performance.now() - started) / 1000
  return {
    name: 'lunr alone',
    size: Math.round((heap() - before) / 1e6),
    rate: Math.round(bodies.length / seconds),
    search (words) {
      const hits = index.query(query => {
        for (const word of words) query.term(word, { presence: lunr.Query.presence.REQUIRED, usePipeline: true })
      })
      return hits.map(({ ref }) => Number(ref)).sort((a, b) => b - a).slice(0, PAGE).length
    },
    close () {}
  }
}

export function sqliteLike (bodies: Iterable<string>, path: string): Peer {
  const db = new Database(path)
  db.pragma('journal_mode = WAL')
  db.exec('CREATE TABLE said (id INTEGER PRIMARY KEY, body TEXT NOT NULL)')
  const add = db.prepare<[string]>('INSERT INTO said (body) VALUES (?)')
  const started = performance.now()
  let count = 0
  db.transaction(() => {
    for (const body of bodies) {
      add.run(body)
      count += 1
    }
  })()
  const seconds = (performance.now() - started) / 1000
  const pages = Number(db.pragma('page_count', { simple: true })) * Number(db.pragma('page_size', { simple: true }))
  return {
    name: 'SQLite LIKE',
    size: Math.round(pages / 1e6),
    rate: Math.round(count / seconds),
    search (words) {
      const condition = words.map(() => "body LIKE ? ESCAPE '\\'").join(' AND ')
      const patterns = words.map(word => `%${word.replace(/[\\%_]/g, '\\$&')}%`)
      return db.prepare(`SELECT id FROM said WHERE ${condition} ORDER BY id DESC LIMIT ${PAGE}`).all(patterns).length
    },
    close () { db.close() }
  }
}

function heap (): number {
  collect()
  return process.memoryUsage().heapUsed
}
