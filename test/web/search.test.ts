import assert from 'node:assert/strict'
import test, { after } from 'node:test'
import type { Find } from '../../src/archive/find.ts'
import { HansardError } from '../../src/model/errors.ts'
import type { ErrorCode } from '../../src/model/errors.ts'
import { parseQuery } from '../../src/search/query.ts'
import { happened, plainFind, published, remove, said, siteWith } from './site-under-test.ts'

const LOUNGE = published('lounge', 'indexed', { title: 'The Lounge' })
const CAFE = published('cafe', 'public')

interface SearchJson {
  query: string
  total: number
  totalIsExact: boolean
  hits: Array<Record<string, unknown>>
  next: string | null
}

const talk = [
  ...Array.from({ length: 45 }, (_, n) => said(LOUNGE, `2026-11-${String(1 + Math.floor(n / 5)).padStart(2, '0')}T10:00:0${n % 5}`, 'alice', `needle ${n}`)),
  said(CAFE, '2026-11-20T09:00:00', 'bob', 'a needle in the café', { uid: 'a/b' }),
  happened(LOUNGE, '2026-11-19T09:00:00', 'subject', 'carol', { body: 'needle day' })
]
const { app, store } = await siteWith({ after }, [LOUNGE, CAFE], talk)

test('hits stand under their days, newest first, marked, with links to their place and to themselves', async () => {
  const { body, statusCode } = await app.inject('/search?q=needle')
  assert.equal(statusCode, 200)
  assert.match(body, /47 messages, newest first/)
  const days = [...body.matchAll(/<h2><a href="([^"]+)">/g)].map(match => match[1])
  assert.deepEqual(days.slice(0, 3), ['/r/cafe/2026-11-20', '/r/lounge/2026-11-19', '/r/lounge/2026-11-09'])
  assert.match(body, /a <mark>needle<\/mark> in the café/)
  assert.match(body, /href="\/r\/cafe\/m\/a%2Fb"[\s\S]*href="\/r\/cafe\/2026-11-20#t090000"/)
  assert.match(body, /Subject:/)
})

test('«older» leads through all hits, each once', async () => {
  const seen: string[] = []
  for (let url: string | undefined = '/search?q=needle'; url !== undefined;) {
    const { body }: { body: string } = await app.inject(url)
    assert.match(body, /47 messages/)
    seen.push(...[...body.matchAll(/<\/mark> (\d+)/g)].map(match => match[1] ?? ''))
    url = /<a rel="next nofollow" href="([^"]+)"/.exec(body)?.[1]?.replaceAll('&amp;', '&')
  }
  assert.equal(seen.length, 45)
  assert.equal(new Set(seen).size, 45)
  assert.deepEqual(seen.slice(0, 5).sort(), ['40', '41', '42', '43', '44'])
})

test('JSON gives hits with absolute links and the cursor of the next page', async () => {
  const first = (await app.inject('/search.json?q=needle&limit=2')).json<SearchJson>()
  assert.deepEqual({ ...first, hits: first.hits.slice(0, 1) }, {
    query: 'needle',
    total: 47,
    totalIsExact: true,
    hits: [{
      room: 'cafe',
      uid: 'a/b',
      time: '2026-11-20T09:00:00.000000Z',
      kind: 'message',
      nick: 'bob',
      body: 'a needle in the café',
      url: 'https://logs.example.org/r/cafe/m/a%2Fb'
    }],
    next: '2'
  })
  const all: unknown[] = []
  for (let before: string | null = ''; before !== null;) {
    const page: SearchJson = (await app.inject(`/search.json?q=needle&limit=20&before=${before}`)).json<SearchJson>()
    all.push(...page.hits.map(hit => hit['uid']))
    before = page.next
  }
  assert.equal(new Set(all).size, 47)
})

test('a search in one room finds nothing of others, by its old slug too', async t => {
  const { app } = await siteWith(t, [LOUNGE, { ...CAFE, aliases: ['old cafe'] }], talk)
  for (const slug of ['cafe', 'old+cafe']) {
    assert.equal((await app.inject(`/search.json?q=needle&room=${slug}`)).json<SearchJson>().total, 1)
  }
  const { headers } = await app.inject('/search?q=needle&room=old+cafe')
  assert.equal(headers.location, '/search?q=needle&room=cafe')
  assert.match((await app.inject('/search?q=needle&room=cafe')).body, /<option value="cafe" selected>/)
})

for (const query of ['?q=', '?q=+++', '?q=&room=&person=&from=&to=&order=', '']) {
  test(`asked for nothing by /search${query} the page explains how to search`, async () => {
    const first = await app.inject(`/search${query}`)
    if (query !== '') assert.deepEqual([first.statusCode, first.headers.location], [302, '/search'])
    const { body, statusCode } = await app.inject('/search')
    assert.equal(statusCode, 200)
    assert.match(body, /How to search[\s\S]*from:alice/)
    assert.equal((await app.inject(`/search.json${query}`)).json<SearchJson>().total, 0)
  })
}

test('nothing found says so and offers the other rooms', async () => {
  const { body, statusCode } = await app.inject('/search?q=absent&room=cafe')
  assert.equal(statusCode, 200)
  assert.match(body, /Nothing found in <bdi>Room cafe<\/bdi>[\s\S]*href="\/search\?q=absent"/)
})

for (const [name, url, message] of [
  ['an open quote', '/search?q=%22open', /quot/i],
  ['an operator without a date', '/search?q=before:nonsense', /not a date/],
  ['ten kilobytes', `/search?q=${'x'.repeat(10_000)}`, /longer than 2,000 characters/],
  ['two queries', '/search?q=a&q=b', /parameter &quot;q&quot;/]
] as const) {
  test(`${name}: 400, a message that says what is wrong, and the form is kept`, async () => {
    const { body, statusCode } = await app.inject(url)
    assert.equal(statusCode, 400)
    assert.match(body, message)
    assert.match(body, /<input id="q"[^>]*aria-invalid="true"/)
    const json = await app.inject(url.replace('/search', '/search.json'))
    assert.equal(json.statusCode, 400)
    assert.equal(json.json<{ error: string }>().error, 'bad_request')
  })
}

test('the form keeps what was typed, with quotes', async () => {
  assert.match((await app.inject('/search?q=%22open')).body, /<input id="q"[^>]*value="&quot;open"/)
})

for (const [code, status, retryAfter] of [
  ['ERR_SEARCH_TIMEOUT', 503, '10'], ['ERR_SEARCH', 503, '60'], ['ERR_STORE_UNAVAILABLE', 503, '30'], ['ERR_STORE', 500, undefined]
] as ReadonlyArray<readonly [ErrorCode, number, string | undefined]>) {
  test(`${code} answers ${status} and tells nothing of the inside`, async t => {
    const find: Find = async () => { throw new HansardError(code, 'Cannot reach 10.0.0.5: password wrong') }
    const { app } = await siteWith(t, [LOUNGE], [], { find })
    for (const url of ['/search?q=x', '/search.json?q=x']) {
      const { statusCode, headers, body } = await app.inject(url)
      assert.equal(statusCode, status)
      assert.equal(headers['retry-after'], retryAfter)
      assert.doesNotMatch(body, /10\.0\.0\.5|password/)
    }
  })
}

test('a total that is not exact is told with a plus', async t => {
  const find: Find = async request => ({ ...await plainFind(store)(request), total: 10_000, totalIsExact: false })
  const { app } = await siteWith(t, [LOUNGE], talk, { find })
  assert.match((await app.inject('/search?q=needle')).body, /10,000\+ messages/)
})

test('what was removed after the search had found it is not shown', async t => {
  const gone = said(LOUNGE, '2026-11-20T10:00:00', 'a', 'CANARY')
  const { app, store } = await siteWith(t, [LOUNGE], [gone])
  const found = await plainFind(store)({ text: 'CANARY', rooms: [LOUNGE], limit: 9 })
  await remove(store, gone)
  const hits = await store.fetch(found.hits.map(hit => hit.event._id))
  const find = (async () => ({ ...found, query: parseQuery('x'), hits: hits.map(event => ({ event, room: LOUNGE })) })) as unknown as Find
  const late = await siteWith(t, [LOUNGE], [gone], { find })
  for (const url of ['/search?q=x', '/search.json?q=x']) assert.doesNotMatch((await late.app.inject(url)).body, /CANARY/)
  assert.equal((await app.inject('/search.json?q=CANARY')).json<SearchJson>().total, 0)
})
