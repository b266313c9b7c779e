import type { RoomJid } from '../../model/address.ts'
import { toMicros } from '../../model/archive-time.ts'
import { streamOf } from '../../model/event.ts'
import type { Stream } from '../../model/event.ts'
import { isNamed, kindMatches, matchOf } from '../browser/match.ts'
import type { Clause, Match } from '../browser/match.ts'
import { patternOf } from '../pattern.ts'
import type { Pattern } from '../pattern.ts'
import type { Test } from '../query.ts'
import type { SearchRequest } from '../search-index.ts'
import type { Language } from '../stem.ts'
import { luceneToken } from './token.ts'

export interface LuceneQuery {
  readonly text: string
  /** False where Lucene cannot say all of it (a run of words that ends in a beginning): then it finds too much, never too little. */
  readonly isExact: boolean
}

type Asked = Omit<SearchRequest, 'limit' | 'order'>

/** The request in Lucene's syntax, its positions left aside; undefined for what can match nothing. Rooms are part of the query. */
export function luceneQuery (request: Asked, languages: readonly Language[]): LuceneQuery | undefined {
  const { kinds } = request.query
  const wanted = new Set<Stream>(kinds.length === 0 ? ['talk'] : kinds.map(streamOf))
  const parts = (request.streams ?? ['talk']).filter(stream => wanted.has(stream)).flatMap(stream => streamQuery(stream, request, languages) ?? [])
  return parts.length === 0 ? undefined : { text: anyOf(parts.map(({ text }) => text)), isExact: parts.every(({ isExact }) => isExact) }
}

function streamQuery (stream: Stream, request: Asked, languages: readonly Language[]): LuceneQuery | undefined {
  const { query, nick } = request
  const groups = meaningful(query.all)
  const rooms = chooseRooms(request)
  const isAnchored = query.all.length + query.kinds.length + query.notKinds.length > 0 ||
    query.start !== undefined || query.end !== undefined || nick !== undefined
  const times = timeRange(request)
  if (groups === undefined || rooms.length === 0 || !isAnchored || times === 'never') return undefined
  let isExact = true
  const translate = (test: Test): string | undefined => {
    const match = test.kind === 'in' ? roomMatch(test.room, rooms) : matchOf(test, rooms[0] as RoomJid, languages)
    if (match !== undefined && typeof match !== 'string' && match.kind === 'clauses' && isPrefixRun(match.pattern)) isExact = false
    return typeof match === 'string' ? match : match === undefined ? undefined : matchText(match)
  }
  const required: string[] = [term('stream', stream), anyOf(rooms.map(room => term('room', room)))]
  for (const group of groups) {
    const texts = group.flatMap(test => translate(test) ?? [])
    if (texts.length === 0) return undefined
    required.push(anyOf(texts))
  }
  if (nick !== undefined) required.push(term('exactNick', nick))
  const { any, none } = kindMatches(stream, query)
  if (any.kind !== 'all') required.push(matchText(any) ?? NOTHING)
  const excluded = [...query.none.filter(test => test.kind !== 'in').map(translate), none.kind === 'nothing' ? undefined : matchText(none)].filter(text => text !== undefined)
  if (times !== undefined) required.push(times)
  // What is left out must be exact, or too much is.
  const isCertain = isExact && query.none.every(test => test.kind !== 'text' || !isPrefixRun(patternOf(test.term)))
  const negative = isCertain ? excluded : excluded.filter(text => !isExcludedRun(text, query.none, languages))
  return { text: `(${required.join(' AND ')}${negative.length === 0 ? '' : ` AND NOT ${anyOf(negative)}`})`, isExact: isCertain }
}

const NOTHING = 'stream:none'

// A run that only begins so is left to who reads the documents.
function isExcludedRun (text: string, none: readonly Test[], languages: readonly Language[]): boolean {
  return none.some(test => {
    if (test.kind !== 'text' || !isPrefixRun(patternOf(test.term))) return false
    const match = matchOf(test, '' as RoomJid, languages)
    return match !== undefined && matchText(match) === text
  })
}

function isPrefixRun (pattern: Pattern | undefined): boolean {
  return pattern !== undefined && ((pattern.isWordPrefix && pattern.words.length > 1) || (pattern.isCodePrefix && pattern.code.length > 1))
}

function matchText (match: Match): string | undefined {
  if (match.kind === 'all') return '*:*'
  if (match.kind === 'nothing') return undefined
  const { mode, clauses, pattern } = match
  if (pattern === undefined) return mode === 'any' ? anyOf(clauses.map(clauseText)) : `(${clauses.map(clauseText).join(' AND ')})`
  const sides = [...runTexts('word', pattern.words, pattern.isWordPrefix), ...runTexts('code', pattern.code, pattern.isCodePrefix)]
  return `(${sides.join(' AND ')})`
}

function runTexts (field: 'word' | 'code', tokens: readonly string[], isPrefix: boolean): string[] {
  const whole = isPrefix ? tokens.slice(0, -1) : tokens
  const last = tokens.at(-1)
  return [
    ...whole.length === 0 ? [] : [`${field}:"${whole.map(luceneToken).join(' ')}"`],
    ...isPrefix && last !== undefined ? [clauseText({ field, token: last, isPrefix })] : []
  ]
}

function clauseText ({ field, token, isPrefix }: Clause): string {
  return `${field}:${luceneToken(token)}${isPrefix ? '*' : ''}`
}

function term (field: string, value: string): string {
  return `${field}:${luceneToken(value)}`
}

function anyOf (texts: readonly string[]): string {
  return texts.length === 1 ? texts[0] ?? NOTHING : `(${texts.join(' OR ')})`
}

function roomMatch (name: string, rooms: readonly RoomJid[]): string | undefined {
  const named = rooms.filter(room => isNamed(room, name))
  return named.length === 0 ? undefined : anyOf(named.map(room => term('room', room)))
}

function chooseRooms ({ query, rooms }: Asked): RoomJid[] {
  const holds = (test: Test, room: RoomJid): boolean => test.kind === 'in' && isNamed(room, test.room)
  return rooms.filter(room => !query.none.some(test => holds(test, room)) &&
    query.all.every(group => !group.every(test => test.kind === 'in') || group.some(test => holds(test, room))))
}

/** Words of nothing but marks are left out beside others; undefined where there are no others. */
function meaningful (all: SearchRequest['query']['all']): ReadonlyArray<readonly Test[]> | undefined {
  const isText = (group: readonly Test[]): boolean => group.every(test => test.kind === 'text')
  const isEmpty = (group: readonly Test[]): boolean => group.every(test => test.kind === 'text' && patternOf(test.term) === undefined)
  const texts = all.filter(isText)
  return texts.length > 0 && texts.every(isEmpty) ? undefined : all.filter(group => !isEmpty(group))
}

/** Undefined for all times; nothing was before 1970, and a minus would be syntax. */
function timeRange ({ query, start, end, after, before }: Asked): string | undefined {
  const starts = [query.start, start, after?.time].filter(time => time !== undefined).map(toMicros)
  const ends = [query.end, end, before?.time].filter(time => time !== undefined).map(toMicros)
  if (starts.length + ends.length === 0) return undefined
  const [from, to] = [Math.max(0, ...starts), Math.min(Infinity, ...ends)]
  return from > to ? 'never' : `time:[${from} TO ${to === Infinity ? '*' : to}]`
}
