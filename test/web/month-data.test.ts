import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'node:test'
import type { TestContext } from 'node:test'
import { gunzipSync } from 'node:zlib'
import type { FastifyInstance } from 'fastify'
import { createSqliteStore } from '../../src/archive/sqlite.ts'
import type { ArchiveStore } from '../../src/archive/store.ts'
import { silentLogger } from '../../src/log.ts'
import type { ArchiveTime } from '../../src/model/archive-time.ts'
import type { RoomEvent } from '../../src/model/event.ts'
import { createKeptFiles } from '../../src/web/kept/kept-files.ts'
import { happened, published, remove, said, siteWith } from './site-under-test.ts'

const LOUNGE = published('lounge', 'indexed')
const MONTH = '/r/lounge/2026-10'
const NEEDLE = 'a needle in the month'
const needle = (): RoomEvent => said(LOUNGE, '2026-10-02T10:00:00', 'alice', NEEDLE, { uid: 'needle' })
const talk = (): RoomEvent[] => [
  said(LOUNGE, '2026-09-30T23:59:59', 'a', 'the month before'),
  needle(),
  happened(LOUNGE, '2026-10-03T08:00:00', 'join', 'bob'),
  said(LOUNGE, '2026-10-31T23:59:59', 'bob', 'the last word'),
  said(LOUNGE, '2026-11-01T00:00:00', 'a', 'the month after')
]

async function stage (t: TestContext): Promise<{ app: FastifyInstance, store: ArchiveStore, files: () => string[], reads: () => number }> {
  const path = mkdtempSync(join(tmpdir(), 'hansard-months-'))
  const store = createSqliteStore({ path: ':memory:' })
  await store.append(talk())
  await store.putGaps([{
    room: LOUNGE.jid, from: '2026-10-04T08:00:00.000000Z' as ArchiveTime, to: '2026-10-05T08:00:00.000000Z' as ArchiveTime, cause: 'killed', problem: 'no-archive'
  }])
  let reads = 0
  const counted: ArchiveStore = { ...store, page: async (room, query) => { reads++; return store.page(room, query) } }
  const kept = createKeptFiles({ path, edition: 'one', store, maxBytes: 1e7, log: silentLogger })
  const { app } = await siteWith(t, [LOUNGE, published('off', 'off')], [], { store: counted, kept })
  t.after(async () => {
    await store.close()
    rmSync(path, { recursive: true, force: true })
  })
  return { app, store, reads: () => reads, files: () => readdirSync(path, { recursive: true, encoding: 'utf8' }).filter(name => name.includes('month.')) }
}

async function textOf (app: FastifyInstance, url: string): Promise<string> {
  return gunzipSync((await app.inject(url)).rawPayload).toString()
}

test('a month is its days one after the other, in the form that they have', async t => {
  const { app } = await stage(t)
  const days = await Promise.all(['02', '03', '04', '05', '31'].map(async day => (await app.inject(`${MONTH}-${day}.jsonl`)).body))
  assert.equal(await textOf(app, `${MONTH}.jsonl.gz`), days.join(''))
  const text = await textOf(app, `${MONTH}.txt.gz`)
  assert.match(text, /^=== 2026-10-02 ===\n\[10:00:00\] <alice> a needle in the month\n=== 2026-10-03 ===\n\[08:00:00\] \*\*\* bob joined/)
  assert.match(text, /\n=== 2026-10-31 ===\n\[23:59:59\] <bob> the last word\n$/)
})

test('its bytes are the same whenever it is asked for, and it is made once', async t => {
  const [one, other] = [await stage(t), await stage(t)]
  for (const form of ['jsonl', 'txt']) {
    const first = await one.app.inject(`${MONTH}.${form}.gz`)
    const before = one.reads()
    const second = await one.app.inject(`${MONTH}.${form}.gz`)
    assert.equal(one.reads(), before)
    assert.deepEqual(second.rawPayload, first.rawPayload)
    assert.equal(second.headers.etag, first.headers.etag)
    assert.equal(Number(second.headers['content-length']), second.rawPayload.length)
    if (form === 'txt') assert.deepEqual((await other.app.inject(`${MONTH}.txt.gz`)).rawPayload, first.rawPayload)
    for (const { headers } of [first, second]) {
      assert.equal(headers['content-type'], 'application/gzip')
      assert.equal(headers['content-encoding'], undefined)
      assert.equal(headers['x-robots-tag'], 'noindex')
      assert.equal(headers['content-disposition'], `attachment; filename="2026-10.${form}.gz"`)
      assert.equal(headers['link'], '<https://logs.example.org/r/lounge/2026-10>; rel="canonical"')
      assert.equal(headers['access-control-allow-origin'], '*')
      assert.equal(headers['cache-control'], 'public, max-age=60, must-revalidate')
    }
  }
})

test('who has it is told so, and HEAD has no body', async t => {
  const { app, reads } = await stage(t)
  for (let n = 0; n < 2; n++) {
    const head = await app.inject({ url: `${MONTH}.jsonl.gz`, method: 'HEAD' })
    assert.deepEqual([head.statusCode, head.body, head.headers['content-type']], [200, '', 'application/gzip'])
    const before = reads()
    const again = await app.inject({ url: `${MONTH}.jsonl.gz`, headers: { 'if-none-match': String(head.headers.etag) } })
    assert.deepEqual([again.statusCode, again.body, reads()], [304, '', before])
    await app.inject(`${MONTH}.jsonl.gz`)
  }
})

test('what is removed is in it no more, in no file either', async t => {
  const { app, store, files } = await stage(t)
  const { headers } = await app.inject(`${MONTH}.jsonl.gz`)
  assert.ok((await textOf(app, `${MONTH}.txt.gz`)).includes(NEEDLE))
  await remove(store, needle())
  for (const form of ['jsonl', 'txt']) assert.equal((await textOf(app, `${MONTH}.${form}.gz`)).includes(NEEDLE), false)
  assert.equal((await app.inject({ url: `${MONTH}.jsonl.gz`, headers: { 'if-none-match': String(headers.etag) } })).statusCode, 200)
  assert.equal(files().length, 2)
})

test('only of months that are over and have something, of rooms that are public', async t => {
  const { app } = await stage(t)
  const none = await app.inject('/r/none/2026-10.jsonl.gz')
  for (const url of ['/r/lounge/2026-11.jsonl.gz', '/r/lounge/2026-12.txt.gz', '/r/lounge/2026-08.jsonl.gz', '/r/lounge/2026-13.jsonl.gz', '/r/off/2026-10.jsonl.gz']) {
    const { statusCode, body } = await app.inject(url)
    assert.deepEqual([statusCode, body], [404, none.body], url)
  }
})

test('the page of the month and robots.txt tell of it', async t => {
  const { app } = await stage(t)
  const { body } = await app.inject(MONTH)
  for (const form of ['jsonl', 'txt']) assert.ok(body.includes(`<a rel="nofollow" href="${MONTH}.${form}.gz">`))
  assert.doesNotMatch((await app.inject('/r/lounge/2026-11')).body, /\.jsonl\.gz/)
  assert.match((await app.inject('/robots.txt')).body, /^# Whole months as files/)
})
