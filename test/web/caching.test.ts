import assert from 'node:assert/strict'
import test, { after } from 'node:test'
import { published, remove, said, siteWith } from './site-under-test.ts'

const LOUNGE = published('lounge', 'indexed')
const DAY = '/r/lounge/2026-11-20'
const talk = () => [said(LOUNGE, '2026-11-20T10:00:00', 'a', 'x', { uid: 'one' }), said(LOUNGE, '2026-11-21T10:00:00', 'a', 'y')]
const WITH_VALIDATOR = [
  '/', '/r/lounge/', '/r/lounge/2026', '/r/lounge/2026-11', DAY, `${DAY}?events=full`, `${DAY}?tz=Asia/Tokyo`, `${DAY}.json`, `${DAY}.txt`, `${DAY}.jsonl`,
  '/r/lounge/2026-11-21', '/r/lounge/m/one', '/removed.jsonl', '/r/lounge/removed.jsonl', '/index.json', '/sitemap.xml', '/sitemap.xml?room=lounge&year=2026', '/robots.txt', '/about', '/privacy'
]
const EVERYTHING = [...WITH_VALIDATOR, '/search', '/search?q=x', '/search.json?q=x', '/healthz', '/nothing', '/r/lounge/today', '/r/lounge', '/r/lounge/m/none']

const { app } = await siteWith({ after }, [LOUNGE], talk())

for (const url of WITH_VALIDATOR) {
  test(`${url} is not sent again to who has it`, async () => {
    const { headers, statusCode } = await app.inject(url)
    assert.equal(statusCode, 200)
    assert.match(String(headers.etag), /^"[\w-]+"$/)
    assert.match(String(headers['cache-control']), /^public, max-age=\d+, must-revalidate$/)
    for (const sent of [String(headers.etag), `"other", W/${String(headers.etag)}`, '*']) {
      const again = await app.inject({ url, headers: { 'if-none-match': sent } })
      assert.equal(again.statusCode, 304)
      assert.equal(again.body, '')
      assert.equal(again.headers.etag, headers.etag)
    }
    assert.equal((await app.inject({ url, headers: { 'if-none-match': '"other"' } })).statusCode, 200)
  })
}

for (const url of EVERYTHING) {
  test(`HEAD ${url} is GET without the body`, async () => {
    const [get, head] = [await app.inject(url), await app.inject({ url, method: 'HEAD' })]
    assert.equal(head.statusCode, get.statusCode)
    assert.equal(head.body, '')
    // Of a redirect without a body there is no length to tell.
    const compared = (headers: object) => ({ ...headers, date: '', ...(get.body === '' ? { 'content-length': '' } : {}) })
    assert.deepEqual(compared(head.headers), compared(get.headers))
    if (get.headers.etag !== undefined) {
      assert.equal((await app.inject({ url, method: 'HEAD', headers: { 'if-none-match': get.headers.etag } })).statusCode, 304)
    }
  })

  test(`${url} sends the headers that protect its readers, and no cookie`, async () => {
    const { headers } = await app.inject(url)
    assert.equal(headers['content-security-policy'], "default-src 'none';style-src 'self';script-src 'self';img-src 'self';" +
      "connect-src 'self';form-action 'self';base-uri 'none';frame-ancestors 'none'")
    assert.equal(headers['x-content-type-options'], 'nosniff')
    assert.equal(headers['referrer-policy'], 'same-origin')
    assert.equal(headers['set-cookie'], undefined)
  })
}

test('the validator of a day changes with its events, its neighbours, its view and its room', async t => {
  const one = said(LOUNGE, '2026-11-20T10:00:00', 'a', 'x')
  const { app, store } = await siteWith(t, [LOUNGE], [one])
  const seen = new Set<unknown>()
  async function isNew (url = DAY): Promise<boolean> {
    const { etag } = (await app.inject(url)).headers
    const isNew = !seen.has(etag)
    seen.add(etag)
    return isNew
  }
  assert.ok(await isNew())
  assert.ok(!await isNew())
  assert.ok(await isNew(`${DAY}?events=full`))
  assert.ok(await isNew(`${DAY}?tz=Asia/Tokyo`))
  assert.ok(await isNew(`${DAY}.json`))
  await store.append([said(LOUNGE, '2026-11-20T11:00:00', 'a', 'more')])
  assert.ok(await isNew())
  assert.ok(await isNew(`${DAY}.json`))
  await store.append([said(LOUNGE, '2026-11-18T11:00:00', 'a', 'a day before')])
  assert.ok(await isNew())
  await remove(store, one)
  assert.ok(await isNew())
  const renamed = await siteWith(t, [published('lounge', 'public')], [one])
  assert.notEqual((await renamed.app.inject(DAY)).headers.etag, (await (await siteWith(t, [LOUNGE], [one])).app.inject(DAY)).headers.etag)
})

test('a day that grows is kept for seconds, one that is over for a minute', async () => {
  assert.equal((await app.inject('/r/lounge/2026-11-21')).headers['cache-control'], 'public, max-age=5, must-revalidate')
  assert.equal((await app.inject(DAY)).headers['cache-control'], 'public, max-age=60, must-revalidate')
})

test('searches and errors are never kept', async () => {
  for (const url of ['/search?q=x', '/search.json?q=x', '/nothing', '/r/lounge/today', '/r/lounge/2020-01-01', '/healthz']) {
    assert.equal((await app.inject(url)).headers['cache-control'], 'no-store', url)
  }
})

test('static files are linked by their content and kept for a year', async () => {
  const links = [...(await app.inject('/')).body.matchAll(/(?:href|src)="(\/static\/[^"]+)"/g)].map(match => match[1] ?? '')
  assert.deepEqual(links.map(link => link.replace(/\?v=[\w-]{12}$/, '')), ['/static/icon.svg', '/static/site.css', '/static/nicks.css', '/static/app.js'])
  for (const link of links) {
    const { statusCode, headers } = await app.inject(link)
    assert.equal(statusCode, 200)
    assert.equal(headers['cache-control'], 'public, max-age=31536000, immutable')
  }
})
