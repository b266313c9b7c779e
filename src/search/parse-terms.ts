import lunr from 'lunr'
import { analyse } from './analyse.ts'
import { patternOf } from './pattern.ts'
import { queryError } from './scan-query.ts'
import type { Condition } from './scan-query.ts'
import type { Term } from './term.ts'

/** What is to be looked for in texts, by the condition that asks for it. Throws ERR_QUERY for a prefix of one character. */
export function parseTerms (conditions: readonly Condition[]): Map<Condition, Term> {
  const words = conditions.filter(({ kind, value }) => (kind === 'word' || kind === 'prefix') && value !== '')
  const clauses = parseWords(words)
  const terms = new Map<Condition, Term>()
  for (const condition of conditions) {
    const { kind, value, start } = condition
    if (kind === 'phrase') terms.set(condition, { kind, text: value })
    const clause = clauses.get(condition)
    if (clause === undefined || (kind !== 'word' && kind !== 'prefix')) continue
    const term: Term = { kind, text: kind === 'prefix' ? clause.term.slice(0, -1) : clause.term }
    if (isTooShort(term)) throw queryError(start, `"${value}*" would match too much, expected at least 2 characters before the *`)
    terms.set(condition, term)
  }
  return terms
}

// The words in lunr's own syntax, one clause each; what lunr would read as an operator of its own is escaped.
function parseWords (words: readonly Condition[]): Map<Condition, lunr.Query.Clause | undefined> {
  const text = words.map(({ kind, value, isNegated }) =>
    `${isNegated ? '-' : '+'}${value.replace(/[\\:~^+*-]/g, '\\$&')}${kind === 'prefix' ? '*' : ''}`).join(' ')
  const { clauses } = new lunr.QueryParser(text, new lunr.Query(['body'])).parse()
  return new Map(words.map((word, index) => [word, clauses[index]]))
}

function isTooShort (term: Term): boolean {
  if (term.kind !== 'prefix') return false
  const pattern = patternOf(term)
  const last = pattern?.isCodePrefix === true ? pattern.code.at(-1) : pattern?.words.at(-1)
  const isIdeograph = analyse(term.text).at(-1)?.metadata.isTail === true
  return last !== undefined && /^[\p{L}\p{N}]$/u.test(last) && !isIdeograph
}
