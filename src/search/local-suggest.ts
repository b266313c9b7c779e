import type { Spelling } from './local-spelling.ts'
import { patternOf } from './pattern.ts'
import type { Query, Test } from './query.ts'
import type { Condition } from './scan-query.ts'
import type { SearchRequest } from './search-index.ts'

export type SuggestRequest = Pick<SearchRequest, 'query' | 'rooms'>

export interface SuggestOptions {
  readonly spelling: Spelling
  /** How many events of the rooms a query finds, counted to `most`. */
  readonly count: (query: Query, rooms: SuggestRequest['rooms'], most: number) => number
}

const MOST_WORDS = 4
/** The most frequent of the words alike is taken; frequencies are counted so far. */
const MOST_COUNTED = 1_000
const MOST_ALIKE = 200

/** See SearchIndex.suggest. All counts are of the rooms asked, so that a word of another room is as if it were not there. */
export function createSuggest ({ spelling, count }: SuggestOptions): (request: SuggestRequest) => string | undefined {
  return ({ query, rooms }) => {
    const asking = (word: string): Query => ({
      text: word,
      conditions: [],
      all: [[{ kind: 'text', term: { kind: 'word', text: word } }], ...query.all.filter(group => group.every(test => test.kind === 'in'))],
      none: query.none.filter(test => test.kind === 'in'),
      kinds: query.kinds,
      notKinds: query.notKinds
    })
    const isSaid = (word: string): boolean => count(asking(word), rooms, 1) > 0

    /** Undefined where the word is said, or no other is like it. */
    function better (word: string): string | undefined {
      const plain = patternOf({ kind: 'word', text: word })?.stemmed
      if (plain === undefined || isSaid(word)) return undefined
      let best: { word: string, said: number } | undefined
      for (const like of spelling.alike(plain).slice(0, MOST_ALIKE)) {
        const said = count(asking(like), rooms, MOST_COUNTED)
        if (said > (best?.said ?? 0)) best = { word: like, said }
      }
      return best?.word
    }

    const changed = new Map<Condition, string>()
    for (const condition of query.conditions.filter(({ kind, isNegated }) => kind === 'word' && !isNegated).slice(0, MOST_WORDS)) {
      const word = better(condition.value.toLowerCase())
      if (word !== undefined) changed.set(condition, word)
    }
    if (changed.size === 0) return undefined
    return count(respelt(query, changed), rooms, 1) === 0 ? undefined : retyped(query.text, changed)
  }
}

function respelt (query: Query, changed: ReadonlyMap<Condition, string>): Query {
  const words = new Map([...changed].map(([{ value }, word]) => [value.toLowerCase(), word]))
  const respell = (test: Test): Test => {
    const word = test.kind === 'text' && test.term.kind === 'word' ? words.get(test.term.text) : undefined
    return word === undefined ? test : { kind: 'text', term: { kind: 'word', text: word } }
  }
  return { ...query, all: query.all.map(group => group.map(respell)) }
}

function retyped (text: string, changed: ReadonlyMap<Condition, string>): string {
  let typed = ''
  let at = 0
  for (const [{ start, end }, word] of changed) {
    typed += text.slice(at, start) + word
    at = end
  }
  return typed + text.slice(at)
}
