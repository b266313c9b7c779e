import type Database from 'better-sqlite3'
import { EVENT_KINDS, streamOf } from '../model/event.ts'
import type { EventKind, Stream } from '../model/event.ts'
import { fold } from './fold.ts'

/** An event as the index keeps it: what is needed to tell whose it is, and to take it out of the full-text table again. */
export interface StoredPosting {
  readonly place: bigint
  readonly room: bigint | number
  /** Position in EVENT_KINDS. */
  readonly kind: bigint | number
  /** Whose it is; 0 for nobody. */
  readonly nick: bigint | number
  /** Microseconds that the place lies behind the time. */
  readonly shift: bigint | number
  /** Tokens separated by spaces. */
  readonly word: string
  readonly code: string
  /** Numbers of further nicks. */
  readonly others: string
  readonly addressee: string
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
  // By position: binding by name takes a good part of the time of a write.
  const add = db.prepare<Tokens>('INSERT INTO fts (rowid, word, code, nick, addressee, room, trait) VALUES (?, ?, ?, ?, ?, ?, ?)')
  const remove = db.prepare<Tokens>(
    "INSERT INTO fts (fts, rowid, word, code, nick, addressee, room, trait) VALUES ('delete', ?, ?, ?, ?, ?, ?, ?)")
  const keep = db.prepare<unknown[]>(`
    INSERT INTO doc (place, room, kind, nick, shift, word, code, others, addressee, trait, plain) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  const find = db.prepare<[bigint], StoredPosting>('SELECT * FROM doc WHERE place = ?').safeIntegers()
  const drop = db.prepare<[bigint]>('DELETE FROM doc WHERE place = ?')
  const isThere = db.prepare<[string]>('SELECT 1 FROM fts WHERE fts MATCH ? LIMIT 1').pluck()

  function has (column: 'word' | 'nick', token: string): boolean {
    const quoted = token.replaceAll('"', '""')
    return isThere.get(`${column}:("${quoted}" OR "${marked(quoted, 'presence')}")`) !== undefined
  }

  return {
    put (posting) {
      add.run(...tokensOf(posting))
      const { place, room, kind, nick, shift, word, code, others, addressee, trait, plain } = posting
      keep.run(place, room, kind, nick, shift, word, code, others, addressee, trait, plain)
    },
    take (place) {
      const posting = find.get(place)
      if (posting === undefined) return undefined
      remove.run(...tokensOf(posting))
      drop.run(place)
      return posting
    },
    unused ({ word, plain }) {
      const tokens = [...new Set(split(word))].filter(token => !has('word', token))
      if (tokens.length === 0) return []
      const gone = new Set(tokens)
      return [...tokens, ...split(plain).filter(plain => gone.has(fold(plain)))]
    },
    hasNick: token => has('nick', token)
  }
}

/** All nicks of a posting, by number. */
export function nicksOf ({ nick, others }: Pick<StoredPosting, 'nick' | 'others'>): string[] {
  return [...Number(nick) === 0 ? [] : [String(nick)], ...split(others)]
}

export function kindAt (number: bigint | number): EventKind {
  return EVENT_KINDS[Number(number)] as EventKind
}

/**
 * Tokens of what is no talk begin with a character that none of a text has: so talk is searched as if there were nothing
 * else, and the other way round.
 */
export function marked (tokens: string, stream: Stream): string {
  return stream === 'talk' || tokens === '' ? tokens : tokens.split(' ').map(token => PRESENCE + token).join(' ')
}

const PRESENCE = '\ue000'

/** A row of the full-text table: its place, then its columns in their order. */
type Tokens = [place: bigint, word: string, code: string, nick: string, addressee: string, room: string, trait: string]

function tokensOf (posting: StoredPosting): Tokens {
  const stream = streamOf(kindAt(posting.kind))
  const { place, word, code, addressee, trait } = posting
  return [
    place,
    marked(word, stream),
    marked(code, stream),
    marked(nicksOf(posting).join(' '), stream),
    marked(addressee, stream),
    marked(String(posting.room), stream),
    marked(trait, stream)
  ]
}

function split (text: string): string[] {
  return text === '' ? [] : text.split(' ')
}
