import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readLines } from '../../src/transfer/lines.ts'
import type { Line } from '../../src/transfer/lines.ts'
import { chunksOf, cutAt } from './chunks.ts'

const MAX = 1_000_000

async function lines (chunks: Iterable<Uint8Array>, maxBytes = MAX): Promise<Line[]> {
  const all: Line[] = []
  for await (const some of readLines(chunksOf(chunks), maxBytes)) all.push(...some)
  return all
}

test('a sample of many scripts is the same wherever its bytes are cut in two, and byte by byte', async () => {
  const bytes = Buffer.from('\ufeffé 日本語\r\n\n👩‍👩‍👧 \u2028 x\n  \r\n𝔘\nlast')
  const expected = [
    { number: 1, text: 'é 日本語', isRepaired: false },
    { number: 3, text: '👩‍👩‍👧 \u2028 x', isRepaired: false },
    { number: 5, text: '𝔘', isRepaired: false },
    { number: 6, text: 'last', isRepaired: false }
  ]
  for (let at = 0; at <= bytes.length; at++) {
    assert.deepEqual(await lines([bytes.subarray(0, at), bytes.subarray(at)]), expected)
  }
  assert.deepEqual(await lines(cutAt(bytes, bytes.map((_, n) => n))), expected)
})

test('any text gives its lines that are not blank, with their numbers, however it is cut', async () => {
  const unit = fc.constantFrom('a', 'é', '語', '👍', ' ', '\n', '\r\n', '\n\n', '\u0000', '"')
  await fc.assert(fc.asyncProperty(fc.array(unit), fc.array(fc.nat(200)), async (units, cuts) => {
    const text = units.join('')
    const expected = text.split('\n')
      .map((line, n) => ({ number: n + 1, text: line.replace(/\r$/, ''), isRepaired: false }))
      .filter(line => line.text.trim() !== '')
    assert.deepEqual(await lines(cutAt(Buffer.from(text), cuts)), expected)
  }))
})

test('bytes that are not UTF-8 become U+FFFD in their own line only, however they are cut', async () => {
  const bytes = Buffer.concat([Buffer.from('first é\n'), Buffer.from('caf\xe9\n', 'latin1'), Buffer.from('third é\n')])
  for (let at = 0; at <= bytes.length; at++) {
    assert.deepEqual(await lines([bytes.subarray(0, at), bytes.subarray(at)]), [
      { number: 1, text: 'first é', isRepaired: false },
      { number: 2, text: 'caf\ufffd', isRepaired: true },
      { number: 3, text: 'third é', isRepaired: false }
    ])
  }
})

test('a line of some megabytes is read, a longer one than allowed is only counted', async () => {
  const long = Buffer.alloc(MAX, 'x')
  const file = Buffer.concat([Buffer.from('a\n'), long, Buffer.from('\n'), long, Buffer.from('y\nb\n'), long, long])
  const read = await lines(cutAt(file, Array.from({ length: 60 }, (_, n) => n * 65_536)))
  assert.deepEqual(read.map(({ number, text }) => [number, text?.length]), [[1, 1], [2, MAX], [3, undefined], [4, 1], [5, undefined]])
})

test('nothing comes of nothing', async () => {
  assert.deepEqual(await lines([]), [])
  assert.deepEqual(await lines([Buffer.from('')]), [])
  assert.deepEqual(await lines([Buffer.from('\ufeff')]), [])
})
