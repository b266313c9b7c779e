import assert from 'node:assert/strict'
import test from 'node:test'
import type { TestContext } from 'node:test'
import { createLive } from '../../src/archive/live.ts'
import { createSqliteStore } from '../../src/archive/sqlite.ts'
import type { ArchiveStore } from '../../src/archive/store.ts'
import { silentLogger } from '../../src/log.ts'
import type { ArchivedEvent } from '../../src/model/event.ts'
import { messages } from './sample-events.ts'

function openStore (t: TestContext): ArchiveStore {
  const store = createSqliteStore({ path: ':memory:' })
  t.after(() => store.close())
  return store
}

/** Resolves when so many events were told. */
function listen (count: number): { events: ArchivedEvent[], told: Promise<void>, listener: (event: ArchivedEvent) => void } {
  const events: ArchivedEvent[] = []
  let done: () => void = () => {}
  const told = new Promise<void>(resolve => { done = resolve })
  return {
    events,
    told,
    listener (event) {
      events.push(event)
      if (events.length === count) done()
    }
  }
}

test('what is recorded from now on is told, in order, and nothing of the past', async t => {
  const store = openStore(t)
  await store.append(messages(3))
  const live = createLive({ store, log: silentLogger })
  t.after(() => live.stop())
  const { events, told, listener } = listen(7)
  live.subscribe(listener)
  await new Promise(resolve => setImmediate(resolve))
  const results = await store.append(messages(10).toReversed())
  live.advance()
  await told
  const news = results.filter(({ isNew }) => isNew).map(({ event }) => event)
  assert.deepEqual(events.map(({ uid }) => uid), news.sort((a, b) => a.time < b.time ? -1 : 1).map(({ uid }) => uid))
})

test('a listener that throws keeps nothing from the others, and one that has gone hears nothing', async t => {
  const store = openStore(t)
  const live = createLive({ store, log: silentLogger })
  t.after(() => live.stop())
  const { events, told, listener } = listen(2)
  const gone: ArchivedEvent[] = []
  live.subscribe(() => { throw new Error('broken') })
  const leave = live.subscribe(event => { gone.push(event) })
  live.subscribe(listener)
  leave()
  await new Promise(resolve => setImmediate(resolve))
  await store.append(messages(2))
  live.advance()
  await told
  assert.deepEqual([events.length, gone.length], [2, 0])
})

test('a store that is away for a while loses nothing of what is told', async t => {
  const store = openStore(t)
  let isAway = false
  const live = createLive({
    store: {
      present: () => store.present(),
      changes: since => {
        if (isAway) throw new Error('away')
        return store.changes(since)
      }
    },
    log: silentLogger
  })
  t.after(() => live.stop())
  const { events, told, listener } = listen(4)
  live.subscribe(listener)
  await new Promise(resolve => setImmediate(resolve))
  isAway = true
  await store.append(messages(2))
  live.advance()
  await new Promise(resolve => setImmediate(resolve))
  isAway = false
  await store.append(messages(4))
  live.advance()
  await told
  assert.equal(events.length, 4)
})
