import type Database from 'better-sqlite3'
import { fold } from './fold.ts'

/** What stands in the full-text table of one event, as tokens separated by spaces. */
export interface StoredPosting {
  readonly place: bigint
  readonly word: string
  readonly code: string
  readonly nick: string
  readonly room: string
  readonly trait: string
  /** Words of the lexicon that are no tokens. */
  readonly plain: string
}

/** Postings that can be taken out again without a trace: the full-text table itself cannot tell what it holds. */
export interface Postings {
  put (posting: StoredPosting): void
  take (place: bigint): StoredPosting | undefined
  /** Words of a posting that was taken out, in the forms of the lexicon, that no other has. */
  unused (posting: StoredPosting): string[]
  hasNick (token: string): boolean
}

export function createPostings (db: Database.Database): Postings {
  const add = db.prepare<[StoredPosting]>('INSERT INTO fts (rowid, word, code, nick, room, trait) VALUES (@place, @word, @code, @nick, @room, @trait)')
  const keep = db.prepare<[StoredPosting]>('INSERT INTO said VALUES (@place, @word, @code, @nick, @room, @trait, @plain)')
  const find = db.prepare<[bigint], StoredPosting>('SELECT * FROM said WHERE place = ?').safeIntegers()
  const remove = db.prepare<[StoredPosting]>(
    "INSERT INTO fts (fts, rowid, word, code, nick, room, trait) VALUES ('delete', @place, @word, @code, @nick, @room, @trait)")
  const drop = db.prepare<[bigint]>('DELETE FROM said WHERE place = ?')
  const isThere = db.prepare<[string]>('SELECT 1 FROM fts WHERE fts MATCH ? LIMIT 1').pluck()

  function has (column: 'word' | 'nick', token: string): boolean {
    return isThere.get(`${column}:"${token.replaceAll('"', '""')}"`) !== undefined
  }

  return {
    put (posting) {
      add.run(posting)
      keep.run(posting)
    },
    take (place) {
      const posting = find.get(place)
      if (posting === undefined) return undefined
      remove.run(posting)
      drop.run(place)
      return posting
    },
    unused ({ word, plain }) {
      const tokens = [...new Set(wordsOf(word))].filter(token => !has('word', token))
      if (tokens.length === 0) return []
      const gone = new Set(tokens)
      return [...tokens, ...wordsOf(plain).filter(plain => gone.has(fold(plain)))]
    },
    hasNick: token => has('nick', token)
  }
}

function wordsOf (text: string): string[] {
  return text === '' ? [] : text.split(' ')
}
