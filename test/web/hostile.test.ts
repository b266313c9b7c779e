import assert from 'node:assert/strict'
import test, { after } from 'node:test'
import fc from 'fast-check'
import { published, said, siteWith } from './site-under-test.ts'

test('a link to javascript is no link', async t => {
  const room = published('lounge', 'indexed')
  const { app } = await siteWith(t, [room], [said(room, '2026-11-20T10:00:00', 'a', 'javascript:alert(1) JAVASCRIPT://example.org/%0aalert(1)')])
  assert.doesNotMatch((await app.inject('/r/lounge/2026-11-20')).body, /href="javascript/i)
})

const ADDRESSES: ReadonlyArray<readonly [url: string, status: number]> = [
  ['/r/%ZZ/', 400], ['/r/%E0%A4%A/', 400], ['/r/lounge/m/%FF', 400], ['/r/lounge/m/%00', 404], ['/r/..%2f..%2fetc%2fpasswd', 404],
  ['/static/../server.ts', 404], ['/static/%2e%2e/layout.eta', 404], ['/static/..%2flayout.eta', 404], ['/static/', 404], ['/layout.eta', 404],
  ['/r/lounge/0000-00-00', 404], ['/r/lounge/2026-13-01', 404], ['/r/lounge/2026-11-31', 404], ['/r/lounge/9999-12-31', 404], ['/r/lounge/0000', 404],
  ['/r/lounge/0001-01-01', 404], ['/r/lounge/9999', 404], ['/r/lounge/2026-13', 404], ['/r/lounge/0000-00', 404], ['/r/lounge/2026-11-20x', 404],
  ['/r/lounge/x2026-11-20', 404], ['/r/lounge/2026-11-20.xml', 404], ['/r/lounge/2026-11-20.json.txt', 404], ['/r/lounge/2026-11-20/', 404],
  ['/r/lounge/02026-11-20', 404], ['/r/lounge/2026-11-020', 404], ['/R/lounge/', 404], ['/r/LOUNGE/', 404], ['/r/__proto__/', 404], ['/r/constructor/', 404],
  ['/r//', 404], ['/r/', 404], ['/r', 404], ['//example.org/', 404], ['/r/lounge/m/', 404], ['/r/lounge/2026-11-20?events=bogus', 400],
  ['/r/lounge/2026-11-20?events=full&events=none', 400], ['/r/lounge/2026-11-20.json?events=netted', 400],
  [`/r/lounge/2026-11-20?tz=${'x'.repeat(100)}`, 400], ['/r/lounge/2026-11-20?unknown=1', 200], [`/r/${'x'.repeat(20_000)}/`, 404],
  ['/sitemap.xml?room=lounge', 400], ['/sitemap.xml?room=lounge&year=x', 400], ['/index.json?x=1', 200]
]

const lounge = published('lounge', 'indexed')
const { app, logged } = await siteWith({ after }, [lounge], [said(lounge, '2026-11-20T10:00:00', 'a', 'x')])

for (const [url, status] of ADDRESSES) {
  test(`${url.slice(0, 60)} answers ${status}`, async () => {
    const { statusCode, body } = await app.inject(url)
    assert.equal(statusCode, status)
    if (status >= 400) assert.doesNotMatch(body, /at .*\.ts|node_modules|FST_ERR/)
    assert.deepEqual(logged, [])
  })
}

for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'] as const) {
  test(`${method} is answered with 405, on rooms that exist and that do not`, async () => {
    for (const url of ['/', '/r/lounge/', '/r/unknown/', '/search']) {
      const form = { payload: 'q=1', headers: { 'content-type': 'application/x-www-form-urlencoded' } }
      const { statusCode, headers } = await app.inject({ url, method, ...(method === 'POST' ? form : {}) })
      assert.equal(statusCode, 405)
      assert.equal(headers.allow, 'GET, HEAD')
    }
  })
}

test('a message is found under its id, whatever characters that has', async t => {
  const { app: full } = await siteWith(t, [lounge], ['a/b', 'a?b', 'a#b', 'a%2Fb', 'a b', '日本', '<"&\'>', '+', 'a\\b', '😺', 'x'.repeat(900)].map((uid, n) =>
    said(lounge, `2026-11-20T10:00:${String(n).padStart(2, '0')}`, 'a', 'x', { uid })))
  for (const { uid } of (await full.inject('/search.json?q=x')).json<{ hits: Array<{ uid: string, url: string }> }>().hits) {
    const path = `/r/lounge/m/${encodeURIComponent(uid)}`
    assert.equal((await full.inject(path)).statusCode, 200, uid)
    assert.equal((await app.inject(path)).statusCode, 404, uid)
  }
})

test('no path whatever makes the program fail', async () => {
  const piece = fc.oneof(
    fc.constantFrom('r', 'lounge', 'm', '2026-11-20', '2026', '.json', '..', '.', '', 'search', 'static', '%2e', '%00', '?q=', '&', '=', '#'),
    fc.string({ unit: 'binary' }).map(text => encodeURIComponent(text.replace(/\p{Surrogate}/gu, '')))
  )
  await fc.assert(fc.asyncProperty(fc.array(piece, { maxLength: 6 }), async pieces => {
    assert.ok((await app.inject(`/${pieces.join('/')}`)).statusCode < 500)
  }), { numRuns: 300 })
  assert.deepEqual(logged, [])
})
