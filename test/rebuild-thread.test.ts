import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'node:test'
import type { TestContext } from 'node:test'
import { createIndexFeed } from '../src/archive/index-feed.ts'
import { silentLogger } from '../src/log.ts'
import { openIndex, openStore } from '../src/open.ts'
import { createRebuildThread } from '../src/rebuild-thread.ts'
import { parseQuery } from '../src/search/query.ts'
import { LOUNGE, message } from './helpers/events.ts'

async function setUp (t: TestContext, searchPath = 'search.db') {
  const folder = mkdtempSync(join(tmpdir(), 'hansard-rebuild-'))
  const config = {
    store: { driver: 'sqlite', path: join(folder, 'record.db') },
    search: { engine: 'local', path: join(folder, searchPath), language: 'en' }
  } as const
  const store = await openStore(config.store, silentLogger)
  t.after(async () => {
    await store.close()
    rmSync(folder, { recursive: true })
  })
  return { config, store }
}

test('a thread builds the index anew, tells how far it is, and the index of this one changes over', async t => {
  const { config, store } = await setUp(t)
  await store.append(Array.from({ length: 1200 }, (_, n) => message({ uid: `u${n}`, body: `apple ${n}` })))
  const index = await openIndex(config.search, silentLogger)
  t.after(() => index.close())
  await createIndexFeed({ store, index, log: silentLogger }).advance()
  const thread = createRebuildThread(config, silentLogger)
  const seen: number[] = []
  const both = Promise.all([thread.run(true, changes => { seen.push(changes) }), thread.run(false)])
  assert.equal(thread.isRunning(), true)
  await both
  assert.equal(thread.isRunning(), false)
  assert.equal(seen.at(-1), 1200)
  assert.equal(index.rebuilding?.isDue(), false)
  const request = { query: parseQuery('apple'), rooms: [LOUNGE], limit: 0, order: 'newest', exactTotal: true } as const
  assert.equal((await index.search(request)).total, 1200)
})

test('a thread says when another builds, and why it cannot build', async t => {
  const { config } = await setUp(t)
  const index = await openIndex(config.search, silentLogger)
  t.after(() => index.close())
  const other = index.rebuilding?.begin(false)
  await assert.rejects(createRebuildThread(config, silentLogger).run(false), { code: 'ERR_RUNNING', message: /another process/ })
  other?.close()
  const broken = createRebuildThread({ ...config, search: { ...config.search, path: join(config.search.path, '..') } }, silentLogger)
  await assert.rejects(broken.run(false), { code: 'ERR_SEARCH', message: /gone on with later/ })
})

test('a thread that is stopped leaves the index in use as it was', async t => {
  const { config, store } = await setUp(t)
  await store.append(Array.from({ length: 20 }, (_, n) => message({ uid: `u${n}`, body: `apple ${n}` })))
  const thread = createRebuildThread(config, silentLogger)
  const running = thread.run(true)
  await thread.stop()
  await running
  assert.equal(thread.isRunning(), false)
})
