import { matchOf } from '../browser/match.ts'
import type { Clause } from '../browser/match.ts'
import type { RoomJid } from '../../model/address.ts'
import { patternOf } from '../pattern.ts'
import type { Query, Test } from '../query.ts'
import type { Language } from '../stem.ts'
import type { PostingDocument } from './document.ts'
import { luceneToken } from './token.ts'

/** Whether a posting that Lucene found holds what was asked, runs of words that end in the beginning of one included. */
export function holdsAll (document: PostingDocument, { all, none }: Query, languages: readonly Language[]): boolean {
  const isMet = (group: readonly Test[]): boolean => group.some(test => holds(document, test, languages)) || group.every(isEmpty)
  return all.every(isMet) && !none.some(test => holds(document, test, languages))
}

function isEmpty (test: Test): boolean {
  return test.kind === 'text' && patternOf(test.term) === undefined
}

function holds (document: PostingDocument, test: Test, languages: readonly Language[]): boolean {
  const match = matchOf(test, document.where as RoomJid, languages)
  if (match === undefined || match.kind === 'nothing') return false
  if (match.kind === 'all') return true
  const { mode, clauses, pattern } = match
  const isThere = (clause: Clause): boolean => hasRun(document[clause.field].split(' '), [clause.token], clause.isPrefix)
  if (!(mode === 'any' ? clauses.some(isThere) : clauses.every(isThere))) return false
  return pattern === undefined || (hasRun(document.word.split(' '), pattern.words, pattern.isWordPrefix) &&
    hasRun(document.code.split(' '), pattern.code, pattern.isCodePrefix))
}

function hasRun (tokens: readonly string[], run: readonly string[], isPrefix: boolean): boolean {
  const wanted = run.map(luceneToken)
  const last = wanted.length - 1
  return wanted.length === 0 || tokens.some((_, at) => wanted.every((token, n) =>
    isPrefix && n === last ? tokens[at + n]?.startsWith(token) === true : tokens[at + n] === token))
}
