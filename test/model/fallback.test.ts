import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import type { Fallback } from '../../src/model/content.ts'
import { isFileAddress, quotedText, shownMentions, shownText, withoutFallback } from '../../src/model/fallback.ts'

const REPLY = 'urn:xmpp:reply:0'

const CASES: ReadonlyArray<readonly [name: string, body: string, fallback: ReadonlyArray<Partial<Fallback>>, rest: string]> = [
  ['a stretch at the beginning', '> hi\nyes', [{ start: 0, end: 5 }], 'yes'],
  ['one in the middle', 'a [b] c', [{ start: 2, end: 6 }], 'a c'],
  ['one that begins at the beginning', 'abc', [{ end: 1 }], 'bc'],
  ['one that goes on to the end', 'abc', [{ start: 1 }], 'a'],
  ['the whole', 'abc', [{}], ''],
  ['code points, not units', '🧛🏾 > x\nyes', [{ start: 0, end: 7 }], 'yes'],
  ['an end behind the last one', '🧛', [{ start: 0, end: 1 }], ''],
  ['stretches that overlap', 'abcdef', [{ start: 1, end: 4 }, { start: 3, end: 5 }], 'af'],
  ['stretches out of order', 'abcdef', [{ start: 4, end: 5 }, { start: 0, end: 1 }], 'bcdf'],
  ['one inside another', 'abcdef', [{ start: 0, end: 5 }, { start: 1, end: 2 }], 'f'],
  ['one beyond the end is ignored', 'abc', [{ start: 1, end: 4 }], 'abc'],
  ['one beyond the end in code points', '🧛🧛', [{ start: 0, end: 3 }], '🧛🧛'],
  ['one that begins beyond the end', 'abc', [{ start: 9 }], 'abc'],
  ['one turned round', 'abc', [{ start: 2, end: 1 }], 'abc'],
  ['one that is empty', 'abc', [{ start: 1, end: 1 }], 'abc'],
  ['one good among bad ones', 'abc', [{ start: 5, end: 6 }, { start: 0, end: 1 }], 'bc'],
  ['none', 'abc', [], 'abc']
]

for (const [name, body, fallback, rest] of CASES) {
  test(`${name} is left out`, () => {
    assert.equal(withoutFallback(body, fallback.map(stretch => ({ for: REPLY, ...stretch }))), rest)
  })
}

test('only what stands in for what is asked for is left out', () => {
  const fallback = [{ for: REPLY, start: 0, end: 1 }, { for: 'urn:example', start: 1, end: 2 }]
  assert.equal(withoutFallback('abc', fallback, new Set(['urn:example'])), 'ac')
  assert.equal(withoutFallback('abc', fallback, new Set()), 'abc')
  assert.equal(withoutFallback('abc', fallback), 'c')
})

test('of any stretches what is left is the code points that none of the good ones covers', () => {
  const bound = fc.option(fc.nat(12), { nil: undefined })
  fc.assert(fc.property(fc.string({ unit: 'grapheme', maxLength: 10 }), fc.array(fc.tuple(bound, bound)), (body, bounds) => {
    const points = [...body]
    const gone = new Set<number>()
    const fallback = bounds.map(([start, end]) => ({ for: '', ...(start === undefined ? {} : { start }), ...(end === undefined ? {} : { end }) }))
    for (const { start = 0, end = points.length } of fallback as Fallback[]) {
      if (start <= end && end <= points.length) for (let at = start; at < end; at++) gone.add(at)
    }
    assert.equal(withoutFallback(body, fallback), points.filter((_, at) => !gone.has(at)).join(''))
  }))
})

test('a reply is shown without its quote, whether the quote takes its line break with it or not', () => {
  for (const end of [4, 5]) {
    const content = { body: '> hi\nyes', fallback: [{ for: REPLY, start: 0, end }], repliesTo: 'u' }
    assert.equal(shownText(content), 'yes')
    assert.equal(quotedText(content)?.trimEnd(), '> hi')
  }
})

test('a quote without a reply is all there is to show of it', () => {
  assert.equal(shownText({ body: '> hi\nyes', fallback: [{ for: REPLY, start: 0, end: 5 }] }), '> hi\nyes')
  assert.equal(quotedText({ body: 'yes' }), undefined)
})

test('a body that stands in for what we do not understand is shown; for files, reactions and retractions it is not', () => {
  const whole = (purpose: string) => ({ body: 'text', fallback: [{ for: purpose }] })
  assert.equal(shownText(whole('urn:example:poll')), 'text')
  assert.equal(shownText(whole('')), 'text')
  assert.equal(shownText(whole('urn:xmpp:sfs:0')), 'text')
  assert.equal(shownText({ ...whole('urn:xmpp:sfs:0'), files: [{ name: 'a' }] }), '')
  assert.equal(shownText({ ...whole('jabber:x:oob'), files: [{ name: 'a' }] }), '')
  assert.equal(shownText({ ...whole('urn:xmpp:reactions:0'), reactsTo: 'u' }), '')
  assert.equal(shownText({ ...whole(''), reactsTo: 'u' }), '')
  assert.equal(shownText({ ...whole('urn:xmpp:message-retract:1'), retracts: 'u' }), '')
  assert.equal(shownText({}), '')
})

test('a text may be no more than the address of its file', () => {
  const files = [{ name: 'a' }, { url: 'https://example.org/a.jpg' }]
  assert.ok(isFileAddress({ body: 'https://example.org/a.jpg ', files }))
  assert.ok(!isFileAddress({ body: 'see https://example.org/a.jpg', files }))
  assert.ok(!isFileAddress({ body: 'https://example.org/a.jpg' }))
  assert.ok(!isFileAddress({ files: [{ name: 'a' }] }))
})

test('the hint of a spoiler that is said again in the body is not', () => {
  assert.equal(shownText({ body: 'End: they die', spoiler: 'End', fallback: [{ for: 'urn:xmpp:spoiler:0', start: 0, end: 5 }] }), 'they die')
})

test('mentions are found again in the shown text; those in what is hidden, and those beyond it, are not', () => {
  const body = '> 🧛 bob\n🧛 bob and alice'
  const content = {
    body,
    fallback: [{ for: REPLY, start: 0, end: 8 }],
    repliesTo: 'u',
    mentions: [{ start: 18, end: 23, nick: 'alice' }, { start: 4, end: 7, nick: 'bob' }, { start: 10, end: 13, occupant: 'o' }, { nick: 'carol' }, { start: 20, end: 99, nick: 'x' }]
  }
  const text = shownText(content)
  assert.equal(text, '🧛 bob and alice')
  assert.deepEqual(shownMentions(content).map(({ from, to, ...who }) => [text.slice(from, to), who]), [
    ['bob', { occupant: 'o' }], ['alice', { nick: 'alice' }]
  ])
})
