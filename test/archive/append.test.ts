import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createAppend } from '../../src/archive/append.ts'
import type { AppendOptions } from '../../src/archive/append.ts'
import { silentLogger } from '../../src/log.ts'
import type { RoomEvent } from '../../src/model/event.ts'
import { LOUNGE, message, messages } from './sample-events.ts'
import { createShakyStore, until } from './shaky-store.ts'

function setStage (options: Partial<AppendOptions> = {}) {
  const shaky = createShakyStore()
  let recorded = 0
  const writer = createAppend({
    store: shaky.store, onRecorded () { recorded++ }, log: silentLogger, pauses: { first: 1, most: 4 }, ...options
  })
  return {
    ...shaky,
    append: (events: readonly RoomEvent[]) => writer.append(events),
    settled: () => writer.settled(),
    status: () => writer.status(),
    close: (timeoutMs: number) => writer.close(timeoutMs),
    recorded: () => recorded,
    uids: () => shaky.talk(LOUNGE).map(({ uid }) => uid)
  }
}

test('each call gets its results, and what is recorded already is told apart', async () => {
  const { append, recorded, status } = setStage()
  const [first, second] = await Promise.all([append(messages(2)), append(messages(3))])
  assert.deepEqual(first.map(({ isNew }) => isNew), [true, true])
  assert.deepEqual(second.map(({ event, isNew }) => [event.uid, isNew]), [['uid-0', false], ['uid-60', false], ['uid-120', true]])
  assert.deepEqual(await append([]), [])
  await append(messages(3))
  assert.equal(recorded(), 2)
  assert.deepEqual(status(), { waiting: 0 })
})

test('many events go to the store in portions, in order', async () => {
  const { append, appends, uids } = setStage()
  const events = messages(2_500)
  assert.equal((await append(events)).length, 2_500)
  assert.deepEqual(appends.map(({ length }) => length), [1_000, 1_000, 500])
  assert.deepEqual(uids(), events.map(({ uid }) => uid))
})

for (const weather of ['away', 'lost', 'part'] as const) {
  test(`while the store is ${weather} calls wait, and are recorded in their order when it answers again`, async () => {
    const { append, set, status, uids } = setStage()
    set(weather)
    const calls = [append([message(1, { time: message(0).time }), message(2, { time: message(0).time })]), append([message(3)])]
    await until(() => status().problem !== undefined)
    assert.equal(status().waiting, 3)
    set('fine')
    const results = await Promise.all(calls)
    assert.deepEqual(results.map(result => result.length), [2, 1])
    assert.deepEqual(status(), { waiting: 0 })
    assert.deepEqual([...uids()].sort(), ['uid-1', 'uid-2', 'uid-3'])
  })
}

test('a refused event fails its call, but not the events beside it', async () => {
  const { append, refused, uids } = setStage()
  refused.add('uid-120')
  const next = append([message(1_000)])
  await assert.rejects(append(messages(5)), { code: 'ERR_STORE' })
  await next
  assert.deepEqual(uids(), ['uid-0', 'uid-60', 'uid-180', 'uid-240', 'uid-1000'])
})

test('with somebody to take refused events the call ends well without them', async () => {
  const told: string[] = []
  const { append, refused } = setStage({ onRefused ({ uid }, error) { told.push(`${uid}: ${(error as Error).message}`) } })
  refused.add('uid-0').add('uid-240')
  const results = await append(messages(5))
  assert.deepEqual(results.map(({ event }) => event.uid), ['uid-60', 'uid-120', 'uid-180'])
  assert.deepEqual(told, ['uid-0', 'uid-240'].map(uid => `${uid}: Cannot record the event: it is refused`))
})

test('one refused event among many costs few calls', async () => {
  const { append, appends, refused } = setStage({ onRefused () {} })
  refused.add('uid-30000')
  await append(messages(1_000))
  assert.ok(appends.length <= 21, `${appends.length} calls`)
})

test('settled() waits for the calls before it, also for those that fail', async () => {
  const { append, settled, refused, uids } = setStage()
  refused.add('uid-1')
  const failing = assert.rejects(append([message(1)]))
  const working = append([message(2)])
  await settled()
  assert.deepEqual(uids(), ['uid-2'])
  await Promise.all([failing, working])
})

test('close() waits for what was handed over, gives up on a store that stays away, and takes no more', async () => {
  const good = setStage()
  const call = good.append(messages(3))
  await good.close(60_000)
  assert.equal((await call).length, 3)
  await assert.rejects(good.append(messages(1)), { code: 'ERR_STORE_CLOSED' })

  const bad = setStage()
  bad.set('away')
  const lost = assert.rejects(bad.append(messages(1)), { code: 'ERR_STORE_UNAVAILABLE' })
  await bad.close(10)
  await lost
})
