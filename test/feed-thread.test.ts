import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'node:test'
import type { TestContext } from 'node:test'
import { createFeedThread } from '../src/feed-thread.ts'
import { silentLogger } from '../src/log.ts'
import { openIndex, openStore } from '../src/open.ts'
import { parseQuery } from '../src/search/query.ts'
import { LOUNGE, message } from './helpers/events.ts'

function configFor (t: TestContext, searchPath = 'search.db') {
  const folder = mkdtempSync(join(tmpdir(), 'hansard-feed-'))
  t.after(() => { rmSync(folder, { recursive: true }) })
  return {
    store: { driver: 'sqlite', path: join(folder, 'record.db') },
    search: { engine: 'local', path: join(folder, searchPath), language: 'en' }
  } as const
}

test('what was recorded before advance() is searchable when it resolves, although a thread indexed it', async t => {
  const config = configFor(t)
  const store = await openStore(config.store, silentLogger)
  const feed = createFeedThread(config)
  await store.append(Array.from({ length: 1200 }, (_, n) => message({ uid: `u${n}`, body: `apple ${n}` })))
  await feed.advance()
  assert.deepEqual(feed.status(), { isPartial: false })
  await feed.stop()
  await store.close()
  const index = await openIndex(config.search, silentLogger)
  const { total } = await index.search({ query: parseQuery('apple'), rooms: [LOUNGE], limit: 0, order: 'newest', exactTotal: true })
  await index.close()
  assert.equal(total, 1200)
})

test('a thread that cannot open the index ends every call and says why', async t => {
  const feed = createFeedThread(configFor(t, '.'))
  await feed.advance()
  assert.match(feed.status().problem ?? '', /search index/)
  await feed.advance()
  await feed.stop()
})
