import assert from 'node:assert/strict'
import test from 'node:test'
import { createOccupants } from '../../src/rooms/occupants.ts'
import type { HeardPresence } from '../../src/rooms/presence.ts'

function heard (nick: string, fields: Partial<Omit<HeardPresence, 'status'>> & { status?: number[] } = {}): HeardPresence {
  const { status = [], ...rest } = fields
  return {
    nick,
    type: 'available',
    occupant: undefined,
    role: 'participant',
    affiliation: 'none',
    jid: undefined,
    newNick: undefined,
    actor: undefined,
    reason: undefined,
    destroy: undefined,
    error: undefined,
    ...rest,
    status: new Set(status)
  }
}

function gone (nick: string, status: number[] = [], fields: Partial<Omit<HeardPresence, 'status'>> = {}): HeardPresence {
  return heard(nick, { type: 'unavailable', role: 'none', status, ...fields })
}

test('who comes joins once: repeats, status texts and second clients say nothing', () => {
  const occupants = createOccupants()
  assert.deepEqual(occupants.hear(heard('alice', { occupant: 'o1' })), { kind: 'join', nick: 'alice', occupant: 'o1', role: 'participant', affiliation: 'none' })
  assert.equal(occupants.hear(heard('alice', { occupant: 'o1', reason: 'busy' })), undefined)
  assert.equal(occupants.size, 1)
})

test('who goes is remembered with the occupant id of the time inside; who was never seen does not leave', () => {
  const occupants = createOccupants()
  occupants.hear(heard('alice', { occupant: 'o1' }))
  assert.deepEqual(occupants.hear(gone('alice', [], { reason: 'bye' })), { kind: 'leave', nick: 'alice', occupant: 'o1', reason: 'bye' })
  assert.equal(occupants.hear(gone('alice')), undefined)
  assert.equal(occupants.size, 0)
})

const FORCED: ReadonlyArray<readonly [number[], object]> = [
  [[307], { kind: 'kick', actor: 'carol', reason: 'spam' }],
  [[301], { kind: 'ban', actor: 'carol', reason: 'spam' }],
  [[301, 307], { kind: 'ban', actor: 'carol', reason: 'spam' }],
  [[307, 333], { kind: 'leave', reason: 'spam', status: [333] }],
  [[333], { kind: 'leave', reason: 'spam', status: [333] }],
  [[332], { kind: 'leave', reason: 'spam', status: [332] }],
  [[321], { kind: 'leave', reason: 'spam', status: [321] }],
  [[322], { kind: 'leave', reason: 'spam', status: [322] }]
]

for (const [status, expected] of FORCED) {
  test(`a departure with ${status.join(' and ')} is told as what it is`, () => {
    const occupants = createOccupants()
    occupants.hear(heard('alice'))
    assert.deepEqual(occupants.hear(gone('alice', status, { actor: 'carol', reason: 'spam' })), { nick: 'alice', ...expected })
    assert.equal(occupants.has('alice'), false)
  })
}

test('a nick change is one event, and the presence under the new nick is no join', () => {
  const occupants = createOccupants()
  occupants.hear(heard('alice', { occupant: 'o1' }))
  assert.deepEqual(occupants.hear(gone('alice', [303], { newNick: 'bob' })), { kind: 'nick', nick: 'alice', occupant: 'o1', newNick: 'bob' })
  assert.equal(occupants.hear(heard('bob', { occupant: 'o1' })), undefined)
  assert.deepEqual([occupants.has('alice'), occupants.has('bob'), occupants.size], [false, true, 1])
})

test('changes of role and affiliation tell who made them', () => {
  const occupants = createOccupants()
  occupants.hear(heard('alice'))
  assert.deepEqual(occupants.hear(heard('alice', { role: 'visitor', actor: 'carol', reason: 'hush' })),
    { kind: 'role', nick: 'alice', role: 'visitor', affiliation: 'none', actor: 'carol', reason: 'hush' })
  assert.deepEqual(occupants.hear(heard('alice', { role: 'moderator', affiliation: 'admin' })),
    { kind: 'affiliation', nick: 'alice', affiliation: 'admin', role: 'moderator' })
})

test('nicks that are names of object properties are nicks like others', () => {
  const occupants = createOccupants()
  for (const nick of ['__proto__', 'constructor', 'toString', 'a/b', ' ']) {
    assert.equal(occupants.hear(heard(nick))?.kind, 'join')
    assert.equal(occupants.hear(gone(nick))?.kind, 'leave')
  }
  assert.equal(occupants.size, 0)
})

test('ten thousand who come and go leave nothing behind', () => {
  const occupants = createOccupants()
  for (let n = 0; n < 10_000; n++) occupants.hear(heard(`n${n}`))
  for (let n = 0; n < 10_000; n++) occupants.hear(n % 2 === 0 ? gone(`n${n}`) : gone(`n${n}`, [307]))
  assert.equal(occupants.size, 0)
})

test('after clear() everybody who comes joins anew', () => {
  const occupants = createOccupants()
  occupants.hear(heard('alice'))
  occupants.clear()
  assert.equal(occupants.hear(heard('alice'))?.kind, 'join')
})
