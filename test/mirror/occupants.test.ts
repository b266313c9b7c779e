import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { BOUNDS } from '../../src/mirror/bounds.ts'
import { createOccupants } from '../../src/mirror/occupants.ts'
import type { BareJid } from '../../src/model/address.ts'

function occupant (account: string, resource: string, nick: string) {
  return { session: `${account}/${resource}`, account: account as BareJid, nick }
}

const step = fc.record({
  isLeave: fc.boolean(),
  account: fc.constantFrom('ann', 'ben', 'cat'),
  resource: fc.constantFrom('1', '2', '3'),
  nick: fc.constantFrom('x', 'y', 'X', ' ')
})

test('whatever comes and goes, a nick has one account, and a refusal changes nothing', () => {
  fc.assert(fc.property(fc.array(step, { maxLength: 60 }), steps => {
    const occupants = createOccupants()
    const model = new Map<string, ReturnType<typeof occupant>>()
    for (const { isLeave, account, resource, nick } of steps) {
      const one = occupant(account, resource, nick)
      if (isLeave) {
        assert.deepEqual(occupants.leave(one.session), model.get(one.session))
        model.delete(one.session)
      } else {
        const isTaken = [...model.values()].some(other => other.nick === nick && other.account !== account)
        assert.equal(occupants.enter(one), isTaken ? 'nick taken' : undefined)
        if (!isTaken) model.set(one.session, one)
      }
      assert.equal(occupants.size, model.size)
      assert.deepEqual(new Set(occupants.all()), new Set(model.values()))
      assert.deepEqual(occupants.find(one.session), model.get(one.session))
    }
  }))
})

test('an account has only so many sessions, and those that it has may go on', () => {
  const occupants = createOccupants()
  for (let n = 0; n < BOUNDS.sessionsOfAccount; n++) assert.equal(occupants.enter(occupant('ann', String(n), 'Ann')), undefined)
  assert.equal(occupants.enter(occupant('ann', 'more', 'Ann')), 'too many sessions')
  assert.equal(occupants.enter(occupant('ann', '0', 'Anna')), undefined)
  occupants.leave('ann/1')
  assert.equal(occupants.enter(occupant('ann', 'more', 'Ann')), undefined)
})

test('a room holds only so many', () => {
  const occupants = createOccupants()
  for (let n = 0; n < BOUNDS.occupants; n++) occupants.enter(occupant(`a${n}`, '1', `n${n}`))
  assert.equal(occupants.enter(occupant('one', '1', 'more')), 'room full')
  assert.equal(occupants.enter(occupant('a0', '1', 'other')), undefined)
  assert.equal(occupants.size, BOUNDS.occupants)
})

test('one server cannot fill a room', () => {
  const occupants = createOccupants()
  const enter = (n: number, server: string) => occupants.enter(occupant(`a${n}@${server}`, '1', `${server}${n}`))
  for (let n = 0; n < BOUNDS.sessionsOfServer; n++) assert.equal(enter(n, 'big.example'), undefined)
  assert.equal(enter(-1, 'big.example'), 'too many of the server')
  assert.equal(enter(0, 'small.example'), undefined)
  occupants.leave('a0@big.example/1')
  assert.equal(enter(-1, 'big.example'), undefined)
})
