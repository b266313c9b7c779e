import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createClock } from '../../src/xmpp/clock.ts'

describe('the clock', () => {
  it('tells whole microseconds that do not run backwards and agree with the system', () => {
    const now = createClock()
    let last = 0
    for (let n = 0; n < 200_000; n += 1) {
      const before = Date.now()
      const micros = now()
      const after = Date.now()
      assert.ok(Number.isSafeInteger(micros))
      assert.ok(micros >= last, `${micros} after ${last}`)
      assert.ok(micros >= before * 1000 && micros < (after + 1) * 1000)
      last = micros
    }
  })

  it('tells times within a millisecond apart', () => {
    const now = createClock()
    const times = new Set(Array.from({ length: 100_000 }, now))
    assert.ok([...times].some(micros => micros % 1000 !== 0))
  })
})
