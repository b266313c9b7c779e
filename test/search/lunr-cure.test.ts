import { strict as assert } from 'node:assert'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import type { lunr as Lunr } from '../../src/search/browser/lunr-cure.ts'
import { lunr } from '../../src/search/browser/lunr-cure.ts'

// The words of ten thousand messages of a real channel, sorted as lunr wants them.
const WORDS = gunzipSync(readFileSync(new URL('../fixtures/duraspace-words.txt.gz', import.meta.url))).toString().trimEnd().split('\n')

interface TokenSets {
  _nextId: number
  fromArray (words: readonly string[]): { toArray (): string[] }
}

// States are numbered anew in each process and each page.
function wordsOf (engine: typeof Lunr): string[] {
  const sets = engine.TokenSet as unknown as TokenSets
  sets._nextId = 1
  return sets.fromArray(WORDS).toArray().sort()
}

test('the automaton of lunr has the words of ten thousand real messages, all of them and no others', () => {
  assert.deepEqual(wordsOf(lunr), WORDS)
})

test('without the cure it has not: the cure can go when this fails', () => {
  const require = createRequire(import.meta.url)
  const path = require.resolve('lunr')
  const { [path]: cured } = require.cache
  try {
    delete require.cache[path]
    assert.notDeepEqual(wordsOf(require('lunr') as typeof Lunr), WORDS)
  } finally {
    require.cache[path] = cured
  }
})

test('every beginning of a word finds what begins so in an index of all these words, and none throws', () => {
  (lunr.TokenSet as unknown as TokenSets)._nextId = 1
  const builder = new lunr.Builder()
  builder.ref('ref')
  builder.field('word')
  builder.tokenizer = ((tokens: readonly string[]) => tokens.map(token => new lunr.Token(token, {}))) as unknown as typeof lunr.tokenizer
  const words = WORDS.filter(word => !word.includes('*'))
  for (const [ref, word] of words.entries()) builder.add({ ref, word: [word] })
  const index = lunr.Index.load(JSON.parse(JSON.stringify(builder.build())) as object)
  const beginnings = new Set(words.flatMap((word, n) => n % 40 === 0 ? [word.slice(0, 1), word.slice(0, 3), word] : []))
  for (const beginning of beginnings) {
    const found = index.query(query => { query.term(beginning, { fields: ['word'], usePipeline: false, wildcard: lunr.Query.wildcard.TRAILING }) })
    assert.equal(found.length, words.filter(word => word.startsWith(beginning)).length, beginning)
  }
})
