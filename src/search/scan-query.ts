import { HansardError } from '../model/errors.ts'

export const OPERATORS = ['from', 'to', 'in', 'before', 'after', 'on', 'during', 'has', 'is', 'lang'] as const

export type Operator = typeof OPERATORS[number]

/** One condition of a query as it was typed: what a page shows of what was understood. */
export interface Condition {
  readonly kind: Operator | 'word' | 'prefix' | 'phrase'
  /** Without operator, quotes, sign and asterisk. */
  readonly value: string
  readonly isNegated: boolean
  /** OR stands between this and the one before. */
  readonly isAlternative: boolean
  /** Place in the query, in UTF-16 units, sign and quotes included, the end not. */
  readonly start: number
  readonly end: number
}

const LONGEST_QUERY = 2000
const MOST_CONDITIONS = 32

const QUOTES = '"“”„‟«»'
const GAP = /[\s\p{Cc}]*/uy
const SIGN = /-(?=[^\s-])|\+(?=\p{L})/uy
const OR = /OR(?=[\s\p{Cc}]|$)/uy
// Two colons are no operator but a name: in::foo.
const OPERATOR = new RegExp(`(${OPERATORS.join('|')}):(?!:)`, 'iy')
const QUOTED = new RegExp(`[${QUOTES}]([^${QUOTES}]*)[${QUOTES}]`, 'y')
const BARE = new RegExp(`[^\\s${QUOTES}]+`, 'y')

/** Cuts a query into its conditions. Throws ERR_QUERY, naming the place. */
export function scanQuery (text: string): Condition[] {
  if (text.length > LONGEST_QUERY) {
    throw queryError(LONGEST_QUERY, `the query has ${text.length} characters, at most ${LONGEST_QUERY} are allowed`)
  }
  const conditions: Condition[] = []
  let or: number | undefined
  let at = skip(GAP, text, 0)
  while (at < text.length) {
    if (take(OR, text, at) !== undefined) {
      if (or !== undefined || conditions.length === 0) throw queryError(at, 'OR has nothing before it, expected a term; for the word itself write "OR"')
      or = at
      at = skip(GAP, text, at + 2)
      continue
    }
    if (conditions.length === MOST_CONDITIONS) throw queryError(at, `more than ${MOST_CONDITIONS} terms, leave some out`)
    const condition = scanCondition(text, at, or !== undefined)
    conditions.push(condition)
    or = undefined
    at = skip(GAP, text, condition.end)
  }
  if (or !== undefined) throw queryError(or, 'OR has nothing after it, expected a term; for the word itself write "OR"')
  return conditions
}

function scanCondition (text: string, start: number, isAlternative: boolean): Condition {
  const afterSign = skip(SIGN, text, start)
  const isNegated = afterSign > start && text.charAt(start) === '-'
  const operator = take(OPERATOR, text, afterSign)
  const at = afterSign + (operator?.[0].length ?? 0)
  const quoted = take(QUOTED, text, at)
  const bare = take(BARE, text, at)
  if (quoted === undefined && bare === undefined && at < text.length && QUOTES.includes(text.charAt(at))) {
    throw queryError(at, `the quote is not closed, expected another ${text.charAt(at)} or none`)
  }
  const value = quoted?.[1] ?? bare?.[0] ?? ''
  const end = at + (quoted?.[0].length ?? value.length)
  const place = { isNegated, isAlternative, start, end }
  if (operator !== undefined) {
    const kind = (operator[1] ?? '').toLowerCase() as Operator
    if (value.trim() === '') throw queryError(start, `${kind}: has no value, expected something right after the colon`)
    return { kind, value: value.trim(), ...place }
  }
  if (quoted !== undefined) return { kind: 'phrase', value, ...place }
  const word = value.replace(/\*+$/, '')
  return { kind: word === value || word === '' ? 'word' : 'prefix', value: word, ...place }
}

function take (pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at
  return pattern.exec(text) ?? undefined
}

function skip (pattern: RegExp, text: string, at: number): number {
  return at + (take(pattern, text, at)?.[0].length ?? 0)
}

/** `at` counts from 0 in UTF-16 units; people count characters from 1. */
export function queryError (at: number, problem: string): HansardError {
  return new HansardError('ERR_QUERY', `Cannot read the query at character ${at + 1}: ${problem}`)
}
