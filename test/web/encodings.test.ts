import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { acceptedEncodings, ENCODINGS } from '../../src/web/encodings.ts'

const CASES: ReadonlyArray<readonly [header: string | undefined, accepted: string]> = [
  [undefined, 'identity'],
  ['', 'identity'],
  ['gzip', 'gzip identity'],
  ['gzip, deflate, br, zstd', 'br gzip identity'],
  ['GZIP', 'gzip identity'],
  ['x-gzip', 'gzip identity'],
  ['*', 'br gzip identity'],
  ['*;q=0', 'identity'],
  ['identity', 'identity'],
  ['gzip;q=0', 'identity'],
  ['gzip; q=0.000, br', 'br identity'],
  ['br;q=0.5, gzip;q=0.9', 'gzip br identity'],
  ['gzip;q=0.5, identity', 'identity gzip'],
  ['gzip, identity;q=0', 'gzip'],
  ['gzip, *;q=0', 'gzip'],
  ['br;q=0, *;q=0.3', 'gzip identity'],
  ['identity;q=0', 'identity'],
  ['gzip;q=2, br;q=x', 'identity'],
  ['gzip;q = 0.5 , br ; q=0.4', 'gzip br identity'],
  [',,gzip,', 'gzip identity'],
  ['compress, sdch', 'identity']
]

for (const [header, accepted] of CASES) {
  test(`Accept-Encoding: ${header ?? '(none)'} takes ${accepted}`, () => {
    assert.equal(acceptedEncodings(header).join(' '), accepted)
  })
}

test('whatever is asked for, there is something to send, each form once', () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.array(fc.constantFrom(...ENCODINGS, '*', ';q=0', ';q=1', ',', ' ')).map(parts => parts.join(''))), header => {
    const accepted = acceptedEncodings(header)
    assert.ok(accepted.length > 0)
    assert.equal(new Set(accepted).size, accepted.length)
  }))
})
