import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { ANNEX, at, join, LOUNGE, message, messages } from './sample-events.ts'
import type { Contract } from './store-contract.ts'
import { allTalk, uids } from './store-under-test.ts'

export function removalContract ({ fresh }: Contract): void {
  test('a tombstone stands in the place of the event, under its uid', async t => {
    const store = await fresh(t)
    const results = await store.append(messages(3))
    const tombstone = { ...results[1]!.event, body: '', removed: { by: 'moderator' as const, time: at(500), reason: 'spam' } }
    assert.deepEqual(await store.scrub(LOUNGE, ['uid-60'], () => tombstone), [tombstone])
    assert.deepEqual(await store.get(LOUNGE, 'uid-60'), tombstone)
    assert.deepEqual(await store.fetch([tombstone._id]), [tombstone])
    assert.deepEqual((await allTalk(store, LOUNGE))[1], tombstone)
    assert.equal(await store.count(LOUNGE, { stream: 'talk' }), 3)
    assert.equal((await store.append([message(60)]))[0]?.isNew, false, 'what was removed is not recorded again')
    assert.deepEqual(await store.get(LOUNGE, 'uid-60'), tombstone)
  })

  test('scrubbing twice leaves the last form', async t => {
    const store = await fresh(t)
    await store.append([message(0)])
    for (const body of ['second', 'third']) await store.scrub(LOUNGE, ['uid-0'], event => ({ ...event, body }))
    assert.equal((await store.get(LOUNGE, 'uid-0'))?.body, 'third')
    assert.equal((await allTalk(store, LOUNGE)).length, 1)
  })

  test('a purge takes out both streams up to and including its time, in its room', async t => {
    const store = await fresh(t)
    await store.append([...messages(10), join(60), join(61), ...messages(10, { room: ANNEX })])
    assert.equal(await store.purge(LOUNGE, at(60)), 3)
    assert.deepEqual(uids(await allTalk(store, LOUNGE)), messages(10).slice(2).map(({ uid }) => uid))
    assert.equal(await store.count(LOUNGE, { stream: 'presence' }), 1)
    assert.equal(await store.count(LOUNGE, { stream: 'talk' }), 8)
    assert.equal(await store.rank(LOUNGE, 'talk', at(180)), 1)
    assert.equal(await store.count(ANNEX, { stream: 'talk' }), 10)
    assert.equal(await store.get(LOUNGE, 'uid-0'), undefined)
    await assert.rejects(store.page(LOUNGE, { stream: 'talk', limit: 5, after: 'uid-0' }), { code: 'ERR_ITEM_NOT_FOUND' })
    assert.equal(await store.purge(LOUNGE, at(60)), 0)
  })

  test('a purge of one stream leaves the other', async t => {
    const store = await fresh(t)
    await store.append([...messages(3), join(1), join(61), join(200)])
    assert.equal(await store.purge(LOUNGE, at(100), 'presence'), 2)
    assert.deepEqual(uids(await allTalk(store, LOUNGE)), ['uid-0', 'uid-60', 'uid-120'])
    assert.equal(await store.count(LOUNGE, { stream: 'presence' }), 1)
    assert.equal(await store.purge(LOUNGE, at(100), 'talk'), 2)
    assert.deepEqual(uids(await allTalk(store, LOUNGE)), ['uid-120'])
    assert.equal(await store.count(LOUNGE, { stream: 'presence' }), 1)
    assert.equal(await store.purge(LOUNGE, at(999)), 2)
  })

  test('a purge of a whole room leaves no trace of it in days and rooms', async t => {
    const store = await fresh(t)
    await store.append([...messages(1300), join(5), message(0, { room: ANNEX })])
    assert.equal(await store.purge(LOUNGE, at(99_999_999)), 1301)
    assert.deepEqual(await store.days(LOUNGE), [])
    assert.equal(await store.day(LOUNGE, '2026-11-21' as never), undefined)
    assert.equal(await store.lastTime(LOUNGE), undefined)
    assert.deepEqual((await store.rooms()).map(({ room }) => room), [ANNEX])
    assert.equal(await store.purge('nowhere@conference.example.org' as typeof LOUNGE, at(0)), 0)
  })
}
