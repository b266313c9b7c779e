import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { parseQuery } from '../../src/search/query.ts'
import { without } from '../../src/search/without.ts'

const CASES: ReadonlyArray<readonly [string, string, string]> = [
  ['stream error', 'stream', 'error'],
  ['  stream   error ', 'error', 'stream'],
  ['a OR b OR c', 'a', 'b OR c'],
  ['a OR b OR c', 'b', 'a OR c'],
  ['a OR b OR c d', 'c', 'a OR b d'],
  ['a OR b c OR d', 'b', 'a c OR d'],
  ['x -"not this" from:"Jane Doe"', 'not this', 'x from:"Jane Doe"'],
  ['from:alice mam*', 'alice', 'mam*'],
  ['only', 'only', '']
]

for (const [text, dropped, rest] of CASES) {
  test(`${text} without ${dropped} is ${rest === '' ? 'empty' : rest}`, () => {
    assert.equal(without(text, parseQuery(text).conditions, ({ value }) => value === dropped), rest)
  })
}

test('what is left means what it meant before', () => {
  const word = fc.constantFrom('mam', '"two words"', 'from:alice', '-omemo', 'is:reply', 'pre*', 'C++')
  fc.assert(fc.property(fc.array(word, { minLength: 2, maxLength: 8 }), fc.nat(), (words, n) => {
    const text = ['anchor', ...words].join(' ')
    const { conditions } = parseQuery(text)
    const dropped = conditions[1 + n % words.length]
    const left = parseQuery(without(text, conditions, condition => condition === dropped))
    assert.deepEqual(left.conditions.map(({ kind, value, isNegated }) => [kind, value, isNegated]),
      conditions.filter(condition => condition !== dropped).map(({ kind, value, isNegated }) => [kind, value, isNegated]))
  }))
})
