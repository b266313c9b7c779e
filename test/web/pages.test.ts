import assert from 'node:assert/strict'
import test, { after } from 'node:test'
import { happened, published, remove, said, siteWith } from './site-under-test.ts'

const LOUNGE = published('lounge', 'indexed', { title: 'The Lounge', description: 'General talk', aliases: ['old'] })
const talk = [
  said(LOUNGE, '2019-03-01T10:00:00', 'alice', 'the beginning'),
  said(LOUNGE, '2026-10-31T23:59:59', 'alice', 'x'),
  happened(LOUNGE, '2026-11-02T10:00:00', 'join', 'bob'),
  ...Array.from({ length: 30 }, (_, n) => said(LOUNGE, `2026-11-20T10:00:${String(n).padStart(2, '0')}`, n % 2 === 0 ? 'alice' : 'bob', `line ${n}`, { uid: `m${n}` }))
]
const { app } = await siteWith({ after }, [LOUNGE, published('empty', 'public')], talk)
const get = async (url: string) => (await app.inject(url)).body

test('home lists the rooms with what they are about, how much was said and when last', async () => {
  const body = await get('/')
  assert.match(body, /href="\/r\/lounge\/"><bdi>The Lounge<\/bdi>[\s\S]*General talk[\s\S]*32 messages since 1 March 2019[\s\S]*<time datetime="2026-11-20T10:00:29Z">20 November 2026, 10:00 UTC/)
  assert.match(body, /Room empty[\s\S]*Nothing has been said yet/)
})

test('home without rooms says what to do', async t => {
  const { app } = await siteWith(t, [], [])
  assert.match((await app.inject('/')).body, /No room is listed here[\s\S]*<code>public<\/code>/)
})

test('index.json lists the rooms for programs', async () => {
  assert.deepEqual(JSON.parse(await get('/index.json')), {
    title: 'Test logs',
    rooms: [
      {
        jid: 'lounge@conference.example.org',
        slug: 'lounge',
        title: 'The Lounge',
        description: 'General talk',
        level: 'indexed',
        url: 'https://logs.example.org/r/lounge/',
        messages: 32,
        first: '2019-03-01T10:00:00.000000Z',
        last: '2026-11-20T10:00:29.000000Z',
        holes: 0
      },
      {
        jid: 'empty@conference.example.org',
        slug: 'empty',
        title: 'Room empty',
        description: 'About empty',
        level: 'public',
        url: 'https://logs.example.org/r/empty/',
        messages: 0,
        holes: 0
      }
    ]
  })
})

test('a room has its latest days, the years that have talk, and a calendar, newest first', async () => {
  const body = await get('/r/lounge/')
  assert.match(body, /Friday 20 November 2026<\/a> <span class="facts">30 messages · 2 people/)
  assert.deepEqual([...body.matchAll(/href="\/r\/lounge\/(\d{4})"/g)].map(match => match[1]), ['2026', '2019'])
  assert.deepEqual([...body.matchAll(/<caption><a href="\/r\/lounge\/([\d-]+)"/g)].map(match => match[1]), ['2026-11', '2026-10', '2019-03'])
  assert.match(body, /href="xmpp:lounge@conference\.example\.org\?join"/)
})

test('a room in which nobody has spoken says so', async () => {
  assert.match(await get('/r/empty/'), /Nothing has been said here/)
})

test('calendars link days that have talk, and no other', async () => {
  for (const url of ['/r/lounge/2026', '/r/lounge/2026-11']) {
    const days = new Set([...(await get(url)).matchAll(/href="\/r\/lounge\/(\d{4}-\d\d-\d\d)"/g)].map(match => match[1]))
    assert.deepEqual(days, new Set(url.endsWith('11') ? ['2026-11-20'] : ['2026-10-31', '2026-11-20']))
  }
})

test('years and months lead to the next ones that have talk', async () => {
  assert.match(await get('/r/lounge/2026'), /rel="prev" href="\/r\/lounge\/2019"/)
  assert.match(await get('/r/lounge/2019'), /rel="next" href="\/r\/lounge\/2026"/)
  assert.match(await get('/r/lounge/2026-10'), /rel="prev" href="\/r\/lounge\/2019-03"[\s\S]*rel="next" href="\/r\/lounge\/2026-11"/)
  for (const url of ['/r/lounge/2020', '/r/lounge/2026-09', '/r/empty/2026']) assert.equal((await app.inject(url)).statusCode, 404)
})

const REDIRECTS: ReadonlyArray<readonly [url: string, status: number, location: string]> = [
  ['/r/lounge', 301, '/r/lounge/'],
  ['/r/lounge?x=1', 301, '/r/lounge/?x=1'],
  ['/r/old', 301, '/r/lounge/'],
  ['/r/old/', 301, '/r/lounge/'],
  ['/r/old/2026-11-20?events=full', 301, '/r/lounge/2026-11-20?events=full'],
  ['/r/old/2026-11-20.json', 301, '/r/lounge/2026-11-20.json'],
  ['/r/old/m/m%2F3', 301, '/r/lounge/m/m%2F3'],
  ['/r/old/today', 301, '/r/lounge/today'],
  ['/r/lounge/today', 302, '/r/lounge/2026-11-21'],
  ['/r/lounge/today?tz=Asia/Tokyo', 302, '/r/lounge/2026-11-21?tz=Asia/Tokyo'],
  ['/r/lounge/latest', 302, '/r/lounge/2026-11-20'],
  ['/r/lounge/first', 302, '/r/lounge/2019-03-01'],
  ['/r/empty/latest', 302, '/r/empty/'],
  ['/r/empty/first', 302, '/r/empty/']
]

for (const [url, status, location] of REDIRECTS) {
  test(`${url} leads to ${location}`, async () => {
    const { statusCode, headers } = await app.inject(url)
    assert.equal(statusCode, status)
    assert.equal(headers.location, location)
  })
}

test('a message stands among the ten before and after it, marked, with its day as the canonical page', async () => {
  const { body } = await app.inject('/r/lounge/m/m15')
  assert.deepEqual([...body.matchAll(/<p>line (\d+)</g)].map(match => Number(match[1])), Array.from({ length: 21 }, (_, n) => n + 5))
  assert.match(body, /aria-current="true"><bdi[^>]*>bob<\/bdi> <p>line 15</)
  assert.match(body, /<link rel="canonical" href="https:\/\/logs\.example\.org\/r\/lounge\/2026-11-20">/)
  assert.match(body, /og:title" content="bob in The Lounge, 20 November 2026, 10:00 UTC"/)
  assert.match(body, /og:description" content="line 15"/)
  assert.match(body, /og:url" content="https:\/\/logs\.example\.org\/r\/lounge\/m\/m15"/)
  assert.match(body, /href="\/r\/lounge\/2026-11-20#t100015"/)
})

test('the first and the last message of a room have a page', async () => {
  assert.match(await get('/r/lounge/m/m29'), /line 19[\s\S]*line 29/)
  assert.equal((await app.inject(`/r/lounge/m/${talk[0]?.uid ?? ''}`)).statusCode, 200)
})

test('presence has no page of its own', async () => {
  assert.equal((await app.inject(`/r/lounge/m/${talk[2]?.uid ?? ''}`)).statusCode, 404)
})

test('a removed message answers 410 with its day, and is a note in the context of others', async t => {
  const gone = said(LOUNGE, '2026-11-20T10:00:05', 'bob', 'CANARY', { uid: 'gone' })
  const { app, store } = await siteWith(t, [LOUNGE], [said(LOUNGE, '2026-11-20T10:00:04', 'a', 'x', { uid: 'near' }), gone])
  const { headers } = await app.inject('/r/lounge/m/gone')
  await remove(store, gone)
  const removed = await app.inject({ url: '/r/lounge/m/gone', headers: { 'if-none-match': String(headers.etag) } })
  assert.equal(removed.statusCode, 410)
  assert.match(removed.body, /Removed by a moderator[\s\S]*href="\/r\/lounge\/2026-11-20#t100005"/)
  const near = (await app.inject('/r/lounge/m/near')).body
  assert.match(near, /Removed by a moderator/)
  for (const text of [removed.body, near, JSON.stringify(removed.headers)]) assert.doesNotMatch(text, /CANARY|secret reason/)
})

test('the sitemap lists days that have talk and are over, by room and year', async t => {
  const { app } = await siteWith(t, [LOUNGE], [...talk, said(LOUNGE, '2026-11-21T10:00:00', 'a', 'today')])
  const locations = async (url: string) => [...(await app.inject(url)).body.matchAll(/<loc>([^<]+)<\/loc>/g)].map(match => match[1]?.replaceAll('&amp;', '&'))
  const maps = await locations('/sitemap.xml')
  assert.equal(maps.length, 8)
  assert.equal(maps.at(-1), 'https://logs.example.org/sitemap.xml?room=lounge&year=2026')
  assert.deepEqual(await locations('/sitemap.xml?room=lounge&year=2026'), [
    'https://logs.example.org/r/lounge/', 'https://logs.example.org/r/lounge/2026-10-31', 'https://logs.example.org/r/lounge/2026-11-20'
  ])
})

test('the site is well with 200, also when something is wrong, and with 503 when what is said is not kept', async t => {
  for (const [status, code] of [['failing', 503], ['degraded', 200]] as const) {
    const { app: ill } = await siteWith(t, [], [], { health: async () => ({ status, checks: { store: 'unreachable', spooled: 7, spoolIsFull: true } }) })
    const { statusCode, body } = await ill.inject('/healthz')
    assert.equal(statusCode, code)
    assert.deepEqual(JSON.parse(body), { status, store: 'unreachable', spooled: 7, spoolIsFull: true })
  }
  assert.deepEqual(JSON.parse(await get('/healthz')), { status: 'ok', store: 'ok' })
})

test('every page has one h1, a main landmark, a language, a way past the header, and unique ids', async () => {
  for (const url of ['/', '/r/lounge/', '/r/empty/', '/r/lounge/2026', '/r/lounge/2026-11', '/r/lounge/2026-11-20', '/r/lounge/m/m3', '/search?q=line', '/search', '/about', '/privacy', '/nothing']) {
    const body = await get(url)
    assert.equal(body.match(/<h1/g)?.length, 1, url)
    assert.match(body, /<html lang="en">[\s\S]*class="skip" href="#main"[\s\S]*<main id="main">/)
    const ids = [...body.matchAll(/\sid="([^"]+)"/g)].map(match => match[1])
    assert.equal(new Set(ids).size, ids.length, `${url}: ${ids.join()}`)
    for (const [, target = ''] of body.matchAll(/href="#([^"]+)"/g)) assert.ok(ids.includes(target), `${url}#${target}`)
  }
})

test('every link of every page that can be reached from home leads somewhere', async () => {
  const seen = new Set(['/'])
  for (const url of seen) {
    const { body, statusCode, headers } = await app.inject(url)
    assert.ok(statusCode < 400, `${url} answers ${statusCode}`)
    const targets = [...body.matchAll(/(?:href|src)="(\/[^"#]*)/g)].map(match => (match[1] ?? '').replaceAll('&amp;', '&'))
    for (const target of headers.location === undefined ? targets : [headers.location]) seen.add(target)
  }
  const days = [...seen].filter(url => /^\/r\/\w+\/\d{4}-\d\d-\d\d$/.test(url))
  assert.deepEqual(days.sort(), ['/r/empty/2026-11-21', '/r/lounge/2019-03-01', '/r/lounge/2026-10-31', '/r/lounge/2026-11-20', '/r/lounge/2026-11-21'].filter(day => day !== '/r/empty/2026-11-21'))
})
