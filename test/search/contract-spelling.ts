import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseQuery } from '../../src/search/query.ts'
import type { SearchIndex } from '../../src/search/search-index.ts'
import { LOUNGE } from '../helpers/events.ts'
import { OTHER, ROOMS, add, ask, at, realTalk, recorded, talk } from './index-under-test.ts'
import type { IndexUnderTest } from './index-under-test.ts'

async function better (index: SearchIndex, query: string, rooms = ROOMS): Promise<string | undefined> {
  assert.ok('suggest' in index)
  return index.suggest?.({ query: parseQuery(query), rooms })
}

/** One letter more, one less, another, or two in the other order. */
function isOneAway (one: string, other: string): boolean {
  if (Math.abs(one.length - other.length) > 1 || one === other) return false
  let from = 0
  while (from < one.length && one[from] === other[from]) from++
  const [a, b] = [one.slice(from), other.slice(from)]
  return a.slice(1) === b || a === b.slice(1) || a.slice(1) === b.slice(1) || (a.slice(2) === b.slice(2) && a[0] === b[1] && a[1] === b[0])
}

/** For engines that know better spellings. */
export function spellingContract (engine: IndexUnderTest): void {
  for (const [typed, expected] of [
    ['grammer', 'grammar'], ['gramar', 'grammar'], ['grammmar', 'grammar'], ['garmmar', 'grammar'], ['rammar', 'grammar'], ['grammarx', 'grammar'],
    ['kesyword is', 'keyword is'], ['"a keyword" grammer -x', '"a keyword" grammar -x'], ['from:alice GRAMMER in:lounge', 'from:alice grammar in:lounge'],
    ['grammer OR kexword', 'grammar OR keyword'], ['hausre', 'hauser'], ['überllegung', 'überlegung'], ['прввет', 'привет'],
    ['grammar', undefined], ['grammars', undefined], ['the', undefined], ['grmmer', undefined], ['grammer*', undefined], ['"grammer"', undefined], ['-grammer is', undefined],
    ['from:grammer', undefined], ['node.jx', undefined], ['検索', undefined], ['grammer from:bob', undefined], ['grammer before:2000', undefined], ['', undefined], ['x', undefined]
  ] as const) {
    test(`of "${typed}" ${expected === undefined ? 'no better spelling is known' : `the better spelling is "${expected}"`}`, async t => {
      const index = await engine.open(t)
      await add(index, talk('the grammar is a keyword here', 'hauser', 'eine Überlegung', 'Привет', 'node.js'))
      assert.equal(await better(index, typed), expected)
    })
  }

  test('the one that is said more often is taken', async t => {
    const index = await engine.open(t)
    await add(index, talk('boat', 'coat coat coat', 'coat', 'goat', 'goat', 'goat'))
    assert.equal(await better(index, 'xoat'), 'goat')
  })

  test('words said only where the reader may not be are never told, nor do they weigh', async t => {
    const index = await engine.open(t)
    await add(index, [
      ...Array.from({ length: 20 }, (_, n) => recorded({ body: 'secretword goat', room: OTHER, time: at(n) })),
      recorded({ body: 'coat', time: at(30) }),
      recorded({ kind: 'kick', nick: 'bob', reason: 'presenceword', time: at(40) })
    ])
    assert.equal(await better(index, 'secretwort', [LOUNGE]), undefined)
    assert.equal(await better(index, 'secretwort in:lounge'), undefined)
    assert.equal(await better(index, 'secretwort -in:other'), undefined)
    assert.equal(await better(index, 'secretwort', []), undefined)
    assert.equal(await better(index, 'secretwort'), 'secretword')
    assert.equal(await better(index, 'xoat', [LOUNGE]), 'coat')
    assert.equal(await better(index, 'xoat'), 'goat')
    assert.equal(await better(index, 'presencewort'), undefined)
    assert.equal(await better(index, 'is:kick presencewort'), 'is:kick presenceword')
  })

  test('a removed word is no better spelling', async t => {
    const index = await engine.open(t)
    const [event] = talk('secretword')
    assert.ok(event)
    await add(index, [event])
    await index.apply([{ id: event._id, event: undefined }], await index.checkpoint(), 'gone')
    assert.equal(await better(index, 'secretwort'), undefined)
  })

  test('over real talk a better spelling is a word one letter away that somebody said, and there is one where there can be', async t => {
    const index = await engine.open(t)
    const events = realTalk()
    await add(index, events)
    const said = new Set(events.flatMap(({ body = '' }) => body.toLowerCase().match(/(?<![\p{L}\p{N}])\p{L}{3,24}(?![\p{L}\p{N}])/gu) ?? []))
    const typo = fc.tuple(fc.constantFrom(...said), fc.nat(30), fc.constantFrom('x', 'e', '')).map(([word, at, letter]) =>
      word.slice(0, at % word.length) + letter + word.slice(at % word.length + 1)).filter(word => /^[a-z]{3,}$/.test(word))
    await fc.assert(fc.asyncProperty(typo, async word => {
      const found = await better(index, word)
      if (found === undefined) assert.ok((await ask(index, word)).total > 0 || ![...said].some(other => isOneAway(word, other)), word)
      else assert.ok(said.has(found) && isOneAway(word, found), `${word}: ${found}`)
    }), { numRuns: 150 })
  })
}
