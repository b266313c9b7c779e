import assert from 'node:assert/strict'
import test from 'node:test'
import { HansardError } from '../../src/model/errors.ts'
import type { ArchiveStore } from '../../src/archive/store.ts'
import { createSqliteStore } from '../../src/archive/sqlite.ts'
import { published, siteWith } from './site-under-test.ts'

const LOUNGE = published('lounge', 'indexed')
const URLS = ['/', '/index.json', '/r/lounge/', '/r/lounge/2026', '/r/lounge/2026-11', '/r/lounge/2026-11-20', '/r/lounge/2026-11-20.json', '/r/lounge/2026-11-20.txt', '/r/lounge/m/x', '/r/lounge/latest', '/sitemap.xml']

function failing (error: Error): ArchiveStore {
  const memory = createSqliteStore({ path: ':memory:' })
  const fail = async () => { throw error }
  return { ...memory, page: fail, get: fail, days: fail, day: fail, rooms: fail }
}

test('a store that is out of reach gives 503 and when to come again', async t => {
  const store = failing(new HansardError('ERR_STORE_UNAVAILABLE', 'Cannot reach http://admin:hunter2@db'))
  const { app } = await siteWith(t, [LOUNGE], [], { store })
  for (const url of URLS) {
    const { statusCode, headers, body } = await app.inject(url)
    assert.equal(statusCode, 503, url)
    assert.equal(headers['retry-after'], '30')
    assert.equal(headers.etag, undefined)
    assert.doesNotMatch(body, /hunter2/)
  }
})

test('a fault in the program gives 500, tells nothing, and is logged once', async t => {
  const { app, logged } = await siteWith(t, [LOUNGE], [], { store: failing(new TypeError('hunter2 is undefined')) })
  for (const url of URLS) {
    logged.length = 0
    const { statusCode, body, headers } = await app.inject(url)
    assert.equal(statusCode, 500, url)
    assert.doesNotMatch(body, /hunter2|TypeError|\.ts/)
    assert.equal(headers['cache-control'], 'no-store')
    assert.equal(logged.length, 1)
    assert.match(logged[0] ?? '', /"route":"\/[^"]*"/)
  }
})

test('an error has the form that was asked for', async t => {
  const { app } = await siteWith(t, [LOUNGE], [])
  const type = async (url: string) => (await app.inject(url)).headers['content-type']
  assert.equal(await type('/r/lounge/2020-01-01.json'), 'application/json; charset=utf-8')
  assert.equal(await type('/r/lounge/2020-01-01.jsonl'), 'application/json; charset=utf-8')
  assert.equal(await type('/r/lounge/2020-01-01.txt'), 'text/plain; charset=utf-8')
  assert.equal(await type('/r/lounge/nothing'), 'text/html; charset=utf-8')
})

test('neither requests nor what is searched for are logged', async t => {
  const { app, logged } = await siteWith(t, [LOUNGE], [])
  for (const url of ['/', '/search?q=private', '/search?q=%22private', '/nothing']) await app.inject(url)
  assert.deepEqual(logged, [])
})
