import { strict as assert } from 'node:assert'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { excerpt } from '../../src/search/excerpt.ts'
import { highlight } from '../../src/search/highlight.ts'
import type { Segment } from '../../src/search/highlight.ts'
import { parseQuery } from '../../src/search/query.ts'

function marked (segments: readonly Segment[]): string {
  return segments.map(({ text, isMatch }) => isMatch ? `[${text}]` : text).join('')
}

describe('Highlighting', () => {
  for (const [text, query, expected] of [
    ['He was running, I run.', 'runs', 'He was [running], I [run].'],
    ['He was running, I run.', '"run"', 'He was running, I [run].'],
    ['use Foo::Bar.new', 'foo::bar', 'use [Foo::Bar].new'],
    ['foo bar Foo::Bar', 'Foo::Bar', 'foo bar [Foo::Bar]'],
    ['urn:xmpp:mam:2#extended', 'urn:xmpp:mam:2', '[urn:xmpp:mam:2]#extended'],
    ['C, C++ and c++11', 'C++', 'C, [C++] and [c++]11'],
    ['prefixes and prefix', 'pref*', '[prefixes] and [prefix]'],
    ['to be or not to be', '"to be"', '[to be] or not [to be]'],
    ['a a a b', '"a a"', '[a a a] b'],
    ['Spaß in Häusern', 'spass hausern', '[Spaß] in [Häusern]'],
    ['Cafe\u0301 au lait', 'café', '[Cafe\u0301] au lait'],
    ['ﬁnally ｶﾞｽ', 'finally', '[ﬁnally] ｶﾞｽ'],
    ['全文検索エンジン', '検索', '全文[検索]エンジン'],
    ['検索の索', '索', '検[索]の[索]'],
    ['well done 👍🏽!', '👍', 'well done [👍🏽]!'],
    ['hello world', 'hello -world from:alice', '[hello] world'],
    ['hello', 'nothing', 'hello'],
    ['hello', '', 'hello'],
    ['', 'hello', '']
  ] as const) {
    test(`of ${query} in ${text}`, () => { assert.equal(marked(highlight(text, parseQuery(query))), expected) })
  }

  test('knows the forms of other languages', () => {
    assert.equal(marked(highlight('viele Häuser', parseQuery('haus'), ['de'])), 'viele [Häuser]')
  })

  test('of any text leaves the text as it is', () => {
    const query = parseQuery('a "b c" de* 検 👍 x::y')
    const text = fc.string({ unit: fc.oneof(fc.constantFrom('a', 'b', 'c', ' ', ':', '検', '👍', '\u0301', 'x::y', 'de'), fc.string({ unit: 'binary', maxLength: 2 })) })
    fc.assert(fc.property(text, text => {
      const segments = highlight(text, query)
      assert.equal(segments.map(segment => segment.text).join(''), text)
      assert.ok(segments.every(segment => segment.text !== ''))
    }), { numRuns: 1000 })
  })
})

describe('An excerpt', () => {
  const long = `${'lorem ipsum dolor sit amet '.repeat(20)}one needle in the hay, another needle here ${'and more text '.repeat(20)}`

  test('of a short text is the text', () => {
    assert.equal(marked(excerpt('a needle here', parseQuery('needle'), 40)), 'a [needle] here')
  })

  test('shows the most matches, cut between words', () => {
    const text = marked(excerpt(long, parseQuery('needle'), 80))
    assert.match(text, /^…\w.*\[needle\] in the hay, another \[needle\].*\w…$/)
    assert.ok(text.length < 90)
  })

  test('without matches is the beginning', () => {
    assert.equal(marked(excerpt(long, parseQuery('nothing'), 30)), 'lorem ipsum dolor sit amet…')
  })

  test('at the end of the text has no dots there', () => {
    assert.match(marked(excerpt(`${long} zebra`, parseQuery('zebra'), 40)), /^….* \[zebra\]$/)
  })

  test('of any text is part of it, not much longer than asked, and has no half characters', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'word', ' ', '👍', '検索', 'e\u0301'), maxLength: 200 })
    fc.assert(fc.property(text, fc.integer({ min: 10, max: 60 }), (text, maxChars) => {
      const joined = excerpt(text, parseQuery('word 検索'), maxChars).map(segment => segment.text).join('')
      const inner = joined.replace(/^…|…$/g, '')
      assert.ok(text.includes(inner))
      assert.ok(inner.length <= maxChars + 1)
      assert.doesNotMatch(inner, /\p{Cs}/u)
    }), { numRuns: 1000 })
  })
})
