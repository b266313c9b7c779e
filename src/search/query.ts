import type { ArchiveTime } from '../model/archive-time.ts'
import { EVENT_KINDS, streamOf } from '../model/event.ts'
import type { EventKind } from '../model/event.ts'
import { isDate, parseBounds } from './parse-bounds.ts'
import { parseTerms } from './parse-terms.ts'
import { queryError, scanQuery } from './scan-query.ts'
import type { Condition } from './scan-query.ts'
import type { Term } from './term.ts'
import { LANGUAGE_TAG, TRAITS } from './trait.ts'
import type { Trait } from './trait.ts'

export type { Condition, Operator } from './scan-query.ts'
export type { Term } from './term.ts'
export type { Trait } from './trait.ts'

/** Something that holds of an event or does not. Nicks are compared without regard to case. */
export type Test =
  | { readonly kind: 'text', readonly term: Term }
  /** From this nick; of what is no talk: by it or about it. */
  | { readonly kind: 'from', readonly nick: string }
  /** Answers this nick, addresses it or names it; of what is no talk: done to it. */
  | { readonly kind: 'to', readonly nick: string }
  /** A room's address or its localpart. See resolveRooms() for slugs. */
  | { readonly kind: 'in', readonly room: string }
  | { readonly kind: 'trait', readonly trait: Trait }
  /** A language tag in lower case; it also stands for its regional forms. */
  | { readonly kind: 'lang', readonly language: string }

/** What was asked, taken apart. Plain data. Words are analysed by the engine's analyser. */
export interface Query {
  /** As typed. */
  readonly text: string
  /** The same in the order typed, for showing what was understood. */
  readonly conditions: readonly Condition[]
  /** Of each of these groups one test at least must hold. */
  readonly all: ReadonlyArray<readonly Test[]>
  /** None of these may hold. */
  readonly none: readonly Test[]
  /** Any of these kinds; all talk, and nothing else, where there is none. */
  readonly kinds: readonly EventKind[]
  readonly notKinds: readonly EventKind[]
  /** Inclusive bounds. */
  readonly start?: ArchiveTime
  readonly end?: ArchiveTime
}

/**
 * Reads a query such as `mam OR archive -omemo "stream error" from:alice before:2024-05 prefix*`. Terms are joined by AND; OR
 * binds tighter, so that `a OR b c` asks for c with a or b. Several `from:`, `in:` or kinds after `is:` mean any of them.
 * Everything that is no operator is a word: `Foo::Bar`, `https://example.org`. Days are UTC days.
 * A text of nothing but space gives a query without conditions, which matches nothing.
 * Throws ERR_QUERY with the place and what is wrong: an open quote, an operator without a valid value, more than 2,000
 * characters or 32 terms, a prefix of one character, OR where it cannot stand, or only exclusions, unless what is looked for is
 * said beside the text.
 */
export function parseQuery (text: string, now = new Date(), mayOnlyExclude = false): Query {
  const conditions = scanQuery(text)
  const terms = parseTerms(conditions)
  const groups = groupsOf(conditions)
  const excluded = conditions.filter(condition => condition.isNegated)
  const query: Query = {
    text,
    conditions,
    all: joined(groups.map(group => group.flatMap(condition => testOf(condition, terms) ?? [])).filter(group => group.length > 0)),
    none: excluded.flatMap(condition => testOf(condition, terms) ?? []),
    kinds: groups.flat().flatMap(condition => kindOf(condition) ?? []),
    notKinds: excluded.flatMap(condition => kindOf(condition) ?? []),
    ...parseBounds(conditions, now)
  }
  const [first] = conditions
  if (first !== undefined && excluded.length === conditions.length && !mayOnlyExclude) {
    throw queryError(first.start, 'the query only excludes, expected also something to look for, such as a word, from: or after:')
  }
  return query
}

/** The query with the names after `in:` replaced by room addresses, where `addressOf` knows them (as slugs). */
export function resolveRooms (query: Query, addressOf: (name: string) => string | undefined): Query {
  const resolve = (test: Test): Test => test.kind === 'in' ? { ...test, room: addressOf(test.room) ?? test.room } : test
  return { ...query, all: query.all.map(group => group.map(resolve)), none: query.none.map(resolve) }
}

/** What the query looks for in texts. */
export function wantedTerms ({ all }: Query): Term[] {
  return all.flat().flatMap(test => test.kind === 'text' ? test.term : [])
}

/** What is asked for, each with its alternatives. */
function groupsOf (conditions: readonly Condition[]): Condition[][] {
  const groups: Condition[][] = []
  for (const [index, condition] of conditions.entries()) {
    if (condition.isAlternative) groups.at(-1)?.push(condition)
    else groups.push([condition])
    const isOneOfSeveral = condition.isAlternative || conditions[index + 1]?.isAlternative === true
    if (isOneOfSeveral && condition.isNegated) throw queryError(condition.start, 'an exclusion cannot stand beside OR, expected it elsewhere in the query')
    if (isOneOfSeveral && isDate(condition)) throw queryError(condition.start, `${condition.kind}: cannot stand beside OR, expected a search for each time`)
  }
  for (const group of groups) assertKinds(group)
  return groups.filter(([first]) => first?.isNegated === false)
}

function assertKinds (group: readonly Condition[]): void {
  const odd = group.find(condition => kindOf(condition) !== undefined)
  if (odd !== undefined && group.some(condition => kindOf(condition) === undefined)) {
    throw queryError(odd.start, `is:${odd.value} can stand beside OR only with other kinds, such as is:kick OR is:ban`)
  }
}

// Of several people or rooms any is meant, as no message is from two. What is joined by OR stays by itself.
function joined (groups: ReadonlyArray<readonly Test[]>): Array<readonly Test[]> {
  const isOne = (group: readonly Test[], kind: Test['kind']) => group.length === 1 && group[0]?.kind === kind
  const [people, rooms] = (['from', 'in'] as const).map(kind => groups.filter(group => isOne(group, kind)).flat())
  const others = groups.filter(group => !isOne(group, 'from') && !isOne(group, 'in'))
  return [...others, people ?? [], rooms ?? []].filter(group => group.length > 0)
}

function testOf (condition: Condition, terms: ReadonlyMap<Condition, Term>): Test | undefined {
  const { kind, value, start } = condition
  switch (kind) {
    case 'from':
    case 'to':
      return { kind, nick: value }
    case 'in':
      return { kind, room: value.replace(/^#(?=.)/, '').normalize('NFKC').toLowerCase() }
    case 'lang':
      if (!LANGUAGE_TAG.test(value)) throw queryError(start, `"${value}" is no language, expected its code, such as lang:de or lang:pt-br`)
      return { kind, language: value.toLowerCase() }
    case 'has':
    case 'is':
      return kindOf(condition) === undefined ? { kind: 'trait', trait: traitOf(condition) } : undefined
    case 'before':
    case 'after':
    case 'on':
    case 'during':
      return undefined
    default: {
      const term = terms.get(condition)
      return term === undefined ? undefined : { kind: 'text', term }
    }
  }
}

function kindOf ({ kind, value }: Condition): EventKind | undefined {
  return kind === 'is' ? EVENT_KINDS.find(known => known === value.toLowerCase()) : undefined
}

function traitOf ({ kind, value, start }: Condition): Trait {
  const known: Readonly<Record<string, Trait>> = kind === 'has' ? TRAITS.has : TRAITS.is
  const name = value.toLowerCase()
  const trait = Object.hasOwn(known, name) ? known[name] : undefined
  if (trait !== undefined) return trait
  const names = [...Object.keys(known), ...(kind === 'is' ? EVENT_KINDS : [])]
  throw queryError(start, `"${value}" is not known, expected ${names.map(name => `${kind}:${name}`).join(', ')}`)
}

/** Whether the query asks for what is no talk. */
export function asksForPresence ({ kinds }: Query): boolean {
  return kinds.some(kind => streamOf(kind) === 'presence')
}
