import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { at, join, LOUNGE, message, messages } from './sample-events.ts'
import type { Contract } from './store-contract.ts'
import { allChanges, allTalk } from './store-under-test.ts'

export function lifeContract ({ driver, fresh, place, open }: Contract): void {
  test('a record opened again has kept everything', async t => {
    const here = place(t)
    const before = await open(t, here)
    const results = await before.append([...messages(30), join(3)])
    await before.scrub(LOUNGE, [results[4]!.event.uid], event => ({ ...event, body: 'replaced' }))
    await before.purge(LOUNGE, at(0))
    const talk = await allTalk(before, LOUNGE)
    const days = await before.days(LOUNGE)
    const rooms = await before.rooms()
    const changes = await allChanges(before)
    await before.close()
    const after = await open(t, here)
    assert.deepEqual(await allTalk(after, LOUNGE), talk)
    assert.deepEqual(await after.days(LOUNGE), days)
    assert.deepEqual(await after.rooms(), rooms)
    assert.deepEqual(await allChanges(after, changes.at(-1)?.cursor), [])
    if (driver.hasOneChangeOrder) assert.deepEqual(await allChanges(after, changes[10]?.cursor), changes.slice(11))
    assert.equal((await after.append([message(60)]))[0]?.isNew, false)
  })

  test('a store that answers pings', async t => {
    const store = await fresh(t)
    await store.ping()
  })

  test('closing waits for what is being appended and may be done twice', async t => {
    const here = place(t)
    const store = await open(t, here)
    const appended = store.append(messages(20))
    await store.close()
    await store.close()
    assert.equal((await appended).length, 20)
    assert.equal((await allTalk(await open(t, here), LOUNGE)).length, 20)
  })

  test('every method of a closed store is refused', async t => {
    const store = await fresh(t)
    const [result] = await store.append([message(0)])
    await store.close()
    const calls = {
      append: () => store.append([message(1)]),
      'append of nothing': () => store.append([]),
      page: () => store.page(LOUNGE, { stream: 'talk', limit: 1 }),
      count: () => store.count(LOUNGE, { stream: 'talk' }),
      rank: () => store.rank(LOUNGE, 'talk', at(0)),
      get: () => store.get(LOUNGE, 'uid-0'),
      getMany: () => store.getMany(LOUNGE, ['uid-0']),
      'getMany of nothing': () => store.getMany(LOUNGE, []),
      fetch: () => store.fetch([result!.event._id]),
      'fetch of nothing': () => store.fetch([]),
      lastTime: () => store.lastTime(LOUNGE),
      days: () => store.days(LOUNGE),
      day: () => store.day(LOUNGE, '2026-11-21' as never),
      rooms: () => store.rooms(),
      changes: () => allChanges(store),
      purge: () => store.purge(LOUNGE, at(0)),
      referring: () => store.referring(LOUNGE, ['x']),
      'referring to nothing': () => store.referring(LOUNGE, []),
      named: () => store.named(LOUNGE, ['x']),
      revise: () => store.revise(LOUNGE, 'uid-0', event => event),
      scrub: () => store.scrub(LOUNGE, ['uid-0'], event => event),
      'scrub of nothing': () => store.scrub(LOUNGE, [], event => event),
      logRemoval: () => store.logRemoval({ time: at(0), room: LOUNGE, by: 'author', count: 0 }),
      removals: () => store.removals()[Symbol.asyncIterator]().next(),
      mark: () => store.mark('x'),
      setMark: () => store.setMark('x', '0' as never),
      putGaps: () => store.putGaps([{ room: LOUNGE, from: at(0), cause: 'stopped' }]),
      'putGaps of nothing': () => store.putGaps([]),
      gaps: () => store.gaps(LOUNGE),
      ping: () => store.ping()
    }
    for (const [name, call] of Object.entries(calls)) await assert.rejects(call(), { code: 'ERR_STORE_CLOSED' }, name)
  })

  test('changes read across the closing of the store are refused', async t => {
    const store = await fresh(t)
    await store.append(messages(1200))
    await assert.rejects(async () => {
      for await (const batch of store.changes()) {
        assert.ok(batch.length > 0)
        await store.close()
      }
    }, { code: 'ERR_STORE_CLOSED' })
  })
}
