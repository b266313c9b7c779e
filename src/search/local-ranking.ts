import { patternOf } from './pattern.ts'
import type { Pattern } from './pattern.ts'
import { wantedTerms } from './query.ts'
import type { Query } from './query.ts'

/** The tokens of a hit, separated by spaces. */
export interface Weighable {
  readonly word: string
  readonly code: string
}

/** So many of the newest hits are weighed, and of each so many characters: no search takes long, whatever it finds. */
export const MOST_RANKED = 2_000
export const MOST_WEIGHED_CHARS = 1_000

// Okapi BM25 with its usual constants. Another form of a word weighs less than the word itself.
const K1 = 1.2
const B = 0.75
const OTHER_FORM = 0.6

/**
 * How well each hit answers the query, the higher the better. A word counts for more where few of the hits have it: nothing is asked
 * of messages that the reader may not see.
 */
export function weigh (hits: readonly Weighable[], query: Query, formsOf: (word: string) => readonly string[]): number[] {
  const texts = hits.map(({ word, code }) => ({ words: word.split(' '), code: code.split(' ') }))
  const mean = Math.max(1, texts.reduce((sum, { words }) => sum + words.length, 0) / Math.max(1, texts.length))
  const scores = new Array<number>(hits.length).fill(0)
  for (const pattern of wantedTerms(query).flatMap(term => patternOf(term) ?? [])) {
    const countIn = counterOf(pattern, formsOf)
    const counts = texts.map(countIn)
    const having = counts.filter(count => count > 0).length
    const rarity = Math.log(1 + (hits.length + 1) / (having + 0.5))
    for (const [at, count] of counts.entries()) {
      const length = texts[at]?.words.length ?? 0
      scores[at] = (scores[at] ?? 0) + rarity * count * (K1 + 1) / (count + K1 * (1 - B + B * length / mean))
    }
  }
  return scores
}

type Text = { readonly words: readonly string[], readonly code: readonly string[] }

function counterOf (pattern: Pattern, formsOf: (word: string) => readonly string[]): (text: Text) => number {
  if (pattern.stemmed !== undefined) {
    const weights = new Map(formsOf(pattern.stemmed).map((form, index) => [form, index === 0 ? 1 : OTHER_FORM]))
    return ({ words }) => words.reduce((sum, word) => sum + (weights.get(word) ?? 0), 0)
  }
  const inWords = ({ words }: Text) => countRuns(words, pattern.words, pattern.isWordPrefix)
  const inCode = ({ code }: Text) => countRuns(code, pattern.code, pattern.isCodePrefix)
  if (pattern.code.length === 0) return inWords
  return pattern.words.length === 0 ? inCode : text => Math.min(inWords(text), inCode(text))
}

function countRuns (tokens: readonly string[], run: readonly string[], isPrefix: boolean): number {
  const last = run.length - 1
  let count = 0
  for (let at = 0; at + last < tokens.length; at++) {
    if (run.every((wanted, offset) => {
      const token = tokens[at + offset] ?? ''
      return isPrefix && offset === last ? token.startsWith(wanted) : token === wanted
    })) count++
  }
  return count
}
