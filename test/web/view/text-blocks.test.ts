import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { plainText } from '../../../src/web/view/parts.ts'
import type { Part } from '../../../src/web/view/parts.ts'
import { plainBlocks, textBlocks } from '../../../src/web/view/text-blocks.ts'
import type { TextBlock, TextOptions } from '../../../src/web/view/text-blocks.ts'
import { visibleText } from '../../../src/web/view/visible-text.ts'

/** The blocks in the form of markup, to be read in a test. */
function marked (blocks: readonly TextBlock[]): string {
  return blocks.map(block => {
    if (block.kind === 'code') return `<pre>${block.text}</pre>`
    return block.kind === 'quote' ? `<q>${marked(block.blocks)}</q>` : `<p>${markedParts(block.parts)}</p>`
  }).join('')
}

function markedParts (parts: readonly Part[]): string {
  return parts.map(part => {
    if ('tag' in part) return `<${part.tag}>${markedParts(part.parts)}</${part.tag}>`
    const name = part.isCode === true ? 'code' : part.isMention === true ? 'b' : part.href === undefined ? undefined : 'a'
    return name === undefined ? part.text : `<${name}>${part.text}</${name}>`
  }).join('')
}

const CASES: ReadonlyArray<readonly [text: string, markup: string, options?: TextOptions]> = [
  ['', ''],
  [' \n ', ''],
  ['plain\nlines', '<p>plain\nlines</p>'],
  ['a *b* _c_ ~d~ `e`', '<p>a *<strong>b</strong>* _<em>c</em>_ ~<del>d</del>~ `<code>e</code>`</p>'],
  ['*all _of it_*', '<p>*<strong>all _<em>of it</em>_</strong>*</p>'],
  ['a*b* 2 * 3 * 4', '<p>a*b* 2 * 3 * 4</p>'],
  ['*see https://example.org/a_b_c*', '<p>*<strong>see <a>https://example.org/a_b_c</a></strong>*</p>'],
  ['`https://example.org/`', '<p>`<code>https://example.org/</code>`</p>'],
  ['look:\n\n```ts\nlet a\n\n  b\n```\n\nnice', '<p>look:</p><pre>let a\n\n  b</pre><p>nice</p>'],
  ['```\nnever ends *x*', '<pre>never ends *x*</pre>'],
  ['> a *b*\n> > c\nd', '<q><p>a *<strong>b</strong>*</p><q><p>c</p></q></q><p>d</p>'],
  ['> ```\n> x\n> ```\ny', '<q><pre>x</pre></q><p>y</p>'],
  ['> a\n*b*', '<p>> a\n*b*</p>', { styling: 'none' }],
  ['*a*\n> b\n```\nc', '<p>*<strong>a</strong>*\n> b\n```\nc</p>', { styling: 'spans' }],
  ['evil \u202Etxt', '<p>evil \uFFFDtxt</p>'],
  ['`\u202E`', '<p>`<code>\uFFFD</code>`</p>'],
  ['alice: hi', '<p><b>alice</b>: hi</p>', { mentions: [{ from: 0, to: 5 }] }],
  ['> alice\n*bob* and `carol`\n```\ndave\n```\nerin', '<q><p><b>alice</b></p></q><p>*<strong><b>bob</b></strong>* and `<code>carol</code>`</p><pre>dave</pre><p><b>erin</b></p>', {
    mentions: [{ from: 2, to: 7 }, { from: 9, to: 12 }, { from: 19, to: 24 }, { from: 30, to: 34 }, { from: 39, to: 43 }]
  }],
  ['ab', '<p><b>ab</b></p>', { mentions: [{ from: -3, to: 90 }] }],
  ['abc', '<p><b>ab</b><b>c</b></p>', { mentions: [{ from: 0, to: 2 }, { from: 1, to: 3 }] }]
]

for (const [text, markup, options] of CASES) {
  test(`${JSON.stringify(text)} is shown as ${markup}`, () => { assert.equal(marked(textBlocks(text, options)), markup) })
}

const words = fc.array(fc.constantFrom('*', '_', '~', '`', '```', '>', '> ', ' ', '\n', 'a', 'bc', '😺', 'https://example.org/', '\u202E'), { maxLength: 40 })
  .map(all => all.join(''))

test('without blocks nothing that was typed is lost, whatever is styled or named', () => {
  const mention = fc.record({ from: fc.integer({ min: -2, max: 60 }), to: fc.integer({ min: -2, max: 60 }) })
  fc.assert(fc.property(words, fc.constantFrom('spans' as const, 'none' as const), fc.array(mention, { maxLength: 4 }), (text, styling, found) => {
    const mentions = found.sort((a, b) => a.from - b.from)
    assert.equal(plainBlocks(textBlocks(text, { styling, mentions })), visibleText(text).trimEnd())
  }))
})

test('a mention is the same text wherever it stands, also behind quotes and code', () => {
  fc.assert(fc.property(words, words, (before, after) => {
    const text = `${before} NAME ${after}`
    const from = text.indexOf('NAME')
    const named: string[] = []
    const collect = (parts: readonly Part[]): void => {
      for (const part of parts) {
        if ('tag' in part) collect(part.parts)
        else if (part.isMention === true) named.push(part.text)
      }
    }
    const walk = (blocks: readonly TextBlock[]): void => {
      for (const block of blocks) {
        if (block.kind === 'text') collect(block.parts)
        else if (block.kind === 'quote') walk(block.blocks)
      }
    }
    walk(textBlocks(text, { mentions: [{ from, to: from + 4 }] }))
    assert.ok(named.length === 0 || named.join('|') === 'NAME', named.join('|'))
    const isPlain = !/[`>]/.test(text)
    if (isPlain) assert.deepEqual(named, ['NAME'])
  }))
})

test('the text of a paragraph is what its parts join to', () => {
  const [block] = textBlocks('a *b* `c`')
  assert.equal(block?.kind === 'text' && plainText(block.parts), 'a *b* `c`')
})
