import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { createBackoff } from '../../src/xmpp/backoff.ts'

describe('the back-off', () => {
  it('doubles from the shortest wait to the longest, and begins again', () => {
    const backoff = createBackoff({ minMs: 100, maxMs: 1000, random: () => 0 })
    assert.deepEqual(Array.from({ length: 6 }, backoff.next), [100, 200, 400, 800, 1000, 1000])
    backoff.reset()
    assert.equal(backoff.next(), 100)
    assert.equal(backoff.longest(), 1000)
  })

  it('stays between half the wait and the wait, for ever', () => {
    fc.assert(fc.property(fc.double({ min: 0, max: 0.999, noNaN: true }), random => {
      const backoff = createBackoff({ minMs: 500, maxMs: 60_000, random: () => random })
      for (let attempt = 0; attempt < 2000; attempt += 1) {
        const wait = backoff.next()
        const full = Math.min(60_000, 500 * 2 ** Math.min(attempt, 20))
        assert.ok(wait >= Math.floor(full / 2) && wait <= full, `${wait} in attempt ${attempt}`)
      }
    }), { numRuns: 20 })
  })
})
