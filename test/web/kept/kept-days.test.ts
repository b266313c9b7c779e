import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { get } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'node:test'
import type { TestContext } from 'node:test'
import { brotliCompressSync, brotliDecompressSync, gunzipSync } from 'node:zlib'
import type { FastifyInstance } from 'fastify'
import { createSqliteStore } from '../../../src/archive/sqlite.ts'
import type { ArchiveStore } from '../../../src/archive/store.ts'
import { silentLogger } from '../../../src/log.ts'
import type { Day } from '../../../src/model/day.ts'
import type { RoomEvent } from '../../../src/model/event.ts'
import { createKeptFiles, revisionOf } from '../../../src/web/kept/kept-files.ts'
import { parseFile } from '../../../src/web/kept/kept-path.ts'
import { published, remove, said, siteWith } from '../site-under-test.ts'

const LOUNGE = published('lounge', 'indexed')
const DAY = '/r/lounge/2026-11-20'
const NEEDLE = 'a needle in the day'
const needle = (): RoomEvent => said(LOUNGE, '2026-11-20T10:00:00', 'alice', NEEDLE, { uid: 'needle' })

interface Stage {
  readonly app: FastifyInstance
  readonly store: ArchiveStore
  readonly path: string
  /** What the store was asked of events so far. */
  readonly reads: () => number
  /** Brotli comes when there is time. */
  readonly files: () => string[]
}

async function stage (t: TestContext, events: readonly RoomEvent[] = [needle()]): Promise<Stage> {
  const path = mkdtempSync(join(tmpdir(), 'hansard-days-'))
  const store = createSqliteStore({ path: ':memory:' })
  await store.append(events)
  let reads = 0
  const counted: ArchiveStore = { ...store, page: async (room, query) => { reads++; return store.page(room, query) } }
  const kept = createKeptFiles({ path, edition: 'one', store, maxBytes: 1e7, log: silentLogger })
  const { app } = await siteWith(t, [LOUNGE], [], { store: counted, kept })
  t.after(async () => {
    await store.close()
    rmSync(path, { recursive: true, force: true })
  })
  const files = (): string[] => readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter(name => parseFile(name.split('/').at(-1) ?? '')?.name === 'page.html.gz').map(name => join(path, name))
  return { app, store, path, reads: () => reads, files }
}

const asks = (encoding: string, more: Record<string, string> = {}): { url: string, headers: Record<string, string> } =>
  ({ url: DAY, headers: { 'accept-encoding': encoding, ...more } })

test('a day that is over is made once and then sent from its file', async t => {
  const { app, reads, files } = await stage(t)
  const first = await app.inject(asks('gzip'))
  const after = reads()
  const second = await app.inject(asks('gzip'))
  assert.equal(reads(), after)
  assert.equal(files().length, 1)
  for (const { headers, rawPayload, statusCode } of [first, second]) {
    assert.equal(statusCode, 200)
    assert.equal(headers['content-encoding'], 'gzip')
    assert.equal(headers['content-type'], 'text/html; charset=utf-8')
    assert.equal(headers['vary'], 'Accept-Encoding')
    assert.equal(headers['cache-control'], 'public, max-age=60, must-revalidate')
    assert.equal(Number(headers['content-length']), rawPayload.length)
    assert.deepEqual(rawPayload, readFileSync(files()[0] ?? ''))
    assert.ok(gunzipSync(rawPayload).includes(NEEDLE))
  }
  assert.deepEqual({ ...second.headers, date: '' }, { ...first.headers, date: '' })
})

test('it is the same page as without a folder for it, also for those who take no compression', async t => {
  const { app } = await stage(t)
  const { app: plain } = await siteWith(t, [LOUNGE], [needle()])
  const unkept = await plain.inject(asks('identity'))
  for (const encoding of ['identity', '', 'deflate', 'gzip;q=0', '*;q=0', 'identity, gzip;q=0.5']) {
    const { body, headers } = await app.inject(asks(encoding))
    assert.equal(body, unkept.body, encoding)
    assert.equal(headers['content-encoding'], undefined)
    assert.equal(Number(headers['content-length']), Buffer.byteLength(body))
    assert.equal(headers['vary'], 'Accept-Encoding')
  }
})

test('who has it is told so, in whatever encoding he has it, without a look at the events', async t => {
  const { app, reads } = await stage(t)
  const tags = []
  for (const encoding of ['gzip', 'identity']) tags.push(String((await app.inject(asks(encoding))).headers.etag))
  assert.equal(new Set(tags).size, 2)
  const before = reads()
  for (const tag of tags) {
    assert.match(tag, /^"[\w-]+"$/)
    for (const encoding of ['gzip', 'gzip, br', 'br, gzip;q=0.9, identity;q=0.1']) {
      const again = await app.inject(asks(encoding, { 'if-none-match': `"other", W/${tag}` }))
      assert.deepEqual([again.statusCode, again.body, again.headers.etag], [304, '', tag])
      assert.equal(again.headers['vary'], 'Accept-Encoding')
      assert.equal(again.headers['content-encoding'], undefined)
    }
  }
  assert.equal((await app.inject(asks('identity', { 'if-none-match': tags[0] ?? '' }))).statusCode, 200)
  assert.equal(reads(), before)
})

test('HEAD is GET without the body', async t => {
  const { app } = await stage(t)
  for (const encoding of ['gzip', 'identity']) {
    for (let n = 0; n < 2; n++) {
      const [head, get] = [await app.inject({ ...asks(encoding), method: 'HEAD' }), await app.inject(asks(encoding))]
      assert.deepEqual({ ...head.headers, date: '' }, { ...get.headers, date: '' })
      assert.equal(head.body, '')
    }
  }
})

test('over the wire it has its length, and the bytes of the file', async t => {
  const { app, files } = await stage(t)
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  for (let n = 0; n < 2; n++) {
    const { headers, body } = await fetched(`${url}${DAY}`)
    assert.equal(headers['content-length'], String(body.length))
    assert.deepEqual(body, readFileSync(files()[0] ?? ''))
  }
})

async function fetched (url: string): Promise<{ headers: IncomingHttpHeaders, body: Buffer }> {
  return new Promise((resolve, reject) => {
    get(url, { headers: { 'accept-encoding': 'gzip' } }, response => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject)
      response.on('end', () => { resolve({ headers: response.headers, body: Buffer.concat(chunks) }) })
    }).on('error', reject)
  })
}

test('Brotli is sent where it is there, with a tag of its own, to who likes it best', async t => {
  const { app, store, path, files } = await stage(t)
  const { rawPayload } = await app.inject(asks('gzip'))
  const [gzip = ''] = files()
  const { variant, revision } = await keyOf(store)
  const kept = createKeptFiles({ path, edition: 'one', store, maxBytes: 1e7, log: silentLogger })
  const page = gunzipSync(rawPayload)
  await kept.put({ room: LOUNGE.jid, period: '2026-11-20' as Day, name: 'page.html.br', revision, variant }, brotliCompressSync(page))
  const tags = new Map<string, string>()
  for (const [accepted, encoding] of [['gzip, br', 'br'], ['br;q=0.5, gzip', 'gzip'], ['gzip', 'gzip'], ['*', 'br'], ['identity', undefined]]) {
    const { headers, rawPayload } = await app.inject(asks(accepted ?? ''))
    assert.equal(headers['content-encoding'], encoding, accepted)
    assert.deepEqual(encoding === 'br' ? brotliDecompressSync(rawPayload) : encoding === 'gzip' ? gunzipSync(rawPayload) : rawPayload, page)
    tags.set(encoding ?? '', String(headers.etag))
  }
  assert.equal(new Set(tags.values()).size, 3)
  const old = await app.inject(asks('gzip, br', { 'if-none-match': tags.get('gzip') ?? '' }))
  assert.deepEqual([old.statusCode, old.headers.etag], [304, tags.get('gzip')])
  assert.ok(gzip.includes('page.html.gz'))
})

async function keyOf (store: ArchiveStore): Promise<{ revision: string, variant: unknown }> {
  return { revision: revisionOf([await store.day(LOUNGE.jid, '2026-11-20' as Day)]), variant: [LOUNGE, [], {}] }
}

test('what is said, removed or restyled later is seen at once', async t => {
  const { app, store, files } = await stage(t)
  await app.inject(asks('gzip'))
  await store.append([said(LOUNGE, '2026-11-20T11:00:00', 'bob', 'one more')])
  const more = gunzipSync((await app.inject(asks('gzip'))).rawPayload).toString()
  assert.ok(more.includes('one more') && more.includes(NEEDLE))
  await remove(store, needle())
  const { headers, rawPayload } = await app.inject(asks('gzip'))
  assert.equal(gunzipSync(rawPayload).includes(NEEDLE), false)
  assert.equal((await app.inject(asks('gzip', { 'if-none-match': String(headers.etag) }))).statusCode, 304)
  assert.equal(files().length, 1)
  assert.equal(gunzipSync(readFileSync(files()[0] ?? '')).includes(NEEDLE), false)
})

test('a day gets its new neighbour when one comes', async t => {
  const { app, store } = await stage(t)
  assert.doesNotMatch((await app.inject(asks(''))).body, /rel="next"/)
  await store.append([said(LOUNGE, '2026-11-21T01:00:00', 'bob', 'good morning')])
  assert.match((await app.inject(asks(''))).body, /rel="next" href="\/r\/lounge\/2026-11-21"/)
})

test('today, other views and what is not there are not kept', async t => {
  const { app, files } = await stage(t, [needle(), said(LOUNGE, '2026-11-21T10:00:00', 'bob', 'now')])
  for (const url of ['/r/lounge/2026-11-21', `${DAY}?events=full`, `${DAY}?tz=Asia/Tokyo`, '/r/lounge/2026-11-19', '/r/none/2026-11-20', `${DAY}.json`]) {
    await app.inject({ url, headers: { 'accept-encoding': 'gzip' } })
  }
  assert.deepEqual(files(), [])
})

test('a damaged file is made anew, and one that is gone as well', async t => {
  const { app, files } = await stage(t)
  const first = await app.inject(asks('gzip'))
  for (const harm of [(file: string) => { writeFileSync(file, 'x') }, (file: string) => { unlinkSync(file) }]) {
    harm(files()[0] ?? '')
    const { rawPayload, headers } = await app.inject(asks('gzip'))
    assert.ok(gunzipSync(rawPayload).includes(NEEDLE))
    assert.equal(headers.etag, first.headers.etag)
  }
})

test('a page whose file goes while it is about to be sent is made anew', async t => {
  const path = mkdtempSync(join(tmpdir(), 'hansard-days-'))
  t.after(() => { rmSync(path, { recursive: true, force: true }) })
  const store = createSqliteStore({ path: ':memory:' })
  await store.append([needle()])
  const kept = createKeptFiles({ path, edition: 'one', store, maxBytes: 1e7, log: silentLogger })
  let goes = false
  const { app } = await siteWith(t, [LOUNGE], [], {
    store,
    kept: {
      ...kept,
      async find (key) {
        const file = await kept.find(key)
        if (goes && file !== undefined) unlinkSync(file.path)
        return file
      }
    }
  })
  t.after(() => store.close())
  await app.inject(asks('gzip'))
  goes = true
  const { statusCode, rawPayload } = await app.inject(asks('gzip'))
  assert.equal(statusCode, 200)
  assert.ok(gunzipSync(rawPayload).includes(NEEDLE))
  goes = false
  assert.ok(gunzipSync((await app.inject(asks('gzip'))).rawPayload).includes(NEEDLE))
})
