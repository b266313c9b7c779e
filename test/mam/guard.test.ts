import assert from 'node:assert/strict'
import test from 'node:test'
import { createGuard } from '../../src/mam/guard.ts'
import type { GuardOptions } from '../../src/mam/guard.ts'
import type { StanzaError } from '../../src/xmpp/stanza-error.ts'

function setUp (options: GuardOptions = {}) {
  let millis = 0
  const guard = createGuard({ now: () => millis, ...options })
  const ask = async (name: string, xmlns?: string) => guard.admit({ name, domain: name.slice(name.indexOf('@') + 1) }, async () => name, xmlns)
  return { guard, ask, pass: (seconds: number) => { millis += seconds * 1000 } }
}

test('who asks too often is told to wait, and for how long, and served again then', async () => {
  const { ask, pass } = setUp({ perAsker: { burst: 10, perSecond: 0.1 } })
  for (let n = 0; n < 10; n++) await ask('a@x')
  let error: StanzaError | undefined
  await assert.rejects(ask('a@x'), (thrown: StanzaError) => { error = thrown; return true })
  assert.deepEqual([error?.condition, error?.type], ['resource-constraint', 'wait'])
  assert.equal(String(error?.application), '<rate-limit xmlns="urn:hansard:mam:0" retry-after="10"/>')
  await ask('b@x')
  pass(10)
  await ask('a@x')
})

test('all of one server together have a limit as well; those of others go on', async () => {
  const { ask } = setUp({ perDomain: { burst: 10, perSecond: 0.1 } })
  for (let n = 0; n < 10; n++) await ask(`user${n}@x`)
  await assert.rejects(ask('another@x'), { condition: 'resource-constraint' })
  await ask('another@y')
})

test('the condition has the namespace of what was asked', async () => {
  const { ask } = setUp({ perAsker: { burst: 1, perSecond: 1 } })
  await ask('a@x')
  await assert.rejects(ask('a@x', 'urn:example:error'), (error: StanzaError) => error.application?.getNS() === 'urn:example:error')
})

test('a client that walks through 10,000 messages in pages of 10, as fast as it can, is not stopped', async () => {
  const { ask } = setUp()
  for (let n = 0; n < 1000; n++) await ask('walker@x')
})

test('a client that asks a hundred archives at once gets all its answers', async () => {
  const { ask } = setUp()
  assert.equal((await Promise.all(Array.from({ length: 100 }, () => ask('joiner@x')))).length, 100)
})

test('a client whose questions pile up is told to wait', async () => {
  const { guard } = setUp()
  const ask = async () => guard.admit({ name: 'a@x', domain: 'x' }, () => new Promise(() => {}))
  const asked = Array.from({ length: 103 }, ask)
  await assert.rejects(Promise.race(asked), { condition: 'resource-constraint', type: 'wait' })
})
