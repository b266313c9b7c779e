import assert from 'node:assert/strict'
import test, { after } from 'node:test'
import type { Level, PublishedRoom } from '../../src/access/can-read.ts'
import type { ArchiveTime } from '../../src/model/archive-time.ts'
import { happened, published, said, siteWith } from './site-under-test.ts'

const DAY = '2026-11-20'
const ROOM_ROUTES = [
  '', '/', '/2026', '/2026-11', `/${DAY}`, `/${DAY}?events=full`, `/${DAY}?events=none`, `/${DAY}?tz=Europe/Berlin`, `/${DAY}.json`, `/${DAY}.txt`,
  `/${DAY}.jsonl`, '/removed.jsonl', '/live', '/feed.atom', '/days.atom', '/m/canary', '/m/unknown', '/excerpt?from=canary&to=canary', '/excerpt.txt?from=canary',
  '/stats', '/stats?year=2026', '/links', '/links?host=canary.example', '/coverage', '/coverage.json', '/coverage?year=2026', '/today', '/latest', '/first',
  '/2026-11-21', '/2020-01-01', '/2026-02-31', '/1999', '/nonsense'
]
const SITE_ROUTES = [
  '/', '/index.json', '/removed.jsonl', '/search', '/search?q=CANARY', '/search.json?q=CANARY', '/search.atom?q=CANARY', '/opensearch.xml', '/sitemap.xml', '/robots.txt', '/about', '/privacy', '/healthz'
]

async function siteOf (scope: Parameters<typeof siteWith>[0], room: PublishedRoom) {
  const at = (time: string) => `${DAY}T${time}`
  const site = await siteWith(scope, [published('open', 'indexed'), room], [
    said(published('open', 'indexed'), at('07:00:00'), 'alice', 'nothing special'),
    happened(room, at('07:00:00'), 'join', 'CANARY-nick', { private: { jid: 'CANARY@example.org/phone' } }),
    said(room, at('07:00:01'), 'CANARY-nick', 'CANARY text', { uid: 'canary', stanza: '<message>CANARY</message>', private: { jid: 'CANARY@example.org' } }),
    happened(room, at('07:00:02'), 'subject', 'CANARY-nick', { body: 'CANARY subject' })
  ])
  await site.store.logRemoval({ time: '2026-11-20T08:00:00.000000Z' as ArchiveTime, room: room.jid, by: 'author', uids: ['CANARY'], count: 1 })
  return site
}

const secret = (level: Level, more: Partial<PublishedRoom> = {}) =>
  published('secret', level, { title: 'CANARY title', description: 'CANARY description', aliases: ['formerly'], ...more })

for (const [state, room] of [
  ['off', secret('off')],
  ['indexed, but members-only', secret('indexed', { isOpen: false })],
  ['unlisted, but members-only', secret('unlisted', { isOpen: false })]
] as const) {
  const { app } = await siteOf({ after }, room)

  for (const route of ROOM_ROUTES) {
    test(`a room that is ${state} answers as an unknown one: /r/…${route}`, async () => {
      const unknown = await app.inject(`/r/unknown${route}`)
      for (const slug of ['secret', 'formerly']) {
        const refused = await app.inject(`/r/${slug}${route}`)
        assert.equal(refused.statusCode, 404)
        assert.equal(refused.body, unknown.body)
        assert.deepEqual(withoutDate(refused.headers), withoutDate(unknown.headers))
      }
    })
  }

  const asked = ['/search?q=CANARY', '/search.json?q=CANARY', '/search.atom?q=CANARY', '/sitemap.xml?year=2026'].map(route => `${route}&room=secret`)
  for (const route of [...SITE_ROUTES, ...asked]) {
    test(`a room that is ${state} leaves no trace on ${route}`, async () => {
      const { body, statusCode } = await app.inject(route)
      // What was asked for may be told again.
      const told = body.replaceAll(/value="CANARY"|Search: CANARY|"query":"CANARY"|\/search(?:\.atom|\.json)?\?q=CANARY|<ul class="asked"[^]*?<\/ul>/g, '')
      assert.doesNotMatch(told, /CANARY|secret|formerly/)
      assert.equal(statusCode, route.includes('room=secret') ? 404 : 200)
    })
  }
}

for (const level of ['unlisted', 'public', 'indexed'] as const) {
  const { app } = await siteOf({ after }, secret(level))

  for (const route of ROOM_ROUTES) {
    test(`a room that is ${level} says so in the headers of /r/…${route}`, async () => {
      const { headers, statusCode } = await app.inject(`/r/secret${route}`)
      assert.notEqual(statusCode, 500)
      if (level !== 'indexed') assert.equal(headers['x-robots-tag'], 'noindex')
      if (level === 'unlisted') assert.match(String(headers['cache-control'] ?? 'no-store'), /^(?:private, |no-store)/)
      const isOpenData = level !== 'unlisted' && statusCode === 200 && /\.(?:json|jsonl|txt|atom)$/.test(route.split('?', 1)[0] ?? '')
      assert.equal(headers['access-control-allow-origin'], isOpenData ? '*' : undefined)
    })
  }
}

for (const [level, isHome, isInSitemap] of [['unlisted', false, false], ['public', true, false], ['indexed', true, true]] as const) {
  test(`a room that is ${level} is ${isHome ? '' : 'not '}listed, and ${isInSitemap ? '' : 'not '}in the sitemap`, async t => {
    const { app } = await siteOf(t, secret(level))
    for (const route of ['/', '/index.json', '/search.json?q=CANARY', '/search']) {
      assert.equal(/\/r\/secret\/|value="secret"/.test((await app.inject(route)).body), isHome, route)
    }
    assert.equal((await app.inject('/sitemap.xml')).body.includes('room=secret'), isInSitemap)
    assert.equal((await app.inject('/sitemap.xml?room=secret&year=2026')).statusCode, isInSitemap ? 200 : 404)
  })
}

test('a room that is unlisted is searched by its slug', async t => {
  const { app } = await siteOf(t, secret('unlisted'))
  const { hits } = (await app.inject('/search.json?q=CANARY&room=secret')).json<{ hits: Array<{ room: string, nick: string }> }>()
  assert.deepEqual(hits.map(hit => hit.room), ['secret', 'secret'])
})

test('only the whole day of an indexed room is for search engines', async t => {
  const { app } = await siteOf(t, secret('indexed'))
  const isIndexed = async (route: string) => (await app.inject(`/r/secret${route}`)).headers['x-robots-tag'] === undefined
  for (const route of ['/', '/2026', '/2026-11', `/${DAY}`]) assert.ok(await isIndexed(route), route)
  for (const route of [`/${DAY}?events=full`, `/${DAY}?tz=Asia/Tokyo`, `/${DAY}.json`, `/${DAY}.txt`, '/m/canary', '/2020-01-01', '/2026-11-21', '/today']) {
    assert.ok(!await isIndexed(route), route)
  }
})

test('a room that closes while the program runs is gone from the next answer on, whatever the client has', async t => {
  const { app, directory } = await siteOf(t, secret('indexed'))
  const path = `/r/secret/${DAY}`
  const { headers } = await app.inject(path)
  directory.learn(secret('indexed').jid, { isOpen: false })
  const refused = await app.inject({ url: path, headers: { 'if-none-match': String(headers.etag) } })
  assert.equal(refused.statusCode, 404)
})

test('no public form has a stanza or the address behind a nick', async t => {
  const { app } = await siteOf(t, published('secret', 'indexed'))
  for (const route of ROOM_ROUTES) assert.doesNotMatch((await app.inject(`/r/secret${route}`)).body, /CANARY@|&lt;message|<message>/)
  assert.doesNotMatch((await app.inject('/search.json?q=CANARY')).body, /CANARY@|<message>/)
})

function withoutDate (headers: object): object {
  return { ...headers, date: undefined }
}
