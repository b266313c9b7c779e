import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import fc from 'fast-check'
import { wellFormed } from '../../src/archive/well-formed.ts'

test('lone surrogates become U+FFFD at every depth, in names too', () => {
  assert.deepEqual(
    wellFormed({ a: 'x\ud800y', 'b\udfff': ['\udc00', { c: '😀\ud83d' }], n: 1, t: true, o: null }),
    { a: 'x\ufffdy', 'b\ufffd': ['\ufffd', { c: '😀\ufffd' }], n: 1, t: true, o: null })
})

test('what is well-formed is given back as the same object', () => {
  fc.assert(fc.property(fc.object({ values: [fc.string({ unit: 'binary' }), fc.integer(), fc.constant(null)] }), value => {
    assert.equal(wellFormed(value), value)
  }), { numRuns: 30 })
})

test('whatever comes, the outcome can be written as UTF-8 and read again', () => {
  const anything = fc.object({ values: [fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map(code => String.fromCharCode(code)) })] })
  fc.assert(fc.property(anything, value => {
    const clean = wellFormed(value)
    assert.deepEqual(JSON.parse(Buffer.from(JSON.stringify(clean)).toString()), JSON.parse(JSON.stringify(clean)))
    assert.doesNotMatch(JSON.stringify(clean), /(?<!\\)(?:\\\\)*\\ud[89a-f]/)
  }), { numRuns: 30 })
})
