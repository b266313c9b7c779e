import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'node:test'
import type { TestContext } from 'node:test'
import { createIndexFeed } from '../../src/archive/index-feed.ts'
import type { IndexFeed, IndexFeedOptions } from '../../src/archive/index-feed.ts'
import { createSqliteStore } from '../../src/archive/sqlite.ts'
import type { ChangeCursor } from '../../src/archive/store.ts'
import { silentLogger } from '../../src/log.ts'
import type { ArchivedEvent } from '../../src/model/event.ts'
import { createLocalIndex } from '../../src/search/local.ts'
import { parseQuery } from '../../src/search/query.ts'
import { LOUNGE, message } from '../helpers/events.ts'

function setUp (t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'hansard-feed-'))
  const path = join(folder, 'search.db')
  const store = createSqliteStore({ path: ':memory:' })
  const index = createLocalIndex({ path, log: silentLogger, readers: 1 })
  t.after(async () => {
    await index.close()
    await store.close()
    rmSync(folder, { recursive: true })
  })
  let uid = 0
  const feedOf = (override: Partial<IndexFeedOptions> = {}): IndexFeed => createIndexFeed({ store, index, log: silentLogger, ...override })
  const say = async (...bodies: string[]): Promise<ArchivedEvent[]> =>
    (await store.append(bodies.map(body => message({ body, uid: `u${uid++}` })))).map(({ event }) => event)
  const found = async (): Promise<number> =>
    (await index.search({ query: parseQuery('apple'), rooms: [LOUNGE], limit: 0, order: 'newest', exactTotal: true })).total
  return { path, store, index, feedOf, say, found }
}

test('what is recorded, removed and taken out is so in the index when advance() resolves', async t => {
  const { store, feedOf, say, found } = setUp(t)
  const feed = feedOf()
  assert.deepEqual(feed.status(), { isPartial: true })
  const [first, second] = await say('apple one', 'apple two', 'cherry')
  await feed.advance()
  assert.deepEqual(feed.status(), { isPartial: false })
  assert.equal(await found(), 2)
  const { body, ...rest } = first as ArchivedEvent
  await store.scrub(LOUNGE, [rest.uid], () => ({ ...rest, removed: { by: 'author', time: rest.time } }))
  await feed.advance()
  assert.equal(await found(), 1)
  await store.purge(LOUNGE, second!.time)
  await feed.advance()
  assert.equal(await found(), 0)
})

test('what is recorded while a batch is under way is in the index when the advance() after it resolves', async t => {
  const { index, feedOf, say, found } = setUp(t)
  let during: Promise<void> | undefined
  const feed: IndexFeed = feedOf({
    index: {
      checkpoint: () => index.checkpoint(),
      async apply (changes, from, to) {
        const done = await index.apply(changes, from, to)
        if (during === undefined) {
          await say('apple late')
          during = feed.advance()
        }
        return done
      }
    }
  })
  await say('apple')
  await feed.advance()
  await during
  assert.equal(await found(), 2)
})

test('no advance() takes the end of another for its own, at whatever moment it is called', async t => {
  const { say } = setUp(t)
  const [event] = await say('apple') as [ArchivedEvent]
  for (let turns = 0; turns < 40; turns++) {
    let recorded = 0
    let indexed = 0
    const feed = createIndexFeed({
      store: {
        async * changes (since) {
          if (Number(since ?? 0) < recorded) yield [{ id: event._id, event, cursor: String(recorded) as ChangeCursor }]
        }
      },
      index: {
        checkpoint: async () => String(indexed),
        async apply (_changes, _from, to) {
          indexed = Number(to)
          return true
        }
      },
      log: silentLogger
    })
    const running = feed.advance()
    for (let turn = 0; turn < turns; turn++) await Promise.resolve()
    recorded += 1
    await feed.advance()
    assert.equal(indexed, recorded)
    await running
  }
})

test('two processes at once take in each change once, and both reach the end', async t => {
  const { path, index, feedOf, say, found } = setUp(t)
  const other = createLocalIndex({ path, log: silentLogger, readers: 1 })
  t.after(() => other.close())
  await say(...Array.from({ length: 2_000 }, (_, n) => `apple ${n}`))
  let applied = 0
  const onProgress = (changes: number): void => { applied += changes }
  const feeds = [feedOf({ onProgress }), feedOf({ index: other, onProgress })]
  await Promise.all(feeds.map(feed => feed.advance()))
  assert.ok(feeds.every(feed => !feed.status().isPartial && feed.status().problem === undefined))
  assert.equal(applied, 2_000)
  assert.equal(await found(), 2_000)
  assert.equal(await index.checkpoint(), await other.checkpoint())
})

test('an index that refuses for ever is a problem that is told, and does not keep us busy', async t => {
  const { index, feedOf, say } = setUp(t)
  let asked = 0
  const feed = feedOf({ index: { checkpoint: () => index.checkpoint(), apply: async () => { asked += 1; return false } } })
  await say('apple')
  await feed.advance()
  assert.match(feed.status().problem ?? '', /refuses/)
  assert.equal(feed.status().isPartial, true)
  assert.ok(asked < 100)
})

test('after an error the next event tries again, and the problem is over when it succeeds', async t => {
  const { index, feedOf, say, found } = setUp(t)
  let isBroken = true
  const feed = feedOf({
    index: { checkpoint: () => index.checkpoint(), apply: async (...batch) => isBroken ? Promise.reject(new Error('disk on fire')) : index.apply(...batch) }
  })
  await say('apple')
  await feed.advance()
  const { behindSince, ...status } = feed.status()
  assert.deepEqual(status, { isPartial: true, problem: 'disk on fire' })
  assert.ok(Math.abs(Date.now() - (behindSince ?? 0)) < 60_000, 'since when something may be missing is told')
  isBroken = false
  await say('apple')
  await feed.advance()
  assert.deepEqual(feed.status(), { isPartial: false })
  assert.equal(await found(), 2)
})

test('an index that was emptied is filled again, and partial until then', async t => {
  const { index, feedOf, say, found } = setUp(t)
  const states: boolean[] = []
  const feed: IndexFeed = feedOf({ onProgress: () => { states.push(feed.status().isPartial) } })
  await say('apple')
  await feed.advance()
  await index.clear()
  await feed.advance()
  assert.deepEqual(states, [true, true])
  assert.deepEqual(feed.status(), { isPartial: false })
  assert.equal(await found(), 1)
})

test('stop() ends after the batch that is under way; a later start goes on from there', async t => {
  const { feedOf, say, found } = setUp(t)
  await say(...Array.from({ length: 1_500 }, () => 'apple'))
  let batches = 0
  let stopped: Promise<void> | undefined
  const feed: IndexFeed = feedOf({
    onProgress () {
      batches += 1
      stopped = feed.stop()
    }
  })
  await feed.advance()
  await stopped
  assert.equal(batches, 1)
  const before = await found()
  assert.ok(before > 0 && before < 1_500)
  await feed.advance()
  await feed.stop()
  assert.equal(await found(), before)
  await feedOf().advance()
  assert.equal(await found(), 1_500)
})

test('stop() before anything was asked ends at once', async t => {
  const { feedOf } = setUp(t)
  const feed = feedOf()
  await feed.stop()
  await feed.advance()
  assert.equal(feed.status().isPartial, true)
})
