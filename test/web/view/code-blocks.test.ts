import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { codeBlocks } from '../../../src/web/view/code-blocks.ts'

test('a block from ``` to ``` is code, with or without a language', () => {
  assert.deepEqual(codeBlocks('look:\n```ts\nlet a\n\n  b\n```\nnice'), [
    { text: 'look:', isCode: false }, { text: 'let a\n\n  b', isCode: true }, { text: 'nice', isCode: false }
  ])
})

test('what never ends, or ends in the middle of a line, is no block', () => {
  for (const text of ['```\nlet a', '``` a ```', 'a ```\nb\n```', '```']) assert.deepEqual(codeBlocks(text), [{ text, isCode: false }])
})

test('an empty block is a block', () => {
  assert.deepEqual(codeBlocks('```\n```'), [{ text: '', isCode: true }])
})

test('no line is lost but the fences', () => {
  const line = fc.constantFrom('```', '```js', 'a', '', ' b', '``')
  fc.assert(fc.property(fc.array(line, { minLength: 1 }), lines => {
    const stretches = codeBlocks(lines.join('\n'))
    const shown = stretches.flatMap(({ text, isCode }) => isCode ? (text === '' ? [] : text.split('\n')) : text.split('\n'))
    const isFence = (line: string) => line.startsWith('```')
    assert.deepEqual(shown.filter(line => !isFence(line) && line !== ''), lines.filter(line => !isFence(line) && line !== ''))
    for (const { text, isCode } of stretches) if (isCode) assert.ok(!text.split('\n').includes('```'))
  }))
})
