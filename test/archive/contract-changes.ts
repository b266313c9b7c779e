import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import type { ArchivedEvent, EventId } from '../../src/model/event.ts'
import type { Change } from '../../src/archive/store.ts'
import { ANNEX, at, join, LOUNGE, message, messages } from './sample-events.ts'
import type { Contract } from './store-contract.ts'
import { allChanges } from './store-under-test.ts'

/** The last word on every event, as somebody who follows the changes has it. */
function outcome (changes: readonly Change[]): Map<EventId, ArchivedEvent | undefined> {
  return new Map(changes.map(({ id, event }) => [id, event]))
}

export function changesContract ({ fresh, driver }: Contract): void {
  test('an empty record has no changes', async t => {
    assert.deepEqual(await allChanges(await fresh(t)), [])
  })

  test('everything appended is a change, in batches, with the recorded form', async t => {
    const store = await fresh(t)
    const results = await store.append([...messages(1100), ...messages(50, { room: ANNEX }), join(4)])
    const sizes: number[] = []
    const changes: Change[] = []
    for await (const batch of store.changes()) {
      sizes.push(batch.length)
      changes.push(...batch)
    }
    assert.ok(sizes.length > 1 && sizes.every(size => size > 0))
    assert.deepEqual(outcome(changes), new Map(results.map(({ event }) => [event._id, event])))
    if (driver.hasOneChangeOrder) assert.deepEqual(changes.map(({ id }) => id), results.map(({ event }) => event._id))
  })

  test('the present has no changes behind it, and those ahead are told', async t => {
    const store = await fresh(t)
    assert.deepEqual(await allChanges(store, await store.present()), [])
    await store.append(messages(20))
    const present = await store.present()
    assert.deepEqual(await allChanges(store, present), [])
    const [result] = await store.append([message(100)])
    assert.deepEqual((await allChanges(store, present)).map(({ event }) => event), [result?.event])
  })

  test('a cursor goes on after its change, from any change on', async t => {
    const store = await fresh(t)
    await store.append(messages(20))
    const changes = await allChanges(store)
    assert.deepEqual(await allChanges(store, changes.at(-1)?.cursor), [])
    for (const n of [0, 7, 18]) {
      const rest = outcome(await allChanges(store, changes[n]?.cursor))
      for (const { id } of changes.slice(n + 1)) assert.ok(rest.has(id))
      if (driver.hasOneChangeOrder) assert.equal(rest.size, 19 - n)
    }
    const [added] = await store.append([message(-50)])
    assert.deepEqual([...outcome(await allChanges(store, changes.at(-1)?.cursor)).values()], [added?.event])
  })

  test('a replaced event is reported in its new form, a purged one as gone', async t => {
    const store = await fresh(t)
    const results = await store.append([...messages(3), join(10)])
    const cursor = (await allChanges(store)).at(-1)?.cursor
    const tombstone = { ...results[2]!.event, body: '', removed: { by: 'author' as const, time: at(999) } }
    await store.scrub(LOUNGE, [tombstone.uid], () => tombstone)
    await store.purge(LOUNGE, at(60))
    const changes = await allChanges(store, cursor)
    assert.deepEqual(outcome(changes), new Map<EventId, ArchivedEvent | undefined>([
      [tombstone._id, tombstone],
      [results[0]!.event._id, undefined],
      [results[1]!.event._id, undefined],
      [results[3]!.event._id, undefined]
    ]))
    const all = outcome(await allChanges(store))
    assert.deepEqual([...all.values()].filter(event => event !== undefined), [tombstone])
  })

  test('an event recorded again after a purge is reported', async t => {
    const store = await fresh(t)
    await store.append([message(0)])
    await store.purge(LOUNGE, at(0))
    const cursor = (await allChanges(store)).at(-1)?.cursor
    const [again] = await store.append([message(0)])
    assert.equal(again?.isNew, true)
    assert.deepEqual([...outcome(await allChanges(store, cursor)).values()], [again?.event])
    assert.deepEqual([...outcome(await allChanges(store)).values()], [again?.event])
  })

  test('who follows while others write misses nothing', async t => {
    const store = await fresh(t)
    await store.append(messages(1500))
    const seen = new Map<EventId, ArchivedEvent | undefined>()
    let n = 0
    for await (const batch of store.changes()) {
      for (const { id, event } of batch) seen.set(id, event)
      if (n++ < 3) {
        await store.append([message(-n)])
        await store.purge(LOUNGE, at(-n))
      }
    }
    const { events } = await store.page(LOUNGE, { stream: 'talk', limit: 5000 })
    assert.deepEqual([...seen.values()].filter(event => event !== undefined).map(({ _id }) => _id).sort(), events.map(({ _id }) => _id))
  })
}
