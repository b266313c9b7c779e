import { strict as assert } from 'node:assert'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { hasCode } from '../../src/model/errors.ts'
import { asksForPresence, parseQuery, resolveRooms } from '../../src/search/query.ts'
import type { Test } from '../../src/search/query.ts'

const NOW = new Date('2026-03-01T00:30:00Z')

function shown (test: Test): string {
  switch (test.kind) {
    case 'text': return `${test.term.kind}(${test.term.text})`
    case 'from':
    case 'to': return `${test.kind}(${test.nick})`
    case 'in': return `in(${test.room})`
    case 'trait': return test.trait
    case 'lang': return `lang(${test.language})`
  }
}

/** What must hold, alternatives joined by |, then what must not. */
function tests (text: string): string {
  const { all, none } = parseQuery(text, NOW)
  return [...all.map(group => group.map(shown).join('|')), ...none.map(test => `-${shown(test)}`)].join(' ')
}

describe('The words of a query', () => {
  for (const [text, expected] of [
    ['hello World', 'word(hello) word(world)'],
    ['hello -world', 'word(hello) -word(world)'],
    ['+hello +1', 'word(hello) word(+1)'],
    ['"Stream Error" x', 'phrase(Stream Error) word(x)'],
    ['x -"stream error"', 'word(x) -phrase(stream error)'],
    ['“curly quotes” „unten“ «guillemets»', 'phrase(curly quotes) phrase(unten) phrase(guillemets)'],
    ['before"after"', 'word(before) phrase(after)'],
    ['pre* x -post*', 'prefix(pre) word(x) -prefix(post)'],
    ['-post* x', 'word(x) -prefix(post)'],
    ['Foo::Bar in::x from::y', 'word(foo::bar) word(in::x) word(from::y)'],
    ['https://example.org:80/?a=b#c foo:bar', 'word(https://example.org:80/?a=b#c) word(foo:bar)'],
    ['urn:xmpp:mam:2 re:hello', 'word(urn:xmpp:mam:2) word(re:hello)'],
    ['--flag a-b x - y', 'word(--flag) word(a-b) word(x) word(-) word(y)'],
    ['x~1 y^2 a\\b \\"z"', 'word(x~1) word(y^2) word(a\\b) word(\\) phrase(z)'],
    ['a*b **', 'word(a*b)'],
    ['検*', 'prefix(検)'],
    ['\u3000full\u00a0space\n', 'word(full) word(space)'],
    ['', '']
  ] as const) {
    test(`${JSON.stringify(text)} is ${expected}`, () => { assert.equal(tests(text), expected) })
  }
})

describe('The operators of a query', () => {
  for (const [text, expected] of [
    ['mam from:alice -FROM:"Jane Doe"', 'word(mam) from(alice) -from(Jane Doe)'],
    ['from:alice x from:bob', 'word(x) from(alice)|from(bob)'],
    ['in:#Lounge in:dev -in:lab', 'in(lounge)|in(dev) -in(lab)'],
    ['to:"Jane Doe" to:bob', 'to(Jane Doe) to(bob)'],
    ['has:link has:Image -is:reply', 'link image -reply'],
    ['has:reply is:action is:edited', 'reply action edited'],
    ['lang:de -lang:PT-br', 'lang(de) -lang(pt-br)'],
    ['a OR b c', 'word(a)|word(b) word(c)'],
    ['a b OR "c d" OR ee* f', 'word(a) word(b)|phrase(c d)|prefix(ee) word(f)'],
    ['from:a OR b', 'from(a)|word(b)'],
    ['from:a OR from:b from:c', 'from(a)|from(b) from(c)'],
    ['in:a OR has:link', 'in(a)|link'],
    ['"OR" ORacle or x', 'phrase(OR) word(oracle) word(or) word(x)']
  ] as const) {
    test(`${text} is ${expected}`, () => { assert.equal(tests(text), expected) })
  }

  for (const [text, kinds, notKinds, isPresence] of [
    ['hello', '', '', false],
    ['is:subject', 'subject', '', false],
    ['is:Kick is:ban spam', 'kick ban', '', true],
    ['is:kick OR is:ban OR is:subject', 'kick ban subject', '', true],
    ['hello -is:subject', '', 'subject', false],
    ['from:x -is:kick', '', 'kick', false]
  ] as const) {
    test(`${text} asks for ${kinds === '' ? 'all talk' : kinds}${notKinds === '' ? '' : ` but ${notKinds}`}`, () => {
      const query = parseQuery(text, NOW)
      assert.deepEqual([query.kinds.join(' '), query.notKinds.join(' '), asksForPresence(query)], [kinds, notKinds, isPresence])
    })
  }
})

test('the order typed is kept, with the place of each condition', () => {
  const query = parseQuery('mam from:alice -FROM:"Jane Doe" in:#Lounge -in:dev after:2023 before:2024-05 has:link -is:reply')
  assert.deepEqual([query.start, query.end], ['2024-01-01T00:00:00.000000Z', '2024-04-30T23:59:59.999999Z'])
  assert.deepEqual(query.conditions.map(({ kind, value, isNegated }) => [kind, value, isNegated]), [
    ['word', 'mam', false], ['from', 'alice', false], ['from', 'Jane Doe', true], ['in', '#Lounge', false], ['in', 'dev', true],
    ['after', '2023', false], ['before', '2024-05', false], ['has', 'link', false], ['is', 'reply', true]
  ])
  assert.deepEqual(query.conditions.map(({ start, end }) => query.text.slice(start, end)).join(' '), query.text)
  assert.deepEqual(parseQuery('a OR b c').conditions.map(({ isAlternative }) => isAlternative), [false, true, false])
})

describe('The dates of a query', () => {
  for (const [text, start, end] of [
    ['on:today', '2026-03-01T00:00:00.000000Z', '2026-03-01T23:59:59.999999Z'],
    ['on:Yesterday', '2026-02-28T00:00:00.000000Z', '2026-02-28T23:59:59.999999Z'],
    ['during:2024-02', '2024-02-01T00:00:00.000000Z', '2024-02-29T23:59:59.999999Z'],
    ['during:2024', '2024-01-01T00:00:00.000000Z', '2024-12-31T23:59:59.999999Z'],
    ['on:2024-5-7', '2024-05-07T00:00:00.000000Z', '2024-05-07T23:59:59.999999Z'],
    ['before:2024-05-17', undefined, '2024-05-16T23:59:59.999999Z'],
    ['after:2024-12-31', '2025-01-01T00:00:00.000000Z', undefined],
    ['on:7d', '2026-02-22T00:00:00.000000Z', '2026-02-22T23:59:59.999999Z'],
    ['before:2W', undefined, '2026-02-14T23:59:59.999999Z'],
    ['after:1m', '2026-02-02T00:00:00.000000Z', undefined],
    ['after:1y before:today', '2025-03-02T00:00:00.000000Z', '2026-02-28T23:59:59.999999Z'],
    ['during:7d', '2026-02-23T00:00:00.000000Z', undefined],
    ['during:yesterday', '2026-02-28T00:00:00.000000Z', '2026-02-28T23:59:59.999999Z'],
    ['after:2023 after:2024-05 before:2025 before:today', '2024-06-01T00:00:00.000000Z', '2024-12-31T23:59:59.999999Z']
  ] as const) {
    test(`${text} is from ${start} to ${end}`, () => {
      const query = parseQuery(text, NOW)
      assert.deepEqual([query.start, query.end], [start, end])
    })
  }
})

describe('A query that cannot be read names the place', () => {
  for (const [text, message] of [
    ['hello "world', /character 7: the quote is not closed/],
    ['"', /character 1: the quote/],
    ['x from:"alice', /character 8: the quote/],
    ['x from:', /character 3: from: has no value/],
    ['in: lounge', /character 1: in: has no value/],
    ['x on:2024-02-30', /character 3: "2024-02-30" after on: is not a date, expected 2024/],
    ['x before:soon', /character 3: "soon" after before: is not a date/],
    ['x after:99999', /character 3/],
    ['x on:1969', /character 3/],
    ['x -on:2024', /character 3: on: cannot be excluded/],
    ['x has:cheese', /character 3: "cheese" is not known, expected has:link, has:image/],
    ['x is:link', /character 3: "link" is not known, expected is:reply, .*is:kick/],
    ['x is:constructor', /character 3: "constructor" is not known/],
    ['x after:9999y', /character 3/],
    ['x lang:klingonesque', /character 3: "klingonesque" is no language, expected its code/],
    ['OR x', /character 1: OR has nothing before it/],
    ['x OR', /character 3: OR has nothing after it/],
    ['x OR OR y', /character 6: OR has nothing before it/],
    ['x OR -y', /character 6: an exclusion cannot stand beside OR/],
    ['-x OR y', /character 1: an exclusion cannot stand beside OR/],
    ['x OR on:today', /character 6: on: cannot stand beside OR/],
    ['x OR is:kick', /character 6: is:kick can stand beside OR only with other kinds/],
    ['is:subject OR x', /character 1: is:subject can stand beside OR only/],
    ['-hello', /character 1: the query only excludes/],
    ['-from:alice -"x y"', /character 1: the query only excludes/],
    ['hello a*', /character 7: "a\*" would match too much/],
    ['foo -x*', /character 5/],
    ['x '.repeat(33), /character 65: more than 32 terms/],
    [`${'x'.repeat(2000)}y`, /character 2001: the query has 2001 characters/]
  ] as const) {
    test(JSON.stringify(text.slice(0, 40)), () => {
      assert.throws(() => parseQuery(text, NOW), { code: 'ERR_QUERY', message })
    })
  }
})

test('what only excludes is anchored by an operator', () => {
  for (const text of ['-x from:alice', '-x in:lounge', '-from:alice after:2024', '-x has:link']) assert.ok(parseQuery(text, NOW))
})

test('slugs become addresses where they are known', () => {
  const query = resolveRooms(parseQuery('x in:chat in:b -in:old'), name => ({ chat: 'lounge@conference.example.org', old: 'o@c.example' })[name])
  const named = (tests: readonly Test[]) => tests.flatMap(test => test.kind === 'in' ? test.room : [])
  assert.deepEqual([named(query.all.flat()), named(query.none)], [['lounge@conference.example.org', 'b'], ['o@c.example']])
})

test('any text is read or refused with ERR_QUERY, and the conditions lie in it one after the other', () => {
  const piece = fc.oneof(fc.string({ unit: 'binary', maxLength: 5 }), fc.constantFrom('"', '“', '*', '-', '+', ':', '\\', ' ', ' OR ', 'from:', 'to:', 'in:x', 'on:2024', 'is:', 'lang:'))
  fc.assert(fc.property(fc.array(piece, { maxLength: 15 }).map(pieces => pieces.join('')), text => {
    try {
      const { conditions } = parseQuery(text, NOW)
      let at = 0
      for (const { start, end } of conditions) {
        assert.ok(start >= at && end > start && end <= text.length)
        at = end
      }
    } catch (error) {
      assert.ok(hasCode(error, 'ERR_QUERY'), String(error))
    }
  }), { numRuns: 3000 })
})
