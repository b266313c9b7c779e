import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { parseStyling, unstyledText } from '../../src/model/styling.ts'
import type { Block, Span } from '../../src/model/styling.ts'

/** What is styled, in short: strong<…>, plain text as it is. */
function short (blocks: readonly Block[]): string {
  return blocks.map(block => {
    if (block.kind === 'plain') return spansOf(block.spans)
    if (block.kind === 'quote') return `quote{${short(block.blocks)}}`
    return `pre${block.isClosed ? '' : ' to the end'}[${block.info}]{${block.text}}`
  }).join('|')
}

function spansOf (spans: readonly Span[]): string {
  return spans.map(span => {
    if (span.kind === 'text') return span.text
    return `${span.kind}<${span.kind === 'code' ? span.text : spansOf(span.spans)}>`
  }).join('')
}

// XEP-0393 §4, its own examples.
const EXAMPLES: ReadonlyArray<readonly [text: string, short: string]> = [
  ['one per line,\nbut there is no *formatting\nas spans* may not escape', 'one per line,|but there is no *formatting|as spans* may not escape'],
  ['```ignored\n(println "Hello, world!")\n```\n\nThis ⤴', 'pre[ignored]{(println "Hello, world!")}||This ⤴'],
  ['> ```\n> (println "Hello, world!")\n\nplain!', 'quote{pre to the end[]{(println "Hello, world!")}}||plain!'],
  ['> That that is, is.\n\nSaid', 'quote{That that is, is.}||Said'],
  ['>> That that is, is.\n> Said the old hermit of Prague.\n\nWho?', 'quote{quote{That that is, is.}|Said the old hermit of Prague.}||Who?'],
  ['> > deep\n>no space\n>  two', 'quote{quote{deep}|no space| two}'],
  ['plain span', 'plain span'],
  ['*strong span*', 'strong<strong span>'],
  ['plain _emphasis_ plain', 'plain emphasis<emphasis> plain'],
  ['`pre` plain *strong*', 'code<pre> plain strong<strong>'],
  ['*strong*plain*', 'strong<strong>plain*'],
  ['* plain *strong*', '* plain strong<strong>'],
  ['not strong*', 'not strong*'],
  ['*not strong', '*not strong'],
  ['*not \n strong*', '*not | strong*'],
  ['*not *strong', '*not *strong'],
  ['**', '**'],
  ['***', '***'],
  ['****', '****'],
  ['Two spans, both *alike in dignity*', 'Two spans, both strong<alike in dignity>'],
  ['The full title is _Twelfth Night, or What You Will_ but\n_most_ people shorten it.', 'The full title is emphasis<Twelfth Night, or What You Will> but|emphasis<most> people shorten it.'],
  ['Everyone ~dis~likes cake.', 'Everyone strike<dis>likes cake.'],
  ['This is `monospace`', 'This is code<monospace>'],
  ['This is `*monospace*`', 'This is code<*monospace*>'],
  ['This is *`monospace and bold`*', 'This is strong<code<monospace and bold>>'],
  ['> _ <', 'quote{_ <}'],
  // And where it says what is not.
  ['a*b*c', 'a*b*c'],
  ['*a *', '*a *'],
  ['*a *b*', 'strong<a *b>'],
  ['*a _b* c_', 'strong<a _b> c_'],
  ['_*~x~*_', 'emphasis<strong<strike<x>>>'],
  ['**bold**', '**bold**'],
  ['*a*_b_', 'strong<a>_b_'],
  ['a\u00a0*b*', 'a\u00a0strong<b>'],
  ['*a\u3000*', '*a\u3000*'],
  ['snake_case_name', 'snake_case_name'],
  ['*🧛🏾*', 'strong<🧛🏾>'],
  ['```', 'pre to the end[]{}'],
  ['```\n```', 'pre[]{}'],
  ['```\n\n```', 'pre[]{}'],
  ['```\n``` \n> x', 'pre to the end[]{``` \n> x}'],
  ['', '']
]

for (const [text, expected] of EXAMPLES) {
  test(`${JSON.stringify(text)} is styled as ${JSON.stringify(expected)}`, () => {
    assert.equal(short(parseStyling(text)), expected)
    assert.equal(unstyledText(parseStyling(text)), text)
  })
}

test('whatever is typed, put together again it is what was typed', () => {
  const piece = fc.oneof({ weight: 5, arbitrary: fc.constantFrom('*', '_', '~', '`', '```', '\n```\n', '>', '\n> ', '\n', ' ', '\u00a0', 'a', 'word') }, { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 3 }) })
  fc.assert(fc.property(fc.array(piece, { maxLength: 60 }), pieces => {
    const text = pieces.join('')
    assert.equal(unstyledText(parseStyling(text)), text)
  }), { numRuns: 500 })
})

test('no span holds another of its kind, is empty, or has white space inside its marks', () => {
  function check (spans: readonly Span[], outer: readonly string[]): void {
    for (const span of spans) {
      if (span.kind === 'text') continue
      const inside = span.kind === 'code' ? span.text : unstyledText([{ kind: 'plain', spans: span.spans }])
      assert.match(inside, /^\S(.*\S)?$/su)
      assert.ok(!outer.includes(span.kind))
      if (span.kind !== 'code') check(span.spans, [...outer, span.kind])
    }
  }
  const line = fc.array(fc.constantFrom('*', '_', '~', '`', ' ', 'a'), { maxLength: 30 })
  fc.assert(fc.property(line, pieces => {
    for (const block of parseStyling(pieces.join(''))) if (block.kind === 'plain') check(block.spans, [])
  }), { numRuns: 500 })
})

// Were any of them to take time by the square of its length, the suite would not end.
const HOSTILE = ['*', ' *', '*a ', '_*~`', '> ', '>', '>\n\n', '>\n```\n', '```\n', '```\n```\n', '*a _b ~c `d ', '*a* ', '\n']
for (const piece of HOSTILE) {
  test(`a megabyte of ${JSON.stringify(piece)} is parsed like any other`, () => {
    const text = piece.repeat(Math.ceil(1_000_000 / piece.length))
    assert.equal(unstyledText(parseStyling(text)), text)
  })
}
