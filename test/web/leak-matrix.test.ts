import assert from 'node:assert/strict'
import test, { after, before, describe } from 'node:test'
import type { FastifyInstance, InjectOptions } from 'fastify'
import { LEVELS } from '../../src/access/can-read.ts'
import type { Level, PublishedRoom } from '../../src/access/can-read.ts'
import type { ArchiveTime } from '../../src/model/archive-time.ts'
import type { RoomEvent } from '../../src/model/event.ts'
import { children, parseXml, textOf } from '../../src/xmpp/element.ts'
import { siteWithSearch } from './real-search.ts'
import type { SearchedSite } from './real-search.ts'
import { patternOf, registeredRoutes } from './registered-routes.ts'
import { happened, published, remove, said, siteWith } from './site-under-test.ts'

const DAY = '2026-11-20'
const TODAY = '2026-11-21'

/** Addresses of a route, by what they are to search engines and to other sites. */
interface Row {
  /** The page itself, which search engines may keep of an indexed room. */
  readonly pages?: readonly string[]
  /** Other pages: single messages, searches, the same in another form, and what is still going on. */
  readonly views?: readonly string[]
  /** For programs, on any site where the room is listed. */
  readonly data?: readonly string[]
  readonly redirects?: readonly string[]
  readonly streams?: readonly string[]
  /** Of nothing that is recorded. */
  readonly missing?: readonly string[]
}

/** Below `/r/{slug}`. */
const OF_A_ROOM: Readonly<Record<string, Row>> = {
  '/r/:slug': { redirects: ['', '?x=1'] },
  '/r/:slug/': { pages: ['/'] },
  '/r/:slug/:year': { pages: ['/2026'], missing: ['/1999', '/0000'] },
  '/r/:slug/:year-:month': { pages: ['/2026-11'], missing: ['/1999-01', '/2026-13'] },
  '/r/:slug/:year-:month-:date': {
    pages: [`/${DAY}`],
    views: [`/${DAY}?events=full`, `/${DAY}?events=none`, `/${DAY}?tz=Asia/Tokyo`, `/${TODAY}`],
    missing: ['/2020-01-01', '/2026-02-31', `/${DAY}?events=bogus`]
  },
  '/r/:slug/:year-:month-:date.json': { data: [`/${DAY}.json`, `/${DAY}.json?events=none`, `/${TODAY}.json`], missing: ['/2020-01-01.json'] },
  '/r/:slug/:year-:month-:date.jsonl': { data: [`/${DAY}.jsonl`], missing: ['/2020-01-01.jsonl'] },
  '/r/:slug/:year-:month-:date.txt': { data: [`/${DAY}.txt`], missing: ['/2020-01-01.txt'] },
  '/r/:slug/:year-:month.jsonl.gz': { data: ['/2026-10.jsonl.gz'], missing: ['/2026-11.jsonl.gz', '/1999-01.jsonl.gz'] },
  '/r/:slug/:year-:month.txt.gz': { data: ['/2026-10.txt.gz'], missing: ['/2026-11.txt.gz', '/1999-01.txt.gz'] },
  '/r/:slug/stats': { views: ['/stats', '/stats?year=2026'], missing: ['/stats?year=1999', '/stats?year=x'] },
  '/r/:slug/links': { views: ['/links', '/links?host=canary.example.org'] },
  '/r/:slug/coverage': { views: ['/coverage', '/coverage?year=2026'], missing: ['/coverage?year=x'] },
  '/r/:slug/coverage.json': { data: ['/coverage.json', '/coverage.json?year=2026'] },
  '/r/:slug/m/:uid': { views: ['/m/canary'], missing: ['/m/unknown', '/m/canary-gone', '/m/canary-join'] },
  '/r/:slug/excerpt': { views: ['/excerpt?from=canary&to=canary-subject', '/excerpt?from=canary-subject&to=canary'], missing: ['/excerpt?from=unknown&to=canary', '/excerpt'] },
  '/r/:slug/excerpt.txt': { data: ['/excerpt.txt?from=canary&to=canary-subject'], missing: ['/excerpt.txt?from=unknown&to=canary'] },
  '/r/:slug/removed.jsonl': { data: ['/removed.jsonl'] },
  '/r/:slug/live': { views: ['/live'] },
  '/r/:slug/live.sse': { streams: ['/live.sse', '/live.sse?format=json', `/live.sse?since=${DAY}T00:00:00Z`] },
  '/r/:slug/feed.atom': { data: ['/feed.atom'] },
  '/r/:slug/days.atom': { data: ['/days.atom'] },
  '/r/:slug/today': { redirects: ['/today', '/today?tz=Asia/Tokyo'] },
  '/r/:slug/latest': { redirects: ['/latest'] },
  '/r/:slug/first': { redirects: ['/first'] },
  '/r/:slug/go': { redirects: [`/go?day=${DAY}&at=t070000`], missing: [`/go?day=${DAY}&at=t000001`, '/go'] },
  '/r/:slug/go.json': { data: [`/go.json?day=${DAY}&at=t070000`], missing: [`/go.json?day=${DAY}&at=t000001`, '/go.json'] }
}

const SEARCHES = [
  'CANARY', 'CANARX', 'CANAR*', '"CANARY text"', 'from:CANARY-nick', 'from:CANARY-nikc', 'to:CANARY-nick', 'in:secret', 'in:formerly',
  'in:secret@conference.example.org', 'in:open special', 'is:subject', 'is:kick', 'has:link', `on:${DAY}`, 'special OR CANARY', '-CANARY special', 'specal'
].map(text => `q=${encodeURIComponent(text)}`)
/** Behind the last hit of the secret room. */
const CURSOR = Buffer.from(`secret@conference.example.org:t:${DAY}T07:00:02.000000Z`).toString('base64url')
const asked = (path: string): string[] =>
  [...SEARCHES, ...SEARCHES.map(text => `${text}&order=relevance`), `q=special&before=${CURSOR}`].map(text => `${path}?${text}`)
const askedOf = (path: string): string[] => ['secret', 'formerly', 'Secret', 'secret@conference.example.org'].map(room => `${path}?q=CANARY&room=${room}`)

/** Of the whole site; `named` has the slug of a room, which is unlisted, among its parameters. */
const OF_THE_SITE: Readonly<Record<string, Row & { readonly named?: readonly string[] }>> = {
  '/': { pages: ['/'] },
  '/about': { pages: ['/about'] },
  '/api': { data: ['/api'] },
  '/privacy': { pages: ['/privacy'] },
  '/search': { views: ['/search', ...asked('/search')], named: askedOf('/search') },
  '/search.json': { views: ['/search.json', ...asked('/search.json')], named: askedOf('/search.json') },
  '/search.atom': { views: asked('/search.atom'), named: askedOf('/search.atom') },
  '/index.json': { data: ['/index.json'] },
  '/removed.jsonl': { data: ['/removed.jsonl', `/removed.jsonl?since=${DAY}T07:59:59.000000Z:0`] },
  '/sitemap.xml': { pages: ['/sitemap.xml', '/sitemap.xml?room=open&year=2026'], missing: ['/sitemap.xml?room=secret&year=2026', '/sitemap.xml?room=formerly&year=2026'] },
  '/robots.txt': { pages: ['/robots.txt'] },
  '/opensearch.xml': { views: ['/opensearch.xml'] },
  '/healthz': { views: ['/healthz'] },
  '/metrics': { missing: ['/metrics'] },
  '/static/*': { missing: ['/static/secret.css'] },
  '/static/nicks.css': { pages: ['/static/nicks.css'] }
}

const OPEN = published('open', 'indexed')
const secret = (level: Level, more: Partial<PublishedRoom> = {}): PublishedRoom =>
  published('secret', level, { title: 'CANARY title', description: 'CANARY description', aliases: ['formerly'], ...more })

const at = (time: string): string => `${DAY}T${time}`
const openTalk = [said(OPEN, at('06:00:00'), 'alice', 'nothing special, see https://example.org/', { uid: 'open-1' }), said(OPEN, at('08:00:00'), 'bob', 'indeed', { uid: 'open-2' })]

function secretTalk (room: PublishedRoom): RoomEvent[] {
  return [
    said(room, '2026-10-05T10:00:00', 'CANARY-nick', 'CANARY of a month that is over'),
    happened(room, at('07:00:00'), 'join', 'CANARY-nick', { uid: 'canary-join', private: { jid: 'CANARY@example.org/phone' } }),
    said(room, at('07:00:01'), 'CANARY-nick', 'CANARY text https://CANARY.example.org/ special', {
      uid: 'canary', stanza: '<message>CANARY</message>', private: { jid: 'CANARY@example.org' }
    }),
    happened(room, at('07:00:02'), 'subject', 'CANARY-nick', { uid: 'canary-subject', body: 'CANARY subject' }),
    said(room, at('07:00:03'), 'CANARY-nick', 'CANARY regretted', { uid: 'canary-gone' }),
    happened(room, at('07:00:04'), 'kick', 'CANARY-eve', { actor: 'CANARY-nick', reason: 'CANARY reason' }),
    // The newest of all, so that what looks only there finds it.
    said(room, `${TODAY}T11:00:00`, 'CANARY-nick', 'CANARY of today')
  ]
}

async function siteOf (rooms: readonly PublishedRoom[], after: After): Promise<SearchedSite> {
  const hidden = rooms.find(room => room.slug === 'secret')
  const events = hidden === undefined ? [] : secretTalk(hidden)
  const site = await siteWithSearch({ after }, rooms, [...openTalk, ...events])
  const gone = events.find(({ uid }) => uid === 'canary-gone')
  if (gone !== undefined) {
    await remove(site.store, gone)
    await site.store.logRemoval({ time: '2026-11-20T08:00:00.000000Z' as ArchiveTime, room: gone.room, by: 'author', uids: ['canary-gone'], count: 1 })
    await site.store.putGaps([{ room: gone.room, from: '2026-11-20T09:00:00.000000Z' as ArchiveTime, cause: 'disconnected' }])
    await site.index()
  }
  return site
}

type Answers = readonly [status: number, headers: object, body: string]

async function answer (app: FastifyInstance, url: string, options: InjectOptions = {}): Promise<Answers> {
  const { statusCode, headers, body } = await app.inject({ url, ...options })
  return [statusCode, { ...headers, date: undefined }, body]
}

/** Ways to ask for the same: none of them may tell more than another. */
function asks (url: string, etag = '"x"'): InjectOptions[] {
  return [
    { url },
    { url, method: 'HEAD' },
    { url, headers: { 'if-none-match': etag } },
    { url, headers: { 'if-none-match': '*', 'if-modified-since': 'Sat, 21 Nov 2026 11:59:00 GMT' } },
    { url, headers: { accept: 'application/json', 'accept-language': 'de', 'accept-encoding': 'br, gzip', range: 'bytes=0-10' } },
    { url, headers: { 'last-event-id': `${DAY}T00:00:00Z` } },
    { url, method: 'OPTIONS' },
    { url, method: 'POST' }
  ]
}

const everything = ({ pages = [], views = [], data = [], redirects = [], streams = [], missing = [] }: Row): string[] =>
  [...pages, ...views, ...data, ...redirects, ...streams, ...missing]

interface State {
  readonly site: SearchedSite
  /** What was there when the room was open still. */
  readonly tags: ReadonlyMap<string, string>
}

type After = (end: () => Promise<void>) => void

const opened = (room: PublishedRoom) => async (after: After): Promise<State> =>
  ({ site: await siteOf([OPEN, room], after), tags: new Map() })

async function closedLater (after: After): Promise<State> {
  const site = await siteOf([OPEN, secret('indexed')], after)
  const tags = new Map<string, string>()
  const room = Object.values(OF_A_ROOM).flatMap(({ streams: _, ...row }) => everything(row).map(path => `/r/secret${path}`))
  for (const url of [...room, ...Object.values(OF_THE_SITE).flatMap(row => [...everything(row), ...row.named ?? []])]) {
    const { headers } = await site.app.inject(url)
    if (headers.etag !== undefined) tags.set(url, headers.etag)
  }
  assert.ok(tags.size > 10)
  site.directory.learn(secret('indexed').jid, { isOpen: false })
  return { site, tags }
}

const CLOSED: Readonly<Record<string, (after: After) => Promise<State>>> = {
  off: opened(secret('off')),
  'indexed, but members-only or behind a password': opened(secret('indexed', { isOpen: false })),
  'unlisted, but members-only or behind a password': opened(secret('unlisted', { isOpen: false })),
  'closed after everything of it was asked for': closedLater
}
const STATES: typeof CLOSED = {
  ...CLOSED,
  unlisted: opened(secret('unlisted')),
  public: opened(secret('public')),
  indexed: opened(secret('indexed'))
}

/** The ledgers of all rooms count their revisions in one row, which is in the tags of days as a hash. */
function withoutTag ([status, headers, body]: Answers): Answers {
  return [status, { ...headers, etag: 'etag' in headers }, body]
}

/** RFC 9309 §2.2.3. */
function fits (rule: string, path: string): boolean {
  return new RegExp(`^${rule.split('*').map(part => part.replace(/[.?+^$()[\]{}|\\]/g, '\\$&')).join('.*')}`).test(path)
}

describe('how far a room is published', () => {
  const ends: Array<() => Promise<void>> = []
  const states = new Map<string, State>()
  /** A site that has no such room: what nobody may know of cannot make a difference. */
  let without: SearchedSite

  before(async () => {
    const end: After = end => { ends.push(end) }
    without = await siteOf([OPEN], end)
    for (const [state, open] of Object.entries(STATES)) states.set(state, await open(end))
  })
  after(async () => { for (const end of ends) await end() })

  function stateOf (name: string): State {
    const state = states.get(name)
    assert.ok(state !== undefined)
    return state
  }

  test('every route has its row here, and every row its route', async t => {
    const { app } = await siteWith(t, [OPEN], [])
    const routes = new Set((await registeredRoutes(app)).map(patternOf))
    assert.deepEqual([...routes].sort(), [...Object.keys(OF_A_ROOM), ...Object.keys(OF_THE_SITE)].sort())
  })

  for (const state of Object.keys(CLOSED)) {
    for (const [route, row] of Object.entries(OF_A_ROOM)) {
      test(`a room that is ${state} answers as an unknown one, byte for byte: ${route}`, async () => {
        const { site, tags } = stateOf(state)
        for (const [n, path] of everything(row).entries()) {
          for (const slug of ['secret', 'formerly']) {
            const url = `/r/${slug}${path}`
            for (const options of n < 2 ? asks(url, tags.get(`/r/secret${path}`)) : [{ url }]) {
              const refused = await answer(site.app, url, options)
              assert.ok(refused[0] === 404 || refused[0] === 405 || refused[0] === 400, `${path}: ${refused[0]}`)
              assert.deepEqual(refused, await answer(without.app, url, options))
              assert.deepEqual(refused, await answer(site.app, `/r/unknown${path}`, { ...options, url: `/r/unknown${path}` }))
            }
          }
        }
      })
    }
  }

  for (const state of [...Object.keys(CLOSED), 'unlisted']) {
    for (const [route, row] of Object.entries(OF_THE_SITE)) {
      test(`a room that is ${state} makes no difference to ${route}`, async () => {
        const { site, tags } = stateOf(state)
        for (const [n, url] of [...everything(row), ...state === 'unlisted' ? [] : row.named ?? []].entries()) {
          for (const options of n < 2 ? asks(url, tags.get(url)) : [{ url }]) {
            const answered = await answer(site.app, url, options)
            assert.notEqual(answered[0], 500)
            assert.deepEqual(answered, await answer(without.app, url, options), url)
          }
        }
      })
    }

    test(`a room that is ${state} makes no difference to the pages of another`, async () => {
      const { site } = stateOf(state)
      for (const [route, row] of Object.entries(OF_A_ROOM)) {
        for (const url of [...everything({ ...row, streams: [] }), '/m/open-1'].map(path => `/r/open${path}`)) {
          assert.deepEqual(withoutTag(await answer(site.app, url)), withoutTag(await answer(without.app, url)), `${route}: ${url}`)
        }
      }
    })
  }

  test('what is to make no difference is found where it may be', async () => {
    const { app } = stateOf('public').site
    for (const url of ['/', '/search?q=CANARY', '/search.json?q=CANARY', '/search.atom?q=CANARY', '/index.json', '/removed.jsonl']) {
      assert.match((await app.inject(url)).body, /CANARY|canary/, url)
    }
    for (const url of askedOf('/search.json').slice(0, 1)) assert.match((await stateOf('unlisted').site.app.inject(url)).body, /CANARY text/)
  })

  for (const level of ['unlisted', 'public', 'indexed'] as const) {
    for (const [route, row] of Object.entries(OF_A_ROOM)) {
      test(`a room that is ${level} tells search engines and caches how far it is published: ${route}`, async () => {
        const { site } = stateOf(level)
        const { pages = [], data = [], streams = [], redirects = [], missing = [] } = row
        for (const path of everything(row)) {
          const { statusCode, headers, body } = await site.app.inject({ url: `/r/secret${path}`, method: streams.includes(path) ? 'HEAD' : 'GET' })
          const says = `${path}: ${JSON.stringify(headers)}`
          if (missing.includes(path)) assert.ok([400, 404, 410].includes(statusCode), says)
          else assert.equal(statusCode >= 300 && statusCode < 400, redirects.includes(path), says)
          if (!missing.includes(path) && !redirects.includes(path)) assert.equal(statusCode, 200, says)

          const isForEngines = level === 'indexed' && (pages.includes(path) || path === '')
          if (level !== 'indexed' || (!isForEngines && statusCode === 200)) assert.equal(headers['x-robots-tag'], 'noindex', says)
          if (isForEngines) assert.equal(headers['x-robots-tag'], undefined, says)
          assert.doesNotMatch(body, /<meta name="?robots/, 'the header says it')

          const cacheControl = String(headers['cache-control'] ?? 'none')
          if (statusCode === 200) assert.match(cacheControl, level === 'unlisted' ? /^private,|no-store/ : /^public,|no-store/, says)
          else if (statusCode !== 301) assert.match(cacheControl, /no-store/, says)

          const isOpen = level !== 'unlisted' && (data.includes(path) || streams.includes(path))
          assert.equal(headers['access-control-allow-origin'], isOpen ? '*' : undefined, says)
          if (pages.includes(path)) assert.match(body, new RegExp(`<link rel="?canonical"? href="?https://logs\\.example\\.org/r/secret${path}["> ]`))
        }
      })
    }
  }

  test('what is for search engines of the site itself says so, and nothing else does', async () => {
    for (const { pages = [], views = [], data = [] } of Object.values(OF_THE_SITE)) {
      for (const url of [...views, ...data]) assert.equal((await without.app.inject(url)).headers['x-robots-tag'], 'noindex', url)
      for (const url of pages) assert.equal((await without.app.inject(url)).headers['x-robots-tag'], undefined, url)
    }
  })

  test('the sitemaps name the pages of indexed rooms that search engines may read, and of no other room', async t => {
    const rooms = LEVELS.map(level => published(level, level))
    const { app } = await siteWithSearch(t, rooms, rooms.flatMap(room => [said(room, at('10:00:00'), 'a', 'x'), said(room, `${TODAY}T10:00:00`, 'a', 'x')]))
    const named = async (url: string): Promise<string[]> => {
      const { body } = await app.inject(url)
      const root = parseXml(body.replace(/^<\?xml.*\?>\n/, ''))
      return ['sitemap', 'url'].flatMap(name => children(root, name)).map(item => textOf(item, 'loc') ?? '')
    }
    const path = (url: string): string => url.replace('https://logs.example.org', '')
    const maps = (await named('/sitemap.xml')).map(path)
    assert.deepEqual(maps, ['/sitemap.xml?room=indexed&year=2026'])
    const pages = (await named(maps[0] ?? '')).map(path)
    assert.deepEqual(pages, ['/r/indexed/', `/r/indexed/${DAY}`])
    const refused = (await app.inject('/robots.txt')).body.split('\n').flatMap(line => line.startsWith('Disallow: ') ? line.slice(10) : [])
    assert.ok(refused.length > 3)
    for (const page of pages) {
      const { statusCode, headers } = await app.inject(page)
      assert.deepEqual([statusCode, headers['x-robots-tag']], [200, undefined])
      assert.deepEqual(refused.filter(rule => fits(rule, page)), [], 'crawlers may come')
    }
    for (const page of ['/search?q=x', '/r/indexed/m/u1', `/r/indexed/${DAY}?tz=Asia/Tokyo`, '/r/indexed/live.sse']) {
      assert.ok(refused.some(rule => fits(rule, page)), page)
    }
    for (const level of ['off', 'unlisted', 'public', 'unknown']) assert.equal((await app.inject(`/sitemap.xml?room=${level}&year=2026`)).statusCode, 404)
  })

  test('no public form has a stanza or the address behind a nick', async () => {
    const { app } = stateOf('indexed').site
    const paths = Object.values(OF_A_ROOM).flatMap(row => everything({ ...row, streams: [] })).map(path => `/r/secret${path}`)
    for (const url of [...paths, ...asked('/search'), ...asked('/search.json'), ...asked('/search.atom')]) {
      const { body } = await app.inject(url)
      assert.doesNotMatch(body, /CANARY@|&lt;message&gt;|<message>|regretted/, url)
    }
  })
})
