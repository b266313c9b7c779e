import type { Query } from 'lunr'
import type { RoomJid } from '../../model/address.ts'
import type { Stream } from '../../model/event.ts'
import { patternOf } from '../pattern.ts'
import type { Pattern } from '../pattern.ts'
import { languageToken, nickToken } from '../posting.ts'
import type { Test } from '../query.ts'
import type { SearchRequest } from '../search-index.ts'
import { stemsOf } from '../stem.ts'
import type { Language } from '../stem.ts'
import { lunr } from './lunr-cure.ts'
import { indexToken } from './segment.ts'
import type { Field } from './segment.ts'

/** One word of lunr's query language: all of a match's clauses must hold, or any of them. */
export interface Clause {
  readonly field: Field
  readonly token: string
  readonly isPrefix: boolean
}

/**
 * A test in terms of lunr. What lunr cannot say, that words follow each other, is left to whoever reads the documents: then
 * `pattern` is there, and the clauses find too much, never too little.
 */
export type Match =
  | { readonly kind: 'all' }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'clauses', readonly mode: 'any' | 'every', readonly clauses: readonly Clause[], readonly pattern?: Pattern }

/** Undefined for words in which there is nothing to look for. */
export function matchOf (test: Test, room: RoomJid, languages: readonly Language[]): Match | undefined {
  switch (test.kind) {
    case 'text': {
      const pattern = patternOf(test.term)
      return pattern === undefined ? undefined : textMatch(pattern, languages)
    }
    case 'from':
      return only('nick', nickToken(test.nick))
    case 'to':
      return only('to', nickToken(test.nick))
    case 'in':
      return { kind: isNamed(room, test.room) ? 'all' : 'nothing' }
    case 'trait':
      return only('trait', test.trait)
    case 'lang':
      return only('trait', languageToken(test.language))
  }
}

/** What the kinds of a query ask of a stream: any of these, none of those. */
export function kindMatches (stream: Stream, { kinds, notKinds }: SearchRequest['query']): { readonly any: Match, readonly none: Match } {
  if (stream === 'presence') return { any: anyTrait(kinds), none: anyTrait(notKinds) }
  const isOpen = (kind: 'message' | 'subject') => (kinds.length === 0 || kinds.includes(kind)) && !notKinds.includes(kind)
  const subject = only('trait', 'subject')
  return { any: isOpen('message') ? { kind: 'all' } : subject, none: isOpen('subject') ? { kind: 'nothing' } : subject }
}

/** The match as a query of lunr. */
export function buildQuery ({ mode, clauses }: Extract<Match, { kind: 'clauses' }>): (query: Query) => void {
  return query => {
    for (const { field, token, isPrefix } of clauses) {
      query.term(indexToken(token), {
        fields: [field],
        usePipeline: false,
        wildcard: isPrefix ? lunr.Query.wildcard.TRAILING : lunr.Query.wildcard.NONE,
        presence: mode === 'every' ? lunr.Query.presence.REQUIRED : lunr.Query.presence.OPTIONAL
      })
    }
  }
}

function textMatch (pattern: Pattern, languages: readonly Language[]): Match {
  if (pattern.stemmed !== undefined) {
    const stems = stemsOf(pattern.stemmed, languages)
    const words = [...new Set([...pattern.words, ...stems])]
    return { kind: 'clauses', mode: 'any', clauses: [...words.map(token => exact('word', token)), ...stems.map(token => exact('stem', token))] }
  }
  const { words, code, isWordPrefix, isCodePrefix } = pattern
  const clauses = [...run('word', words, isWordPrefix), ...run('code', code, isCodePrefix)]
  const isRun = words.length > 1 || code.length > 1
  return { kind: 'clauses', mode: 'every', clauses, ...isRun && { pattern } }
}

function run (field: Field, tokens: readonly string[], isPrefix: boolean): Clause[] {
  const clauses = tokens.map((token, n) => ({ field, token, isPrefix: isPrefix && n === tokens.length - 1 }))
  return [...new Map(clauses.map(clause => [`${clause.token} ${clause.isPrefix}`, clause])).values()]
}

function only (field: Field, token: string): Match {
  return token === '' ? { kind: 'nothing' } : { kind: 'clauses', mode: 'any', clauses: [exact(field, token)] }
}

function anyTrait (kinds: readonly string[]): Match {
  return kinds.length === 0 ? { kind: 'nothing' } : { kind: 'clauses', mode: 'any', clauses: kinds.map(kind => exact('trait', kind)) }
}

function exact (field: Field, token: string): Clause {
  return { field, token, isPrefix: false }
}

export function isNamed (room: RoomJid, name: string): boolean {
  return name === room || name === room.slice(0, room.lastIndexOf('@'))
}
