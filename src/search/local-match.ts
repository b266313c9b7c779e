import type { RoomJid } from '../model/address.ts'
import { PRESENCE_KINDS, streamOf } from '../model/event.ts'
import type { Stream } from '../model/event.ts'
import { marked } from './local-postings.ts'
import { patternOf } from './pattern.ts'
import type { Pattern } from './pattern.ts'
import { languageToken, nickToken } from './posting.ts'
import type { Test } from './query.ts'
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

/** `all`: all talk of the index; otherwise an expression of FTS5, in which what was typed stands in quotes only. */
export type Match = { readonly kind: 'nothing' } | { readonly kind: 'all' } | { readonly kind: 'some', readonly expression: string }

const NOTHING: Match = { kind: 'nothing' }

export function matchOf (request: SearchRequest, vocabulary: Vocabulary): Match {
  const { kinds } = request.query
  const wanted = new Set<Stream>(kinds.length === 0 ? ['talk'] : kinds.map(streamOf))
  const matches = (request.streams ?? ['talk']).filter(stream => wanted.has(stream)).map(stream => matchIn(stream, request, vocabulary))
  if (matches.some(match => match.kind === 'all')) return { kind: 'all' }
  const expressions = matches.flatMap(match => match.kind === 'some' ? match.expression : [])
  return expressions.length === 0 ? NOTHING : { kind: 'some', expression: expressions.map(expression => `(${expression})`).join(' OR ') }
}

function matchIn (stream: Stream, { query, rooms, nick }: SearchRequest, vocabulary: Vocabulary): Match {
  const chosen = chooseRooms(query, rooms, vocabulary)
  const wanted: string[] = []
  let texts = 0
  let empty = 0
  for (const group of query.all) {
    if (isOfRooms(group)) continue
    const alternatives = group.flatMap(test => expressionOf(test, stream, chosen, vocabulary) ?? [])
    const isText = group.every(test => test.kind === 'text')
    if (isText) texts += 1
    if (alternatives.length > 0) wanted.push(alternatives.join(' OR '))
    else if (isText) empty += 1
    else return NOTHING
  }
  // Words of nothing but marks are left out beside others, and find nothing by themselves.
  if (empty > 0 && empty === texts) return NOTHING

  const excluded = query.none.flatMap(test => test.kind === 'in' ? [] : expressionOf(test, stream, chosen, vocabulary) ?? [])
  const kinds = kindExpressions(stream, query)
  wanted.push(...kinds.wanted)
  excluded.push(...kinds.excluded)
  if (nick !== undefined) {
    const id = vocabulary.nickId(nick)
    if (id === undefined) return NOTHING
    wanted.push(anyOf('nick', [id], stream))
  }
  const isBounded = query.start !== undefined || query.end !== undefined
  const isAnchored = wanted.length > 0 || query.all.length > 0 || query.kinds.length > 0 || isBounded
  return isAnchored ? withinRooms(stream, wanted, excluded, chosen, vocabulary) : NOTHING
}

// The shorter way to say it: nothing when the reader may see every room, some rooms, or all but some.
function withinRooms (stream: Stream, wanted: string[], excluded: string[], chosen: readonly number[], { rooms }: Vocabulary): Match {
  if (chosen.length === 0) return NOTHING
  const isAll = chosen.length === rooms.size
  if (isAll && wanted.length === 0 && excluded.length === 0 && stream === 'talk') return { kind: 'all' }
  const isMost = chosen.length > rooms.size / 2
  if (wanted.length === 0 || !isMost) wanted.push(anyOf('room', chosen, stream))
  else if (!isAll) {
    const kept = new Set(chosen)
    excluded.push(anyOf('room', [...rooms.values()].filter(id => !kept.has(id)), stream))
  }
  const positive = wanted.map(expression => `(${expression})`).join(' AND ')
  const negative = excluded.map(expression => `(${expression})`).join(' OR ')
  return { kind: 'some', expression: negative === '' ? positive : `(${positive}) NOT (${negative})` }
}

function isOfRooms (group: readonly Test[]): boolean {
  return group.every(test => test.kind === 'in')
}

function chooseRooms ({ all, none }: SearchRequest['query'], allowed: readonly RoomJid[], { rooms }: Vocabulary): number[] {
  const readable = new Set(allowed)
  const holds = (test: Test, room: RoomJid) => test.kind === 'in' && isNamed(room, test.room)
  return [...rooms]
    .filter(([room]) => readable.has(room) && !none.some(test => holds(test, room)) &&
      all.every(group => !isOfRooms(group) || group.some(test => holds(test, room))))
    .map(([, id]) => id)
}

function isNamed (room: RoomJid, name: string): boolean {
  return name === room || name === room.slice(0, room.lastIndexOf('@'))
}

/** Undefined for what holds of nothing. */
function expressionOf (test: Test, stream: Stream, chosen: readonly number[], vocabulary: Vocabulary): string | undefined {
  switch (test.kind) {
    case 'text': {
      const pattern = patternOf(test.term)
      return pattern === undefined ? undefined : patternExpression(pattern, stream, vocabulary)
    }
    case 'from':
      return some('nick', vocabulary.nicksLike(test.nick), stream)
    case 'to': {
      const token = nickToken(test.nick)
      return token === '' ? undefined : `addressee:${quote(token, stream)}`
    }
    case 'in': {
      const kept = new Set(chosen)
      return some('room', [...vocabulary.rooms].filter(([room, id]) => kept.has(id) && isNamed(room, test.room)).map(([, id]) => id), stream)
    }
    case 'trait':
      return `trait:${quote(test.trait, stream)}`
    case 'lang':
      return `trait:${quote(languageToken(test.language), stream)}`
  }
}

// Of the two kinds of talk one is marked, as nearly all of it is of the other.
function kindExpressions (stream: Stream, { kinds, notKinds }: SearchRequest['query']): { wanted: string[], excluded: string[] } {
  if (stream === 'presence') {
    const of = (some: typeof kinds) => PRESENCE_KINDS.filter(kind => some.includes(kind)).map(kind => `trait:${quote(kind, stream)}`)
    const unwanted = of(notKinds)
    return { wanted: [of(kinds).join(' OR ')], excluded: unwanted }
  }
  const isOpen = (kind: 'message' | 'subject') => (kinds.length === 0 || kinds.includes(kind)) && !notKinds.includes(kind)
  const subject = 'trait:"subject"'
  return { wanted: isOpen('message') ? [] : [subject], excluded: isOpen('subject') ? [] : [subject] }
}

function patternExpression (pattern: Pattern, stream: Stream, vocabulary: Vocabulary): string {
  if (pattern.stemmed !== undefined) return `word:(${vocabulary.formsOf(pattern.stemmed).map(form => quote(form, stream)).join(' OR ')})`
  const sides: string[] = []
  if (pattern.words.length > 0) sides.push(`word:${quote(pattern.words.join(' '), stream)}${pattern.isWordPrefix ? '*' : ''}`)
  if (pattern.code.length > 0) sides.push(`code:${quote(pattern.code.join(' '), stream)}${pattern.isCodePrefix ? '*' : ''}`)
  return `(${sides.join(' AND ')})`
}

function some (column: string, ids: readonly number[], stream: Stream): string | undefined {
  return ids.length === 0 ? undefined : anyOf(column, ids, stream)
}

function anyOf (column: string, ids: readonly number[], stream: Stream): string {
  return `${column}:(${ids.map(id => quote(String(id), stream)).join(' OR ')})`
}

function quote (text: string, stream: Stream): string {
  return `"${marked(text, stream).replaceAll('"', '""')}"`
}
