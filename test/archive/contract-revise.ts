import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import type { ArchivedEvent } from '../../src/model/event.ts'
import type { Revise } from '../../src/archive/store.ts'
import { ANNEX, at, join, LOUNGE, message, messages } from './sample-events.ts'
import type { Contract } from './store-contract.ts'
import { allChanges, allTalk, uids } from './store-under-test.ts'

const MOVED: ReadonlyArray<readonly [what: string, change: (event: ArchivedEvent) => object]> = [
  ['room', () => ({ room: ANNEX })],
  ['uid', () => ({ uid: 'other' })],
  ['time', () => ({ time: at(5) })],
  ['anchor', () => ({ anchor: 't071409c' })],
  ['id', ({ _id }) => ({ _id: `${_id}x` })],
  ['stream', () => ({ kind: 'join' })]
]

const removed = (time: number): Revise => ({ body, stanza, ...event }) =>
  event.removed === undefined ? { ...event, removed: { by: 'author', time: at(time) } } : undefined

export function reviseContract ({ fresh, driver, place, open }: Contract): void {
  test('revising puts the new form in the place of the event, and is one change', async t => {
    const store = await fresh(t)
    const results = await store.append([...messages(3), join(61)])
    const cursor = (await allChanges(store)).at(-1)?.cursor
    const standing = { edits: 1, reactions: [{ reaction: '👍', count: 2, nicks: ['a', 'b'] }] }
    const expected = { ...results[1]!.event, standing }
    assert.deepEqual(await store.revise(LOUNGE, 'uid-60', event => ({ ...event, standing })), expected)
    assert.deepEqual(await store.get(LOUNGE, 'uid-60'), expected)
    assert.deepEqual((await allTalk(store, LOUNGE))[1], expected)
    assert.deepEqual((await allChanges(store, cursor)).map(({ event }) => event), [expected])
    const presence = await store.revise(LOUNGE, 'join-61', event => ({ ...event, role: 'visitor' }))
    assert.deepEqual(presence, { ...results[3]!.event, role: 'visitor' })
    assert.equal(await store.count(LOUNGE, { stream: 'talk' }), 3)
  })

  test('a form that stays is no change, nor a new revision of the day', async t => {
    const store = await fresh(t)
    const [result] = await store.append([message(0, { files: [{ url: 'https://example.org/x', hashes: { 'sha-256': 'x' } }] })])
    const cursor = (await allChanges(store)).at(-1)?.cursor
    const day = await store.days(LOUNGE)
    const same: Revise[] = [
      () => undefined, event => event, event => structuredClone(event),
      event => ({ ...event, reason: undefined }) as unknown as ArchivedEvent,
      event => Object.fromEntries(Object.entries(event).reverse()) as unknown as ArchivedEvent
    ]
    for (const change of same) {
      assert.deepEqual(await store.revise(LOUNGE, 'uid-0', change), result!.event)
      assert.deepEqual(await store.scrub(LOUNGE, ['uid-0'], change), [result!.event])
    }
    assert.deepEqual(await allChanges(store, cursor), [])
    assert.deepEqual(await store.days(LOUNGE), day)
  })

  test('a new form shows in the revision of its day', async t => {
    const store = await fresh(t)
    await store.append([message(0)])
    const revisions = new Set<string | undefined>()
    for (const body of ['one', 'two', 'three']) {
      revisions.add((await store.days(LOUNGE))[0]?.revision)
      await store.revise(LOUNGE, 'uid-0', event => ({ ...event, body }))
    }
    revisions.add((await store.days(LOUNGE))[0]?.revision)
    assert.equal(revisions.size, 4)
  })

  test('what is not recorded is not revised', async t => {
    const store = await fresh(t)
    await store.append([message(0)])
    const never: Revise = () => assert.fail('there is nothing to change')
    assert.equal(await store.revise(LOUNGE, 'uid-1', never), undefined)
    assert.equal(await store.revise(ANNEX, 'uid-0', never), undefined)
    assert.deepEqual(await store.scrub(LOUNGE, ['uid-1', ''], never), [])
    assert.deepEqual(await store.scrub(LOUNGE, [], never), [])
    assert.equal((await allTalk(store, LOUNGE)).length, 1)
  })

  for (const [what, fields] of MOVED) {
    test(`a form with another ${what} is refused and changes nothing`, async t => {
      const store = await fresh(t)
      const [result] = await store.append([message(0, { body: 'a private word' })])
      const change: Revise = event => ({ ...event, ...fields(event) })
      for (const work of [store.revise(LOUNGE, 'uid-0', change), store.scrub(LOUNGE, ['uid-0'], change)]) {
        await assert.rejects(work, (error: Error & { code?: string }) => error.code === 'ERR_STORE' && !error.message.includes('private'))
      }
      assert.deepEqual(await allTalk(store, LOUNGE), [result?.event])
    })
  }

  test('a change that fails leaves the event as it was, and its error is passed on', async t => {
    const store = await fresh(t)
    const [result] = await store.append([message(0)])
    const failure = new Error('no')
    const change: Revise = () => { throw failure }
    await assert.rejects(store.revise(LOUNGE, 'uid-0', change), failure)
    await assert.rejects(store.scrub(LOUNGE, ['uid-0'], change), failure)
    assert.deepEqual(await store.get(LOUNGE, 'uid-0'), result?.event)
    await store.append([message(1)])
  })

  test('many writers of one event each see the form of the one before', async t => {
    const here = place(t)
    const stores = [await open(t, here), await open(t, here)]
    await stores[0]!.append([message(0, { body: '' })])
    const letters = [...'abcdefghij']
    await Promise.all(letters.map((letter, n) => stores[n % 2]!.revise(LOUNGE, 'uid-0', event => ({ ...event, body: `${event.body}${letter}` }))))
    const body = (await stores[0]!.get(LOUNGE, 'uid-0'))?.body ?? ''
    assert.deepEqual([...body].sort(), letters)
  })

  test('what was scrubbed does not come back by a revision made at the same time', async t => {
    const here = place(t)
    const [one, other] = [await open(t, here), await open(t, here)]
    await one.append(messages(20))
    const each = messages(20).map(({ uid }) => uid)
    await Promise.all([
      one.scrub(LOUNGE, each, removed(500)),
      ...each.flatMap(uid => [1, 2].map(edits => other.revise(LOUNGE, uid, event => ({ ...event, standing: { edits } }))))
    ])
    for (const event of await allTalk(one, LOUNGE)) assert.deepEqual([event.body, event.removed?.by], [undefined, 'author'])
    assert.equal(await one.count(LOUNGE, { stream: 'talk' }), 20)
  })

  test('scrubbing gives the forms that stand in the order asked, each once', async t => {
    const store = await fresh(t)
    const results = await store.append(messages(250))
    const cursor = (await allChanges(store)).at(-1)?.cursor
    const asked = messages(250).map(({ uid }) => uid).reverse()
    const calls: string[] = []
    const found = await store.scrub(LOUNGE, ['uid-60', 'none', ...asked], event => {
      calls.push(event.uid)
      return removed(9)(event)
    })
    assert.deepEqual(uids(found), ['uid-60', ...asked.filter(uid => uid !== 'uid-60')])
    assert.deepEqual(new Set(calls), new Set(asked))
    const { body, ...rest } = results[1]!.event
    assert.deepEqual(found[0], { ...rest, removed: { by: 'author', time: at(9) } })
    assert.deepEqual(await store.get(LOUNGE, 'uid-60'), found[0])
    assert.equal(new Set((await allChanges(store, cursor)).map(({ id }) => id)).size, 250)
    if (driver.hasOneChangeOrder) assert.equal(calls.length, 250)
  })

  test('a lone surrogate of a new form is recorded as U+FFFD', async t => {
    const store = await fresh(t)
    await store.append([message(0)])
    assert.equal((await store.revise(LOUNGE, 'uid-0', event => ({ ...event, body: 'a\ud800' })))?.body, 'a\ufffd')
    assert.equal((await store.get(LOUNGE, 'uid-0'))?.body, 'a\ufffd')
  })
}
