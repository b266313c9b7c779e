import assert from 'node:assert/strict'
import test from 'node:test'
import { HansardError } from '../../src/model/errors.ts'
import { whereabouts } from '../../src/rooms/self-ping.ts'
import { attribute, child } from '../../src/xmpp/element.ts'
import { StanzaError } from '../../src/xmpp/stanza-error.ts'
import { presence } from '../helpers/fake-room-server.ts'
import { AT, joinsOf, live, NO_IDS, stageFor, withTimers } from './on-stage.ts'

test('each answer to a self-ping means what XEP-0410 says', () => {
  const meant = (condition: string): string => whereabouts(new StanzaError(condition, 'cancel'))
  for (const condition of ['service-unavailable', 'feature-not-implemented', 'item-not-found']) assert.equal(meant(condition), 'inside', condition)
  for (const condition of ['not-acceptable', 'not-allowed', 'bad-request']) assert.equal(meant(condition), 'outside', condition)
  for (const condition of ['remote-server-not-found', 'remote-server-timeout']) assert.equal(meant(condition), 'unknown', condition)
  assert.equal(whereabouts(new HansardError('ERR_XMPP_TIMEOUT', 'no answer')), 'unknown')
})

test('a room that is silent is asked whether we are inside; one that forgot us is joined again, and the gap begins when it last spoke', async t => {
  const tick = withTimers(t)
  let answer: () => Promise<typeof NO_IDS> = async () => NO_IDS
  const pings: string[] = []
  const stage = stageFor(t, { selfPingMs: 60_000 }, {
    connection: {
      domain: undefined,
      async send (...stanzas) { stage.sent.push(...stanzas) },
      request: async iq => {
        if (child(iq, 'ping', 'urn:xmpp:ping') === undefined) return NO_IDS
        pings.push(attribute(iq, 'to') ?? '')
        return answer()
      }
    }
  })
  const entered = stage.room.enter()
  await tick(0)
  stage.hear(presence('archiver', { status: [110] }))
  await entered
  await tick(60_000)
  assert.deepEqual(pings, ['lab@conference.localhost/archiver'])
  stage.hear(live('I speak'), AT + 3600e6)
  await tick(60_000)
  assert.equal(pings.length, 1, 'a room that speaks is not asked')
  answer = () => Promise.reject(new StanzaError('remote-server-timeout', 'wait'))
  await tick(60_000)
  assert.equal(stage.room.status().state, 'joined')
  answer = () => Promise.reject(new StanzaError('not-acceptable', 'cancel'))
  await tick(60_000)
  assert.equal(stage.room.status().state, 'outside')
  assert.deepEqual(stage.ledger.open, { from: '2026-11-21T08:07:00.000000Z', cause: 'disconnected' })
  await tick(1_000)
  assert.equal(joinsOf(stage).length, 2)
})
