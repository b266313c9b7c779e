import { analyse, isWord } from './analyse.ts'
import type { ChatToken } from './analyse.ts'
import { patternOf } from './pattern.ts'
import type { Pattern } from './pattern.ts'
import { wantedTerms } from './query.ts'
import type { Query } from './query.ts'
import { stemsOf } from './stem.ts'
import type { Language } from './stem.ts'

/** A piece of a text; the pieces joined are the text. */
export interface Segment {
  readonly text: string
  readonly isMatch: boolean
}

/** Place in a text, in UTF-16 units, the end not included. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** Cuts a text into what the query's words found and the rest, by the analyser that finds them. Empty for an empty text. */
export function highlight (text: string, query: Query, languages: readonly Language[] = ['en']): Segment[] {
  return cut(text, findMatches(text, query, languages), 0, text.length)
}

/** Places of a text that the words of a query found, in their order, overlaps joined. */
export function findMatches (text: string, query: Query, languages: readonly Language[] = ['en']): Span[] {
  const tokens = analyse(text)
  const words = tokens.filter(isWord)
  const code = tokens.filter(token => !isWord(token))
  const spans = wantedTerms(query)
    .flatMap(term => patternOf(term) ?? [])
    .flatMap(pattern => {
      const runs = pattern.words.length > 0
        ? findRuns(words, pattern.words.map(wordTest(pattern, languages)))
        : findRuns(code, pattern.code.map(tokenTest(pattern.code.length, pattern.isCodePrefix)))
      return runs.map(run => spanOf(run, pattern))
    })
  return join(spans)
}

/** The pieces of `text` between two places, as highlight() gives them for all of it. */
export function cut (text: string, matches: readonly Span[], from: number, to: number): Segment[] {
  const segments: Segment[] = []
  const add = (start: number, end: number, isMatch: boolean) => {
    if (start < end) segments.push({ text: text.slice(start, end), isMatch })
  }
  let at = from
  for (const match of matches) {
    if (match.end <= from || match.start >= to) continue
    add(at, Math.max(match.start, from), false)
    add(Math.max(match.start, from), Math.min(match.end, to), true)
    at = Math.min(match.end, to)
  }
  add(at, to, false)
  return segments
}

type TokenTest = (token: ChatToken) => boolean

function wordTest (pattern: Pattern, languages: readonly Language[]): (word: string, index: number) => TokenTest {
  const { stemmed } = pattern
  if (stemmed === undefined) return tokenTest(pattern.words.length, pattern.isWordPrefix)
  const stems = new Set(stemsOf(stemmed, languages))
  return word => token => {
    const text = token.toString()
    return text === word || stems.has(text) || stemsOf(token.metadata.plain ?? text, languages).some(stem => stems.has(stem))
  }
}

function tokenTest (length: number, isPrefix: boolean): (word: string, index: number) => TokenTest {
  return (word, index) => isPrefix && index === length - 1
    ? token => token.toString().startsWith(word)
    : token => token.toString() === word
}

function findRuns (tokens: readonly ChatToken[], tests: readonly TokenTest[]): ChatToken[][] {
  return tokens.flatMap((_, at) => {
    const run = tokens.slice(at, at + tests.length)
    return run.length === tests.length && run.every((token, index) => tests[index]?.(token)) ? [run] : []
  })
}

// Of a word that begins as asked all is shown, of a pair of ideographs only the one asked for.
function spanOf (run: readonly ChatToken[], { words, isWordPrefix }: Pattern): Span {
  const [first, last] = [run[0] as ChatToken, run.at(-1) as ChatToken]
  const { start, end, isTail } = last.metadata
  const isHalf = isWordPrefix && isTail === false && end - start === last.toString().length
  return { start: first.metadata.start, end: isHalf ? start + (words.at(-1)?.length ?? 0) : end }
}

function join (spans: Span[]): Span[] {
  const joined: Span[] = []
  for (const span of spans.sort((a, b) => a.start - b.start)) {
    const last = joined.at(-1)
    if (last !== undefined && span.start < last.end) joined[joined.length - 1] = { start: last.start, end: Math.max(last.end, span.end) }
    else joined.push(span)
  }
  return joined
}
