import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'node:test'
import fc from 'fast-check'
import { createSqliteStore } from '../../src/archive/sqlite.ts'
import { silentLogger } from '../../src/log.ts'
import { costOf, createBudgets } from '../../src/web/budgets.ts'
import { createKeptFiles } from '../../src/web/kept/kept-files.ts'
import { published, said, siteWith } from './site-under-test.ts'

const LOUNGE = published('lounge', 'indexed')
const talk = () => [1, 2, 3, 4, 5].map(n => said(LOUNGE, `2026-11-0${n}T10:00:00`, 'a', `needle ${n}`))
const limits = { pagesPerMinute: 3, searchesPerMinute: 2 }
const from = (remoteAddress: string, url: string, headers: Record<string, string> = {}) => ({ url, remoteAddress, headers })

test('a client has its budget at once, then so much a minute, and others have theirs', () => {
  let now = 0
  const { spend } = createBudgets({ pagesPerMinute: 60, searchesPerMinute: 6 }, () => now)
  for (let n = 0; n < 60; n++) assert.equal(spend('page', '192.0.2.1'), 0)
  assert.ok(spend('page', '192.0.2.1') > 0)
  assert.equal(spend('search', '192.0.2.1'), 0)
  assert.equal(spend('page', '192.0.2.2'), 0)
  now += 2_000
  assert.deepEqual([spend('page', '192.0.2.1'), spend('page', '192.0.2.1')], [0, 0])
  assert.ok(spend('page', '192.0.2.1') > 0)
})

test('who waits as long as he is told gets what he wants', () => {
  const pauses = fc.array(fc.integer({ min: 0, max: 5_000 }), { maxLength: 50 })
  fc.assert(fc.property(fc.integer({ min: 1, max: 1000 }), pauses, (pagesPerMinute, pauses) => {
    let now = 0
    const { spend } = createBudgets({ pagesPerMinute, searchesPerMinute: 1 }, () => now)
    for (const pause of pauses) {
      now += pause
      const seconds = spend('page', '192.0.2.1')
      if (seconds === 0) continue
      now += seconds * 1000
      assert.equal(spend('page', '192.0.2.1'), 0)
    }
  }))
})

test('the networks of IPv6 clients share a budget, and IPv4 in its mapped form is IPv4', () => {
  const { spend } = createBudgets({ pagesPerMinute: 1, searchesPerMinute: 1 }, () => 0)
  assert.equal(spend('page', '2001:db8:1:2:3::1'), 0)
  assert.ok(spend('page', '2001:db8:1:2:ffff::2') > 0)
  assert.equal(spend('page', '2001:db8:1:3::1'), 0)
  assert.equal(spend('page', '::ffff:192.0.2.1'), 0)
  assert.ok(spend('page', '192.0.2.1') > 0)
})

test('clients on this machine, and everybody without limits, may have all', () => {
  const limited = createBudgets({ pagesPerMinute: 1, searchesPerMinute: 1 }, () => 0)
  const free = createBudgets(undefined)
  for (let n = 0; n < 10; n++) {
    for (const address of ['127.0.0.1', '::1', '::ffff:127.0.0.1']) assert.equal(limited.spend('page', address), 0)
    assert.equal(free.spend('page', '192.0.2.1'), 0)
  }
})

test('what is not needed is given back', () => {
  const { spend, refund } = createBudgets({ pagesPerMinute: 1, searchesPerMinute: 1 }, () => 0)
  for (let n = 0; n < 5; n++) {
    assert.equal(spend('page', '192.0.2.1'), 0)
    refund('page', '192.0.2.1')
  }
})

test('every page of a room costs something but redirects, streams, months to download and days', async t => {
  const { app } = await siteWith(t, [LOUNGE], talk())
  await app.ready()
  const day = '/r/:slug/:year(^\\d{4})-:month(^\\d{2})-:date(^\\d{2})'
  for (const [pattern, cost] of [
    ['/', undefined], ['/search', 'search'], ['/search.json', 'search'], ['/search.atom', 'search'], ['/r/:slug/', 'page'],
    [day, undefined], [`${day}.json`, 'page'], ['/r/:slug/live.sse', undefined], ['/r/:slug/today', undefined], ['/r/:slug/feed.atom', 'page'],
    ['/r/:slug/:year(^\\d{4})-:month(^\\d{2}).jsonl.gz', undefined]
  ] as const) {
    assert.ok(app.hasRoute({ method: 'GET', url: pattern }), pattern)
    assert.equal(costOf(pattern), cost, pattern)
  }
})

test('who wants too many pages is asked to wait, in the form that he asked for, and told of the months', async t => {
  const { app } = await siteWith(t, [LOUNGE], talk(), { crawlers: limits })
  for (let n = 0; n < 3; n++) assert.equal((await app.inject(from('192.0.2.1', `/r/lounge/2026-11-0${n + 1}`))).statusCode, 200)
  const page = await app.inject(from('192.0.2.1', '/r/lounge/2026-11-04'))
  assert.equal(page.statusCode, 429)
  assert.match(page.body, /whole months as files/)
  assert.match(String(page.headers['retry-after']), /^\d+$/)
  assert.equal(page.headers['cache-control'], 'no-store')
  assert.equal(page.headers['x-robots-tag'], 'noindex')
  assert.equal(page.headers.etag, undefined)
  const json = await app.inject(from('192.0.2.1', '/r/lounge/2026-11-04.json'))
  assert.deepEqual([json.statusCode, json.json<{ error: string }>().error], [429, 'too_many_requests'])
  assert.equal((await app.inject(from('192.0.2.1', '/'))).statusCode, 200)
  assert.equal((await app.inject(from('192.0.2.2', '/r/lounge/2026-11-04'))).statusCode, 200)
})

test('a room that is not there costs the same as one that is, and says the same when nothing is left', async t => {
  const off = published('off', 'off')
  const { app } = await siteWith(t, [LOUNGE, off], talk(), { crawlers: limits })
  for (let n = 0; n < 3; n++) await app.inject(from('192.0.2.1', '/r/lounge/'))
  const answers = await Promise.all(['/r/off/', '/r/none/', '/r/lounge/'].map(async url => app.inject(from('192.0.2.1', url))))
  assert.deepEqual(answers.map(({ statusCode }) => statusCode), [429, 429, 429])
  assert.equal(new Set(answers.map(({ body }) => body)).size, 1)
})

test('searches have a budget of their own', async t => {
  const { app } = await siteWith(t, [LOUNGE], talk(), { crawlers: limits })
  const codes = []
  for (const url of ['/search?q=a', '/search.json?q=a', '/search?q=b', '/search.atom?q=a', '/r/lounge/']) codes.push((await app.inject(from('192.0.2.1', url))).statusCode)
  assert.deepEqual(codes, [200, 200, 429, 429, 200])
})

test('what the client has already costs nothing', async t => {
  const { app } = await siteWith(t, [LOUNGE], talk(), { crawlers: limits })
  for (const url of ['/r/lounge/2026-11-01', '/r/lounge/2026-11']) {
    const tag = String((await app.inject(from('192.0.2.1', url))).headers.etag)
    for (let n = 0; n < 9; n++) assert.equal((await app.inject(from('192.0.2.1', url, { 'if-none-match': tag }))).statusCode, 304)
  }
})

test('pages that are kept cost nothing, also for who has nothing left', async t => {
  const path = mkdtempSync(join(tmpdir(), 'hansard-budgets-'))
  const store = createSqliteStore({ path: ':memory:' })
  await store.append(talk())
  const kept = createKeptFiles({ path, edition: 'one', store, maxBytes: 1e7, log: silentLogger })
  const { app } = await siteWith(t, [LOUNGE], [], { store, kept, crawlers: limits })
  t.after(async () => {
    await store.close()
    rmSync(path, { recursive: true, force: true })
  })
  const days = [1, 2, 3, 4, 5].map(n => `/r/lounge/2026-11-0${n}`)
  const codes = async (address: string) => Promise.all(days.map(async url => (await app.inject(from(address, url))).statusCode))
  assert.deepEqual((await codes('192.0.2.1')).sort(), [200, 200, 200, 429, 429])
  assert.deepEqual(await codes('192.0.2.2'), [200, 200, 200, 200, 200])
  assert.deepEqual(await codes('192.0.2.1'), [200, 200, 200, 200, 200])
})

test('behind a proxy that is trusted each client has its own', async t => {
  const { app } = await siteWith(t, [LOUNGE], talk(), { crawlers: { pagesPerMinute: 1, searchesPerMinute: 1 }, trustProxy: '127.0.0.1' })
  const ask = async (address: string) => (await app.inject({ url: '/r/lounge/', headers: { 'x-forwarded-for': address } })).statusCode
  assert.deepEqual([await ask('192.0.2.1'), await ask('192.0.2.1'), await ask('192.0.2.2')], [200, 429, 200])
})
