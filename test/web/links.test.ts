import assert from 'node:assert/strict'
import test from 'node:test'
import { published, remove, said, siteWith } from './site-under-test.ts'
import type { SiteUnderTest } from './site-under-test.ts'

const LOUNGE = published('lounge', 'indexed', { title: 'The Lounge' })
const gone = said(LOUNGE, '2026-11-20T09:00:00', 'mallory', 'https://spam.example/ and https://example.org/spam', { uid: 'gone' })
const talk = [
  said(LOUNGE, '2025-03-04T10:00:00', 'alice', 'see https://www.example.org/a?x=1&y="2"', { uid: 'first' }),
  said(LOUNGE, '2026-11-19T10:00:00', 'bob', 'https://example.org/b <https://example.net/>', { uid: 'second' }),
  said(LOUNGE, '2026-11-20T08:00:00', 'bob', 'again: https://example.org/b', { uid: 'third' }),
  gone
]

async function gathered ({ app }: Pick<SiteUnderTest, 'app'>, url: string): Promise<string> {
  for (;;) {
    const { body, statusCode } = await app.inject(url)
    assert.equal(statusCode, 200)
    if (!body.includes('are being gathered')) return body
  }
}

test('hosts are listed with how often, and when first and last, they were linked to', async t => {
  const site = await siteWith(t, [LOUNGE], talk)
  const body = await gathered(site, '/r/lounge/links')
  assert.match(body, /6 links to 3 hosts/)
  assert.match(body, /href="\/r\/lounge\/links\?host=example\.org"><bdi>example\.org<\/bdi><\/a><\/th><td>4<\/td><td><a href="\/r\/lounge\/2025-03-04">2025-03-04<\/a><\/td><td><a href="\/r\/lounge\/2026-11-20">/)
  assert.equal((await site.app.inject('/r/lounge/links')).headers['x-robots-tag'], 'noindex')
})

test('a host has its addresses, each once, those last posted first, with the messages they were in', async t => {
  const body = await gathered(await siteWith(t, [LOUNGE], talk), '/r/lounge/links?host=Example.org')
  assert.match(body, /4 links to 3 addresses/)
  assert.deepEqual([...body.matchAll(/<a class="long" href="([^"]+)" rel="nofollow ugc noopener">/g)].map(match => match[1]), [
    'https://example.org/spam', 'https://example.org/b', 'https://www.example.org/a?x=1&amp;y='
  ])
  assert.match(body, /posted 2 times, first <a rel="nofollow" href="\/r\/lounge\/m\/second"><time datetime="2026-11-19T10:00:00Z">19 November 2026<\/time><\/a>, last <a rel="nofollow" href="\/r\/lounge\/m\/third">/)
  assert.match(body, /posted once, <a rel="nofollow" href="\/r\/lounge\/m\/first">/)
})

test('a removed message leaves no link', async t => {
  const site = await siteWith(t, [LOUNGE], talk)
  assert.match(await gathered(site, '/r/lounge/links'), /spam\.example/)
  await remove(site.store, gone)
  assert.doesNotMatch(await gathered(site, '/r/lounge/links'), /spam/)
  assert.doesNotMatch(await gathered(site, '/r/lounge/links?host=example.org'), /spam/)
  assert.equal((await site.app.inject('/r/lounge/links?host=spam.example')).statusCode, 404)
})

test('long lists have pages', async t => {
  const many = Array.from({ length: 250 }, (_, n) =>
    said(LOUNGE, `2026-11-${n % 2 === 0 ? '19' : '20'}T10:00:00`, 'a', `https://h${n % 101}.example/ https://example.org/${n}`))
  const site = await siteWith(t, [LOUNGE], many)
  for (const [query, pages] of [['', 2], ['?host=example.org', 3]] as const) {
    const shown = new Set<string>()
    let url: string | undefined = `/r/lounge/links${query}`
    for (let n = 1; n <= pages; n++) {
      const body: string = await gathered(site, url ?? '')
      assert.ok(body.includes(`Page ${n} of ${pages}<`))
      for (const [, link] of body.matchAll(/<a class="long"[^>]* href="([^"]+)"/g)) shown.add(link ?? '')
      url = /rel="next" href="([^"]+)"/.exec(body)?.[1]?.replaceAll('&amp;', '&')
    }
    assert.equal(url, undefined)
    assert.equal(shown.size, query === '' ? 102 : 250)
  }
  for (const [query, status] of [['?page=3', 404], ['?page=0', 400], ['?page=x', 400], ['?host=', 400], ['?host=unknown.example', 404]] as const) {
    assert.equal((await site.app.inject(`/r/lounge/links${query}`)).statusCode, status)
  }
})

test('a room without links says so', async t => {
  assert.match(await gathered(await siteWith(t, [LOUNGE], [said(LOUNGE, '2026-11-20T10:00:00', 'a', 'x')]), '/r/lounge/links'), /Nobody has posted a link here/)
})
