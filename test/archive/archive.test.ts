import assert from 'node:assert/strict'
import test from 'node:test'
import { createArchive } from '../../src/archive/archive.ts'
import type { ArchiveStore } from '../../src/archive/store.ts'
import { createSqliteStore } from '../../src/archive/sqlite.ts'
import { silentLogger } from '../../src/log.ts'
import { HansardError } from '../../src/model/errors.ts'
import type { EventId } from '../../src/model/event.ts'
import { message } from '../helpers/events.ts'

function setUp (override: (store: ArchiveStore) => Partial<ArchiveStore> = () => ({})) {
  const store = createSqliteStore({ path: ':memory:' })
  const wrapped: ArchiveStore = { ...store, ...override(store) }
  let advances = 0
  const archive = createArchive({ store: wrapped, onRecorded () { advances += 1 }, log: silentLogger })
  return { archive, store, advances: () => advances }
}

test('an event is durable when record() resolves, and the index is told of what is new', async () => {
  const { archive, store, advances } = setUp()
  const { event, isNew } = await archive.record(message({ uid: 'a' }))
  assert.equal(isNew, true)
  assert.deepEqual(await store.get(event.room, 'a'), event)
  assert.equal((await archive.record(message({ uid: 'a' }))).isNew, false)
  await archive.close(1000)
  assert.equal(advances(), 1)
})

test('calls that come at any moment of another are all recorded, also when nothing is new', async () => {
  const { archive } = setUp(() => ({
    append: async events => events.map(event => ({ event: { ...event, _id: 'x' as EventId, anchor: 't000000' }, isNew: false }))
  }))
  for (let turns = 0; turns < 12; turns++) {
    const first = archive.record(message({ uid: 'a' }))
    const later: Array<Promise<unknown>> = []
    for (let turn = 0, tail = first.then(() => {}); turn < turns; turn++) {
      tail = tail.then(() => { if (turn === turns - 1) later.push(archive.record(message({ uid: 'b' }))) })
      if (turn === turns - 1) await tail
    }
    await Promise.all([first, ...later])
    assert.equal(archive.status().waiting, 0)
  }
})

test('the order of calls is the order of the record, also for equal times', async () => {
  const { archive, store } = setUp()
  const uids = Array.from({ length: 1200 }, (_, n) => `u${n}`)
  const results = await Promise.all(uids.map(uid => archive.record(message({ uid }))))
  assert.ok(results.every(({ event }, n) => n === 0 || event.time > (results[n - 1]?.event.time ?? '')))
  const page = await store.page(results[0]!.event.room, { stream: 'talk', limit: 2000 })
  assert.deepEqual(page.events.map(({ uid }) => uid), uids)
})

test('while the store is away events wait, and are recorded in order when it answers again', async () => {
  let failures = 3
  const { archive, store } = setUp(store => ({
    async append (events) {
      if (failures-- > 0) throw new HansardError('ERR_STORE_UNAVAILABLE', 'Cannot reach the store: it is away')
      return store.append(events)
    }
  }))
  const all = Promise.all(['a', 'b', 'c'].map(uid => archive.record(message({ uid }))))
  const { event } = (await all)[0]!
  const page = await store.page(event.room, { stream: 'talk', limit: 10 })
  assert.deepEqual(page.events.map(({ uid }) => uid), ['a', 'b', 'c'])
  assert.deepEqual(archive.status(), { waiting: 0 })
})

test('an event that the store refuses does not take its neighbours with it', async () => {
  const { archive } = setUp(store => ({
    async append (events) {
      if (events.some(({ uid }) => uid === 'bad')) throw new HansardError('ERR_STORE', 'Cannot store the event: refused')
      return store.append(events)
    }
  }))
  const outcomes = await Promise.allSettled(['a', 'bad', 'c'].map(uid => archive.record(message({ uid }))))
  assert.deepEqual(outcomes.map(({ status }) => status), ['fulfilled', 'rejected', 'fulfilled'])
})

test('close() waits for what was accepted, gives up on a store that stays away, and takes no more', async () => {
  const { archive } = setUp(() => ({
    async append () { throw new HansardError('ERR_STORE_UNAVAILABLE', 'Cannot reach the store: it is away') }
  }))
  const waiting = assert.rejects(archive.record(message({ uid: 'a' })), { code: 'ERR_STORE_UNAVAILABLE' })
  await archive.close(20)
  await waiting
  await assert.rejects(archive.record(message({ uid: 'b' })), { code: 'ERR_STORE_CLOSED' })
})
