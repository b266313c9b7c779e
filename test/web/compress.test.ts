import assert from 'node:assert/strict'
import test, { after } from 'node:test'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { published, said, siteWith } from './site-under-test.ts'

const LOUNGE = published('lounge', 'indexed')
const DAY = '/r/lounge/2026-11-20'
const { app } = await siteWith({ after }, [LOUNGE], Array.from({ length: 100 }, (_, n) =>
  said(LOUNGE, `2026-11-20T10:00:00.${String(n).padStart(3, '0')}`, 'a', `needle ${n}`)))
const LARGE = ['/', '/r/lounge/', '/r/lounge/2026-11', DAY, `${DAY}?events=full`, `${DAY}.json`, `${DAY}.jsonl`, `${DAY}.txt`, '/search?q=needle', '/r/lounge/feed.atom']

for (const url of LARGE) {
  test(`${url} is compressed for those who take it, and is the same`, async () => {
    const plain = await app.inject(url)
    for (const [accepted, decode] of [['gzip', gunzipSync], ['gzip, br', brotliDecompressSync]] as const) {
      const { headers, rawPayload } = await app.inject({ url, headers: { 'accept-encoding': accepted } })
      assert.equal(headers['content-encoding'], accepted === 'gzip' ? 'gzip' : 'br')
      assert.equal(headers['vary'], 'Accept-Encoding')
      assert.equal(Number(headers['content-length']), rawPayload.length)
      assert.equal(decode(rawPayload).toString(), plain.body)
      const head = await app.inject({ url, method: 'HEAD', headers: { 'accept-encoding': accepted } })
      assert.deepEqual({ ...head.headers, date: '' }, { ...headers, date: '' })
      if (headers.etag === undefined) continue
      assert.notEqual(headers.etag, plain.headers.etag)
      const again = await app.inject({ url, headers: { 'accept-encoding': accepted, 'if-none-match': String(headers.etag) } })
      assert.deepEqual([again.statusCode, again.headers.etag, again.headers['vary']], [304, headers.etag, 'Accept-Encoding'])
    }
    assert.equal(plain.headers['vary'], 'Accept-Encoding')
    assert.equal(plain.headers['content-encoding'], undefined)
  })
}

test('our scripts and the style sheet are compressed too, and the same for a head', async () => {
  for (const url of ['/static/site.css', '/static/app.js', '/static/live.js', '/static/nicks.css']) {
    const plain = await app.inject(url)
    for (const [accepted, decode] of [['gzip', gunzipSync], ['gzip, br', brotliDecompressSync]] as const) {
      const { headers, rawPayload } = await app.inject({ url, headers: { 'accept-encoding': accepted } })
      assert.equal(headers['vary'], 'Accept-Encoding')
      assert.ok(rawPayload.length < plain.rawPayload.length / 2, url)
      assert.equal(decode(rawPayload).toString(), plain.body)
      assert.match(String(headers['cache-control']), /immutable/)
    }
    assert.equal((await app.inject({ url, method: 'HEAD' })).headers['content-length'], String(plain.rawPayload.length))
  }
})

test('what is small stays as it is', async () => {
  for (const url of ['/robots.txt', '/healthz', `${DAY}x.json`]) {
    assert.equal((await app.inject({ url, headers: { 'accept-encoding': 'gzip, br' } })).headers['content-encoding'], undefined, url)
  }
})
