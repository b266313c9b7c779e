import assert from 'node:assert/strict'
import test, { after } from 'node:test'
import fc from 'fast-check'
import type { RoomEvent } from '../../src/model/event.ts'
import { xmlText } from '../../src/web/view/feed.ts'
import { feedId } from '../../src/web/view/feed-id.ts'
import { attribute, child, children, parseXml } from '../../src/xmpp/element.ts'
import type { Element } from '../../src/xmpp/element.ts'
import { happened, published, remove, said, siteWith } from './site-under-test.ts'
import type { SiteUnderTest } from './site-under-test.ts'

const ATOM = 'http://www.w3.org/2005/Atom'
const LOUNGE = published('lounge', 'indexed', { title: 'Lounge <&>', aliases: ['formerly'] })
const QUIET = published('quiet', 'unlisted')
const HIDDEN = published('hidden', 'off')
const at = (clock: string, day = '2026-11-21') => `${day}T${clock}`

interface Entry {
  readonly id: string
  readonly title: string
  readonly content: string
  readonly updated: string
  readonly published: string
  readonly url: string
  readonly author: string
}

async function entriesOf (site: SiteUnderTest, url = '/r/lounge/feed.atom'): Promise<Entry[]> {
  const { body, statusCode } = await site.app.inject(url)
  assert.equal(statusCode, 200, body)
  return assertFeed(body, url)
}

/** Holds a feed to RFC 4287, §4: what every feed and entry must have, once, in the forms it must have. */
function assertFeed (body: string, url: string): Entry[] {
  const feed = parseXml(body.replace(/^<\?xml[^>]*\?>\n/, ''))
  assert.deepEqual([feed.name, attribute(feed, 'xmlns')], ['feed', ATOM])
  const links = linksOf(feed)
  assert.deepEqual(links.filter(({ rel }) => rel === 'self').map(({ href }) => href), [`https://logs.example.org${url}`])
  assert.equal(links.filter(({ rel }) => rel === 'alternate').length, 1)
  const entries = children(feed, 'entry', ATOM)
  for (const element of [feed, ...entries]) {
    assert.match(only(element, 'id'), /^(?:tag:[\w.-]+,\d{4}(?:-\d\d-\d\d)?:[\w.~!*'()%/-]+|https:\/\/[^\s<>]+)$/)
    assert.notEqual(only(element, 'title').trim(), '')
    assert.match(only(element, 'updated'), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/)
  }
  const found = entries.map(entry => {
    const content = child(entry, 'content', ATOM) as Element
    assert.equal(attribute(content, 'type'), 'html')
    const author = child(child(entry, 'author', ATOM) as Element, 'name', ATOM) as Element
    const [link] = linksOf(entry)
    assert.match(link?.href ?? '', /^https:\/\/logs\.example\.org\/r\//)
    return {
      id: only(entry, 'id'),
      title: only(entry, 'title'),
      updated: only(entry, 'updated'),
      published: only(entry, 'published'),
      content: textIn(content),
      author: textIn(author),
      url: link?.href ?? ''
    }
  })
  assert.equal(new Set(found.map(({ id }) => id)).size, found.length, 'two entries have the same id')
  for (const { author, published, updated } of found) {
    assert.notEqual(author.trim(), '')
    assert.ok(published <= updated)
  }
  assert.equal(only(feed, 'updated') >= (found.map(({ updated }) => updated).sort().at(-1) ?? ''), true)
  return found
}

function only (element: Element, name: string): string {
  const found = children(element, name, ATOM)
  assert.equal(found.length, 1, `${name} stands ${found.length} times`)
  return textIn(found[0] as Element)
}

function textIn (element: Element): string {
  return element.getText()
}

function linksOf (element: Element): Array<{ rel: string | undefined, href: string | undefined }> {
  return children(element, 'link', ATOM).map(link => ({ rel: attribute(link, 'rel'), href: attribute(link, 'href') }))
}

test('what one person says without a pause is one entry, the newest first', async t => {
  const site = await siteWith(t, [LOUNGE], [
    said(LOUNGE, at('09:00:00'), 'alice', 'good morning', { uid: 'one' }),
    said(LOUNGE, at('09:01:00'), 'alice', 'how are you?'),
    said(LOUNGE, at('09:02:00'), 'bob', '/me waves'),
    said(LOUNGE, at('09:03:00'), 'bob', 'first line\nsecond <b>line</b>'),
    said(LOUNGE, at('09:30:00'), 'bob', 'after a pause'),
    happened(LOUNGE, at('09:31:00'), 'subject', 'bob', { body: 'plans' }),
    happened(LOUNGE, at('09:32:00'), 'join', 'carol')
  ])
  const entries = await entriesOf(site)
  assert.deepEqual(entries.map(({ title, author }) => [title, author]), [
    ['bob set the subject: plans', 'bob'],
    ['bob: after a pause', 'bob'],
    ['* bob waves (and 1 more)', 'bob'],
    ['alice: good morning (and 1 more)', 'alice']
  ])
  assert.equal(entries[3]?.id, 'tag:logs.example.org,2026-11-21:lounge%40conference.example.org/one')
  assert.equal(entries[3]?.url, 'https://logs.example.org/r/lounge/m/one')
  assert.equal(entries[3]?.updated, '2026-11-21T09:01:00.000000Z')
  assert.match(entries[2]?.content ?? '', /first line<br>second &lt;b&gt;line&lt;\/b&gt;/)
})

test('an entry grows under the same id, and moves its time', async t => {
  const site = await siteWith(t, [LOUNGE], [said(LOUNGE, at('09:00:00'), 'alice', 'good')])
  const [before] = await entriesOf(site)
  await site.store.append([said(LOUNGE, at('09:01:00'), 'alice', 'morning')])
  const [grown] = await entriesOf(site)
  assert.equal(grown?.id, before?.id)
  assert.ok((grown?.updated ?? '') > (before?.updated ?? ''))
})

test('a correction shows what is said now, and moves the time; a removal leaves nothing of the text', async t => {
  const gone = said(LOUNGE, at('09:02:00'), 'bob', 'GONE')
  const first = said(LOUNGE, at('09:03:00'), 'carol', 'ALSO-GONE', { uid: 'kept' })
  const site = await siteWith(t, [LOUNGE], [
    said(LOUNGE, at('09:00:00'), 'alice', 'WRONG', { uid: 'edited' }), gone, first, said(LOUNGE, at('09:04:00'), 'carol', 'stays')
  ])
  await site.store.revise(LOUNGE.jid, 'edited', event => ({
    ...event, standing: { latest: { body: 'right', uid: 'x', time: '2026-11-21T09:30:00.000000Z' as RoomEvent['time'] }, edits: 1 }
  }))
  const before = await entriesOf(site)
  for (const event of [gone, first]) await remove(site.store, event)
  const entries = await entriesOf(site)
  assert.deepEqual(entries.map(({ title }) => title), ['carol: stays', 'alice: right'])
  assert.equal(entries[0]?.id, before[0]?.id, 'what is left of an entry is not new')
  assert.equal(entries[1]?.updated, '2026-11-21T09:30:00.000000Z')
  assert.doesNotMatch((await site.app.inject('/r/lounge/feed.atom')).body, /GONE|WRONG/)
})

test('a spoiler is not told, nor what is encrypted', async t => {
  const site = await siteWith(t, [LOUNGE], [
    said(LOUNGE, at('09:00:00'), 'alice', 'SECRET', { spoiler: 'the ending' }),
    said(LOUNGE, at('09:00:00'), 'bob', 'SECRET', { encrypted: 'eu.siacs.conversations.axolotl' })
  ])
  const { body } = await site.app.inject('/r/lounge/feed.atom')
  assert.doesNotMatch(body, /SECRET/)
  assert.match(body, /alice: a spoiler: the ending/)
})

test('a busy room has a bounded feed, whose entries are whole', async t => {
  const events = Array.from({ length: 900 }, (_, n) =>
    said(LOUNGE, at(`09:00:00.${String(n).padStart(6, '0')}`), `nick${Math.floor(n / 30)}`, `line ${n}`, { uid: `n${n}` }))
  const entries = await entriesOf(await siteWith(t, [LOUNGE], events))
  assert.equal(entries.length, 13)
  assert.ok(entries.every(({ id }) => Number(/n(\d+)$/.exec(id)?.[1]) % 30 === 0), 'every entry begins where its speaker began')
})

test('days that are over have an entry each, with how they began', async t => {
  const site = await siteWith(t, [LOUNGE], [
    ...['alice', 'bob', 'carol', 'dave', 'eve', 'frank'].map((nick, n) => said(LOUNGE, at(`09:0${n}:00`, '2026-11-19'), nick, `hello from ${nick}`)),
    happened(LOUNGE, at('08:00:00', '2026-11-20'), 'subject', 'alice', { body: 'plans' }),
    said(LOUNGE, at('09:00:00'), 'alice', 'today')
  ])
  const entries = await entriesOf(site, '/r/lounge/days.atom')
  assert.deepEqual(entries.map(({ title }) => title), ['Friday 20 November 2026: 1 message, 1 person', 'Thursday 19 November 2026: 6 messages, 6 people'])
  assert.equal(entries[1]?.url, 'https://logs.example.org/r/lounge/2026-11-19')
  assert.equal(entries[1]?.updated, '2026-11-20T00:00:00.000000Z')
  assert.match(entries[0]?.content ?? '', /<li>alice set the subject: plans<\/li>/)
  assert.match(entries[1]?.content ?? '', /6 messages by 6 people[^]*<bdi>alice<\/bdi>: hello from alice[^]*eve/)
  assert.doesNotMatch(entries[1]?.content ?? '', /frank/)
})

test('a day changes its entry when something of it is removed', async t => {
  const gone = said(LOUNGE, at('09:00:00', '2026-11-19'), 'alice', 'GONE')
  const site = await siteWith(t, [LOUNGE], [gone, said(LOUNGE, at('09:01:00', '2026-11-19'), 'bob', 'stays')])
  const { headers } = await site.app.inject('/r/lounge/days.atom')
  const ask = async () => site.app.inject({ url: '/r/lounge/days.atom', headers: { 'if-none-match': String(headers.etag) } })
  assert.equal((await ask()).statusCode, 304)
  await remove(site.store, gone)
  const { statusCode, body } = await ask()
  assert.equal(statusCode, 200)
  assert.doesNotMatch(body, /GONE/)
})

test('a search is a feed of what it finds', async t => {
  const site = await siteWith(t, [LOUNGE, QUIET, HIDDEN], [
    ...[LOUNGE, QUIET, HIDDEN].map(room => said(room, at('09:00:00'), 'alice', `needle in ${room.slug}`, { uid: `u-${room.slug}` })),
    said(LOUNGE, at('09:01:00'), 'bob', 'another needle')
  ])
  const titles = async (url: string) => (await entriesOf(site, url)).map(({ title }) => title)
  assert.deepEqual(await titles('/search.atom?q=needle'), ['bob: another needle – Lounge <&>', 'alice: needle in lounge – Lounge <&>'])
  assert.deepEqual(await titles('/search.atom?q=needle&room=quiet'), ['alice: needle in quiet – Room quiet'])
  const { body, headers } = await site.app.inject('/search.atom?q=needle&limit=1')
  assert.match(body, /<link rel="next" [^>]*href="https:\/\/logs\.example\.org\/search\.atom\?q=needle&amp;before=1&amp;limit=1"/)
  assert.match(String(headers['cache-control']), /^private/)
  assert.equal(headers['access-control-allow-origin'], undefined)
  const refused = await site.app.inject('/search.atom?q=needle&room=hidden')
  assert.deepEqual([refused.statusCode, refused.body], [404, (await site.app.inject('/search.atom?q=needle&room=unknown')).body])
})

for (const [query, text] of [['', /say what to look for/], ['?q=', /say what to look for/], ['?limit=0&q=x', /limit/]] as const) {
  test(`/search.atom${query} is refused with a sentence, as text`, async t => {
    const { app } = await siteWith(t, [LOUNGE], [])
    const { statusCode, body, headers } = await app.inject(`/search.atom${query}`)
    assert.deepEqual([statusCode, headers['content-type']], [400, 'text/plain; charset=utf-8'])
    assert.match(body, text)
  })
}

const NASTY = '</title>]]>&amp;<script>alert(1)</script>"\' \u0000\u0008\u000B\u001B\uFFFE\uFFFF\uD800 \u202E \u{1F600}'
const nasty = published('nasty', 'indexed', { title: NASTY, description: NASTY })
const hostile = await siteWith({ after }, [nasty], [
  said(nasty, at('09:00:00', '2026-11-20'), NASTY, NASTY, { uid: NASTY }),
  happened(nasty, at('09:01:00', '2026-11-20'), 'subject', NASTY, { body: NASTY }),
  said(nasty, at('09:02:00', '2026-11-20'), '', '/me '),
  said(nasty, at('09:03:00', '2026-11-20'), ' ', NASTY, { spoiler: NASTY, files: [{ url: 'javascript:alert(1)', name: NASTY }] })
], { site: { title: NASTY, url: 'https://logs.example.org' } })

for (const url of ['/r/nasty/feed.atom', '/r/nasty/days.atom', `/search.atom?q=${encodeURIComponent('script')}`]) {
  test(`${url} stays a feed whatever people write`, async () => {
    const { body } = await hostile.app.inject(url)
    const entries = assertFeed(body, url)
    assert.ok(entries.length > 0)
    for (const { content } of entries) assert.doesNotMatch(content, /<script|href="javascript:/)
    assert.doesNotMatch(body, /[^\t\n\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u)
  })
}

test('the description of the search is XML, and names the addresses that answer', async () => {
  const { body, headers, statusCode } = await hostile.app.inject('/opensearch.xml')
  assert.deepEqual([statusCode, headers['content-type']], [200, 'application/opensearchdescription+xml; charset=utf-8'])
  const description = parseXml(body.replace(/^<\?xml[^>]*\?>\n/, ''))
  const ns = 'http://a9.com/-/spec/opensearch/1.1/'
  assert.ok([...textIn(child(description, 'ShortName', ns) as Element)].length <= 16)
  const templates = children(description, 'Url', ns).map(url => attribute(url, 'template'))
  assert.deepEqual(templates.slice(0, 2), ['https://logs.example.org/search?q={searchTerms}', 'https://logs.example.org/search.atom?q={searchTerms}'])
  for (const template of templates) assert.equal((await hostile.app.inject((template ?? '').replace('{searchTerms}', 'script'))).statusCode, 200)
})

test('any text is legal in XML, and comes back as it can', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), text => {
    const element = parseXml(`<a b="${xmlText(text)}">${xmlText(text)}</a>`)
    const legal = text.replace(/[^\t\n\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    assert.equal(textIn(element), legal)
  }))
})

test('the id of an address without a name is a URI too', () => {
  assert.equal(feedId('http://[2001:db8::1]:8080', LOUNGE.jid, '2026', 'a b'), 'tag:2001-db8--1,2026:lounge%40conference.example.org/a%20b')
})

for (const url of ['/r/lounge/feed.atom', '/r/lounge/days.atom', '/search.atom?q=hello']) {
  test(`${url} is sent only when it has changed, by either validator`, async t => {
    const site = await siteWith(t, [LOUNGE], [said(LOUNGE, at('09:00:00', '2026-11-20'), 'alice', 'hello')])
    const { headers } = await site.app.inject(url)
    assert.equal(headers['content-type'], 'application/atom+xml; charset=utf-8')
    assert.equal(headers['x-robots-tag'], 'noindex')
    const ask = async (more: Record<string, string>) => (await site.app.inject({ url, headers: more })).statusCode
    assert.equal(await ask({ 'if-none-match': String(headers.etag) }), 304)
    assert.equal(await ask({ 'if-modified-since': String(headers['last-modified']) }), 304)
    assert.equal(await ask({ 'if-modified-since': 'Sat, 21 Nov 2026 11:59:59 GMT' }), 200)
    assert.equal(await ask({ 'if-none-match': '"other"', 'if-modified-since': String(headers['last-modified']) }), 200)
    await site.store.append([said(LOUNGE, at('10:00:00', '2026-11-20'), 'bob', 'hello too')])
    assert.equal(await ask({ 'if-none-match': String(headers.etag) }), 200)
  })
}

test('a feed that may change within the second is not told by its time', async t => {
  const site = await siteWith(t, [LOUNGE], [said(LOUNGE, at('11:59:59.900000'), 'alice', 'hello')])
  assert.equal((await site.app.inject('/r/lounge/feed.atom')).headers['last-modified'], undefined)
})

for (const form of ['feed.atom', 'days.atom', 'live']) {
  test(`${form} of a room that is not public answers as that of an unknown one; an old slug is sent on`, async t => {
    const { app } = await siteWith(t, [LOUNGE, HIDDEN], [said(HIDDEN, at('09:00:00', '2026-11-20'), 'alice', 'hello')])
    const [refused, unknown] = [await app.inject(`/r/hidden/${form}`), await app.inject(`/r/unknown/${form}`)]
    assert.equal(refused.statusCode, 404)
    assert.equal(refused.body, unknown.body)
    assert.deepEqual({ ...refused.headers, date: '' }, { ...unknown.headers, date: '' })
    assert.equal((await app.inject(`/r/formerly/${form}`)).headers.location, `/r/lounge/${form}`)
  })

  test(`${form} of an unlisted room is found by its link only`, async t => {
    const { app } = await siteWith(t, [QUIET], [said(QUIET, at('09:00:00', '2026-11-20'), 'alice', 'hello')])
    const { headers, statusCode } = await app.inject(`/r/quiet/${form}`)
    assert.deepEqual([statusCode, headers['x-robots-tag'], headers['access-control-allow-origin']], [200, 'noindex', undefined])
    assert.match(String(headers['cache-control']), /^private/)
  })
}

test('pages name the feeds that there are', async t => {
  const { app } = await siteWith(t, [LOUNGE], [said(LOUNGE, at('09:00:00', '2026-11-20'), 'alice', 'hello & goodbye')])
  const feeds: Record<string, string[]> = {
    '/r/lounge/': ['/r/lounge/feed.atom', '/r/lounge/days.atom'],
    '/r/lounge/2026-11-20': ['/r/lounge/feed.atom', '/r/lounge/days.atom'],
    '/search?q=hello+%26': ['/search.atom?q=hello+%26'],
    '/search?q=hello&room=lounge': ['/r/lounge/feed.atom', '/r/lounge/days.atom', '/search.atom?q=hello&room=lounge'],
    '/': []
  }
  for (const [page, expected] of Object.entries(feeds)) {
    const { body } = await app.inject(page)
    const links = [...body.matchAll(/<link rel="alternate" type="application\/atom\+xml" href="([^"]*)"/g)].map(([, href = '']) => href.replaceAll('&amp;', '&'))
    assert.deepEqual(links, expected, page)
    for (const link of links) assert.equal((await app.inject(link)).statusCode, 200)
    assert.match(body, /<link rel="search" type="application\/opensearchdescription\+xml" href="\/opensearch\.xml"/)
  }
})
