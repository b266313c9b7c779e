import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import type { ArchivedEvent } from '../../src/model/event.ts'
import type { SearchIndex } from '../../src/search/search-index.ts'
import { OTHER, add, ask, at, recorded } from './index-under-test.ts'
import type { IndexUnderTest } from './index-under-test.ts'

/** Named by their uid. */
const EVENTS: readonly ArchivedEvent[] = [
  recorded({ uid: 'said', body: 'spam is spam', nick: 'alice', time: at(0) }),
  recorded({ uid: 'kick', kind: 'kick', nick: 'mallory', actor: 'alice', reason: 'spamming Foo::Bar', time: at(0) }),
  recorded({ uid: 'ban', kind: 'ban', nick: 'Mallory', actor: 'bob', reason: 'spam again', time: at(2) }),
  recorded({ uid: 'nick', kind: 'nick', nick: 'carol', newNick: 'Carol Away', time: at(3) }),
  recorded({ uid: 'join', kind: 'join', nick: 'carol', affiliation: 'owner', time: at(4) }),
  recorded({ uid: 'leave', kind: 'leave', nick: 'carol', reason: 'gone for spam', time: at(5) }),
  recorded({ uid: 'crowd', kind: 'join', nick: '', crowd: [{ nick: 'dave' }, { nick: 'erin' }], time: at(6) }),
  recorded({ uid: 'owner', kind: 'affiliation', nick: 'dave', affiliation: 'owner', time: at(7) }),
  recorded({ uid: 'destroy', kind: 'destroy', nick: '', reason: 'moved', alternate: 'new@conference.example.org', room: OTHER, time: at(8) }),
  recorded({ uid: 'subject', kind: 'subject', body: 'no spam', nick: 'alice', time: at(9) })
].map(({ body, ...event }) => event.kind === 'message' || event.kind === 'subject' ? { ...event, body: body ?? '' } : event)

const QUERIES: ReadonlyArray<readonly [query: string, ...uids: string[]]> = [
  ['spam', 'said', 'subject'],
  ['spam is:kick', 'kick'],
  ['spam is:kick is:ban', 'kick', 'ban'],
  ['spam is:kick OR is:ban OR is:subject', 'kick', 'ban', 'subject'],
  ['spam is:message', 'said'],
  ['is:message', 'said'],
  ['is:subject', 'subject'],
  ['-is:subject spam', 'said'],
  ['-is:message after:2020', 'subject'],
  ['is:kick', 'kick'],
  ['is:kick Foo::Bar', 'kick'],
  ['is:kick spammed', 'kick'],
  ['is:kick "spam"'],
  ['is:ban ag*', 'ban'],
  ['is:kick is:ban from:mallory', 'kick', 'ban'],
  ['is:kick is:ban from:alice', 'kick'],
  ['is:kick is:ban to:MALLORY', 'kick', 'ban'],
  ['is:kick is:ban to:mallory -from:bob', 'kick'],
  ['is:nick from:"carol away"', 'nick'],
  ['is:nick away', 'nick'],
  ['is:join', 'join', 'crowd'],
  ['is:join from:carol', 'join'],
  ['is:join from:erin', 'crowd'],
  ['is:join owner'],
  ['is:join is:leave from:carol', 'join', 'leave'],
  ['is:leave spam', 'leave'],
  ['is:affiliation owner', 'owner'],
  ['is:affiliation -owner'],
  ['is:destroy in:other', 'destroy'],
  ['is:destroy in:lounge'],
  ['is:kick has:link'],
  ['from:mallory'],
  ['from:carol'],
  ['in:other']
]

async function uidsOf (index: SearchIndex, query: string, streams: readonly ['talk'] | readonly ['talk', 'presence'] = ['talk', 'presence']): Promise<string[]> {
  const { hits } = await ask(index, query, { streams, order: 'oldest' })
  const uids = new Map(EVENTS.map(({ _id, uid }) => [_id, uid]))
  return hits.map(id => uids.get(id) ?? id)
}

export function moderationContract (engine: IndexUnderTest): void {
  test('what moderators did is found where its kind is asked for, and is in nobody’s way elsewhere', async t => {
    const index = await engine.open(t)
    await add(index, EVENTS)
    for (const [query, ...expected] of QUERIES) assert.deepEqual(await uidsOf(index, query), expected, query)
  })

  test('who may only have talk is given nothing else', async t => {
    const index = await engine.open(t)
    await add(index, EVENTS)
    for (const [query, expected] of [['is:kick', []], ['is:kick is:subject', ['subject']], ['spam is:ban', []]] as const) {
      assert.deepEqual(await uidsOf(index, query, ['talk']), expected, query)
      assert.equal((await ask(index, query)).total, expected.length)
    }
  })

  test('rooms are as closed for it as for talk', async t => {
    const index = await engine.open(t)
    await add(index, EVENTS)
    const streams = ['talk', 'presence'] as const
    assert.equal((await ask(index, 'is:kick is:destroy', { streams, rooms: [OTHER] })).total, 1)
    assert.equal((await ask(index, 'is:kick is:destroy', { streams, rooms: [] })).total, 0)
  })

  test('an event that is taken out or removed leaves its neighbour of the same moment alone', async t => {
    const index = await engine.open(t)
    await add(index, EVENTS)
    const [, kick, ban] = EVENTS
    assert.ok(kick && ban)
    await index.apply([{ id: kick._id, event: undefined }], await index.checkpoint(), 'out')
    await add(index, [{ ...ban, removed: { by: 'administrator', time: at(99) } }])
    assert.deepEqual(await uidsOf(index, 'is:kick is:ban'), [])
    assert.deepEqual(await uidsOf(index, 'from:alice'), ['said', 'subject'])
  })
}
