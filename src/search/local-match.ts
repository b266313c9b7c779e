import type { RoomJid } from '../model/address.ts'
import { patternOf } from './pattern.ts'
import type { Pattern } from './pattern.ts'
import type { SearchRequest } from './search-index.ts'

/** What the index knows of names, and of words in their plain form. */
export interface Vocabulary {
  /** Every room of the index with its number. */
  readonly rooms: ReadonlyMap<RoomJid, number>
  /** The numbers of a nick in all spellings of its case. */
  nicksLike (nick: string): readonly number[]
  nickId (nick: string): number | undefined
  /** Tokens of all forms of a word. */
  formsOf (word: string): readonly string[]
}

/** `all`: every message of the index; otherwise an expression of FTS5, in which what was typed stands in quotes only. */
export type Match = { readonly kind: 'nothing' } | { readonly kind: 'all' } | { readonly kind: 'some', readonly expression: string }

const NOTHING: Match = { kind: 'nothing' }

export function matchOf ({ query, rooms, nick }: SearchRequest, vocabulary: Vocabulary): Match {
  const wanted: string[] = []
  const excluded: string[] = []

  for (const term of query.terms) {
    const pattern = patternOf(term)
    if (pattern !== undefined) (term.isProhibited ? excluded : wanted).push(patternExpression(pattern, vocabulary))
  }
  const isMute = wanted.length === 0 && query.terms.some(term => !term.isProhibited)
  if (isMute) return NOTHING

  for (const trait of query.traits) wanted.push(`trait:${quote(trait)}`)
  for (const trait of query.notTraits) excluded.push(`trait:${quote(trait)}`)

  if (query.from.length > 0) {
    const ids = query.from.flatMap(name => vocabulary.nicksLike(name))
    if (ids.length === 0) return NOTHING
    wanted.push(anyOf('nick', ids))
  }
  const notFrom = query.notFrom.flatMap(name => vocabulary.nicksLike(name))
  if (notFrom.length > 0) excluded.push(anyOf('nick', notFrom))
  if (nick !== undefined) {
    const id = vocabulary.nickId(nick)
    if (id === undefined) return NOTHING
    wanted.push(anyOf('nick', [id]))
  }

  const isAnchored = wanted.length > 0 || query.in.length > 0 || query.start !== undefined || query.end !== undefined
  return isAnchored ? withinRooms(wanted, excluded, chooseRooms(query, rooms, vocabulary), vocabulary) : NOTHING
}

// The shorter way to say it: nothing when the reader may see every room, some rooms, or all but some.
function withinRooms (wanted: string[], excluded: string[], chosen: readonly number[], { rooms }: Vocabulary): Match {
  if (chosen.length === 0) return NOTHING
  const isAll = chosen.length === rooms.size
  if (isAll && wanted.length === 0 && excluded.length === 0) return { kind: 'all' }
  const isMost = chosen.length > rooms.size / 2
  if (wanted.length === 0 || !isMost) wanted.push(anyOf('room', chosen))
  else if (!isAll) {
    const kept = new Set(chosen)
    excluded.push(anyOf('room', [...rooms.values()].filter(id => !kept.has(id))))
  }
  const positive = wanted.map(expression => `(${expression})`).join(' AND ')
  const negative = excluded.map(expression => `(${expression})`).join(' OR ')
  return { kind: 'some', expression: negative === '' ? positive : `(${positive}) NOT (${negative})` }
}

function chooseRooms (query: SearchRequest['query'], allowed: readonly RoomJid[], { rooms }: Vocabulary): number[] {
  const readable = new Set(allowed)
  const isNamed = (room: RoomJid, names: readonly string[]) => names.some(name => name === room || name === room.slice(0, room.lastIndexOf('@')))
  return [...rooms]
    .filter(([room]) => readable.has(room) && (query.in.length === 0 || isNamed(room, query.in)) && !isNamed(room, query.notIn))
    .map(([, id]) => id)
}

function patternExpression (pattern: Pattern, vocabulary: Vocabulary): string {
  if (pattern.stemmed !== undefined) return `word:(${vocabulary.formsOf(pattern.stemmed).map(quote).join(' OR ')})`
  const sides: string[] = []
  if (pattern.words.length > 0) sides.push(`word:${quote(pattern.words.join(' '))}${pattern.isWordPrefix ? '*' : ''}`)
  if (pattern.code.length > 0) sides.push(`code:${quote(pattern.code.join(' '))}${pattern.isCodePrefix ? '*' : ''}`)
  return sides.join(' AND ')
}

function anyOf (column: string, ids: readonly number[]): string {
  return `${column}:(${ids.map(id => quote(String(id))).join(' OR ')})`
}

function quote (text: string): string {
  return `"${text.replaceAll('"', '""')}"`
}
