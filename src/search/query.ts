import lunr from 'lunr'
import type { ArchiveTime } from '../model/archive-time.ts'
import { analyse } from './analyse.ts'
import { parseDateRange } from './date-range.ts'
import { patternOf } from './pattern.ts'
import { queryError, scanQuery } from './scan-query.ts'
import type { Condition } from './scan-query.ts'
import type { Term } from './term.ts'
import { TRAITS } from './trait.ts'
import type { Trait } from './trait.ts'

export type { Condition, Operator } from './scan-query.ts'
export type { Term } from './term.ts'
export type { Trait } from './trait.ts'

/** What was asked, taken apart: every condition must hold. Plain data. Words are analysed by the engine's analyser. */
export interface Query {
  /** As typed. */
  readonly text: string
  /** The same in the order typed, for showing what was understood. */
  readonly conditions: readonly Condition[]
  readonly terms: readonly Term[]
  /** Nicks, any of them and none of them; compared without regard to case. */
  readonly from: readonly string[]
  readonly notFrom: readonly string[]
  /** Room addresses, or their localparts, any of them and none of them. See resolveRooms() for slugs. */
  readonly in: readonly string[]
  readonly notIn: readonly string[]
  /** Each of them and none of them. */
  readonly traits: readonly Trait[]
  readonly notTraits: readonly Trait[]
  /** Inclusive bounds. */
  readonly start?: ArchiveTime
  readonly end?: ArchiveTime
}

/**
 * Reads a query such as `mam -omemo "stream error" from:alice before:2024-05 prefix*`. Words are joined by AND.
 * Everything that is no operator is a word: `Foo::Bar`, `https://example.org`. Days are UTC days.
 * A text of nothing but space gives a query without conditions, which matches nothing.
 * Throws ERR_QUERY with the place and what is wrong: an open quote, an operator without a valid value, more than 2,000
 * characters or 32 terms, a prefix of one character, or only exclusions.
 */
export function parseQuery (text: string, now = new Date()): Query {
  const conditions = scanQuery(text)
  const values = (kind: Condition['kind'], isNegated: boolean) =>
    conditions.filter(condition => condition.kind === kind && condition.isNegated === isNegated).map(condition => condition.value)
  const roomNames = (isNegated: boolean) => values('in', isNegated).map(name => name.replace(/^#(?=.)/, '').normalize('NFKC').toLowerCase())
  const query: Query = {
    text,
    conditions,
    terms: termsOf(conditions),
    from: values('from', false),
    notFrom: values('from', true),
    in: roomNames(false),
    notIn: roomNames(true),
    traits: traitsIn(conditions, false),
    notTraits: traitsIn(conditions, true),
    ...boundsOf(conditions, now)
  }
  const [first] = conditions
  if (first !== undefined && conditions.every(condition => condition.isNegated)) {
    throw queryError(first.start, 'the query only excludes, expected also something to look for, such as a word, from: or after:')
  }
  return query
}

/** The query with the names after `in:` replaced by room addresses, where `addressOf` knows them (as slugs). */
export function resolveRooms (query: Query, addressOf: (name: string) => string | undefined): Query {
  const resolve = (names: readonly string[]) => names.map(name => addressOf(name) ?? name)
  return { ...query, in: resolve(query.in), notIn: resolve(query.notIn) }
}

function termsOf (conditions: readonly Condition[]): Term[] {
  const words = conditions.filter(({ kind, value }) => (kind === 'word' || kind === 'prefix') && value !== '')
  const clauses = parseWords(words)
  return conditions.flatMap((condition): Term[] => {
    const { kind, value, isNegated, start } = condition
    if (kind === 'phrase') return [{ kind, text: value, isProhibited: isNegated }]
    const clause = clauses.get(condition)
    if (clause === undefined || (kind !== 'word' && kind !== 'prefix')) return []
    const text = kind === 'prefix' ? clause.term.slice(0, -1) : clause.term
    const term: Term = { kind, text, isProhibited: clause.presence === lunr.Query.presence.PROHIBITED }
    if (isTooShort(term)) throw queryError(start, `"${value}*" would match too much, expected at least 2 characters before the *`)
    return [term]
  })
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

function traitsIn (conditions: readonly Condition[], isNegated: boolean): Trait[] {
  return conditions.filter(condition => condition.isNegated === isNegated).flatMap(({ kind, value, start }) => {
    if (kind !== 'has' && kind !== 'is') return []
    const known: readonly Trait[] = TRAITS[kind]
    const trait = known.find(trait => trait === value.toLowerCase())
    if (trait === undefined) throw queryError(start, `"${value}" is not known, expected ${known.map(trait => `${kind}:${trait}`).join(' or ')}`)
    return [trait]
  })
}

function boundsOf (conditions: readonly Condition[], now: Date): { start?: ArchiveTime, end?: ArchiveTime } {
  const starts: ArchiveTime[] = []
  const ends: ArchiveTime[] = []
  for (const { kind, value, isNegated, start } of conditions) {
    if (kind !== 'before' && kind !== 'after' && kind !== 'on' && kind !== 'during') continue
    if (isNegated) throw queryError(start, `${kind}: cannot be excluded, use before: and after:`)
    const range = parseDateRange(value, now)
    if (range === undefined) {
      throw queryError(start, `"${value}" after ${kind}: is not a date, expected 2024, 2024-05, 2024-05-17, today or yesterday`)
    }
    if (kind === 'before') ends.push(range.before)
    else if (kind === 'after') starts.push(range.after)
    else {
      starts.push(range.start)
      ends.push(range.end)
    }
  }
  const start = starts.sort().at(-1)
  const end = ends.sort().at(0)
  return { ...(start !== undefined && { start }), ...(end !== undefined && { end }) }
}
