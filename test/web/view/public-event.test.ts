import assert from 'node:assert/strict'
import test from 'node:test'
import type { ArchiveTime } from '../../../src/model/archive-time.ts'
import { publicEvent } from '../../../src/web/view/public-event.ts'
import { recorded } from './recorded.ts'

const everything = recorded({
  occupant: 'CANARY',
  origin: 'CANARY',
  stanza: '<CANARY/>',
  source: { format: 'CANARY' },
  private: { jid: 'CANARY@example.org' },
  claimedTime: 'CANARY',
  message: 'm1',
  replaces: 'm0',
  repliesTo: 'u0',
  body: 'hello'
})

test('what the public gets has no stanza, source, occupant id or private field', () => {
  const event = publicEvent(everything)
  assert.doesNotMatch(JSON.stringify(event), /CANARY/)
  assert.deepEqual(event, {
    id: everything._id,
    uid: 'uid-1',
    time: everything.time,
    kind: 'message',
    nick: 'alice',
    anchor: 't071409',
    message: 'm1',
    body: 'hello',
    replaces: 'm0',
    repliesTo: 'u0'
  })
})

test('a removed event keeps its place and says who removed it when', () => {
  const removed = { by: 'author', time: '2026-11-21T08:00:00.000000Z' as ArchiveTime, reason: 'spam' } as const
  const event = publicEvent({ ...everything, removed })
  assert.deepEqual(Object.keys(event), ['id', 'uid', 'time', 'kind', 'nick', 'anchor', 'removed'])
  assert.deepEqual(event.removed, { by: 'author', time: '2026-11-21T08:00:00.000000Z', reason: 'spam' })
})
