import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { MAX_REFERRING } from '../../src/archive/store.ts'
import { ANNEX, at, join, LOUNGE, message, messages } from './sample-events.ts'
import type { Contract } from './store-contract.ts'
import { uids } from './store-under-test.ts'

// Ids of clients, equal to careless eyes and collations, and one too long for any key.
const ODD_IDS = ['a', 'A', 'á', 'a\u0301', 'a\u200b', '', '0', ' a', '%61', '_0061', '\u0000', '😀', 'x'.repeat(5000), `${'x'.repeat(5000)}y`]

export function linksContract ({ fresh }: Contract): void {
  test('what replaces, retracts, reacts to or answers a message is found by the id it names, by time', async t => {
    const store = await fresh(t)
    await store.append([
      message(5, { repliesTo: 'x' }), message(4, { reactsTo: 'x', reactions: ['👍'] }), message(3, { retracts: 'x' }), message(2, { replaces: 'x' }),
      message(1, { replaces: 'y', repliesTo: 'x' }), message(6, { replaces: 'z', message: 'x', origin: 'x' }), message(7),
      join(8, { message: 'x', repliesTo: 'x' }), message(9, { room: ANNEX, repliesTo: 'x' })
    ])
    const found = await store.referring(LOUNGE, ['x'])
    assert.deepEqual(uids(found), ['uid-1', 'uid-2', 'uid-3', 'uid-4', 'uid-5'])
    assert.deepEqual(found[0], await store.get(LOUNGE, 'uid-1'))
    assert.deepEqual(uids(await store.referring(LOUNGE, ['z', 'y', 'x', 'no such id', 'x'])), ['uid-1', 'uid-2', 'uid-3', 'uid-4', 'uid-5', 'uid-6'])
    assert.deepEqual(await store.referring(LOUNGE, []), [])
    assert.deepEqual(await store.referring('nowhere@conference.example.org' as typeof LOUNGE, ['x']), [])
  })

  test('messages are found by the id attributes of their stanzas, all that share one', async t => {
    const store = await fresh(t)
    await store.append([
      message(2, { message: 'a' }), message(1, { message: 'a' }), message(3, { message: 'b' }), message(4, { replaces: 'a', origin: 'a' }),
      join(5, { message: 'a' }), message(6, { room: ANNEX, message: 'a' })
    ])
    assert.deepEqual(uids(await store.named(LOUNGE, ['a'])), ['uid-1', 'uid-2'])
    assert.deepEqual(uids(await store.named(LOUNGE, ['b', 'a', 'uid-4'])), ['uid-1', 'uid-2', 'uid-3'])
    assert.deepEqual(uids(await store.named(ANNEX, ['a'])), ['uid-6'])
    assert.deepEqual(await store.named(LOUNGE, []), [])
  })

  test('ids of every kind are told apart', async t => {
    const store = await fresh(t)
    await store.append(ODD_IDS.map((id, n) => message(n, { message: id, reactsTo: id, uid: `u${n}` })))
    for (const [n, id] of ODD_IDS.entries()) {
      assert.deepEqual(uids(await store.named(LOUNGE, [id])), [`u${n}`])
      assert.deepEqual(uids(await store.referring(LOUNGE, [id])), [`u${n}`])
    }
    assert.deepEqual(await store.named(LOUNGE, ['\ud800']), [])
  })

  test('of more than the most the newest are found', async t => {
    const store = await fresh(t)
    await store.append(messages(MAX_REFERRING + 7).map((event, n) => ({ ...event, repliesTo: n % 2 === 0 ? 'x' : 'y', message: 'm' })))
    const expected = messages(MAX_REFERRING + 7).slice(7).map(({ uid }) => uid)
    assert.deepEqual(uids(await store.referring(LOUNGE, ['x', 'y'])), expected)
    assert.deepEqual(uids(await store.referring(LOUNGE, ['x', 'y'], at(7 * 60))), messages(7).map(({ uid }) => uid))
    assert.deepEqual(uids(await store.referring(LOUNGE, ['x'], at(3 * 60 + 1))), ['uid-0', 'uid-120'])
    assert.deepEqual(await store.referring(LOUNGE, ['x', 'y'], at(0)), [])
    assert.deepEqual(uids(await store.named(LOUNGE, ['m'])), expected)
  })

  test('a message is found by the ids of its present form, and not when it was taken out', async t => {
    const store = await fresh(t)
    await store.append([message(0, { message: 'a', repliesTo: 'x' }), message(1, { message: 'a', repliesTo: 'x' })])
    await store.revise(LOUNGE, 'uid-1', event => ({ ...event, message: 'b', repliesTo: 'y', reactsTo: 'x' }))
    assert.deepEqual(uids(await store.named(LOUNGE, ['a'])), ['uid-0'])
    assert.deepEqual(uids(await store.named(LOUNGE, ['b'])), ['uid-1'])
    assert.deepEqual(uids(await store.referring(LOUNGE, ['x'])), ['uid-0', 'uid-1'])
    assert.deepEqual(uids(await store.referring(LOUNGE, ['y'])), ['uid-1'])
    await store.scrub(LOUNGE, ['uid-1'], ({ message, reactsTo, ...event }) => event)
    assert.deepEqual(await store.named(LOUNGE, ['b']), [])
    assert.deepEqual(uids(await store.referring(LOUNGE, ['x'])), ['uid-0'])
    await store.purge(LOUNGE, at(0))
    assert.deepEqual(await store.referring(LOUNGE, ['x']), [])
    assert.deepEqual(await store.named(LOUNGE, ['a']), [])
  })
}
