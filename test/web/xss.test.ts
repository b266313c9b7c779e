import assert from 'node:assert/strict'
import test, { after, before, describe } from 'node:test'
import type { InjectOptions } from 'fastify'
import { attribute, children, parseXml, textOf } from '../../src/xmpp/element.ts'
import type { Element } from '../../src/xmpp/element.ts'
import { openStream } from './event-stream.ts'
import { amendHostile, HOSTILE, hostileTalk } from './hostile-texts.ts'
import { assertOnlyOurs, assertWhole, parsePage } from './only-ours.ts'
import type { ParsedPage } from './only-ours.ts'
import { published, said, siteWith } from './site-under-test.ts'
import type { SiteUnderTest } from './site-under-test.ts'

const texts = Object.entries(HOSTILE)
const SITE = { title: '<b>"Test\' & logs</title>', url: 'https://logs.example.org', description: HOSTILE['a script'] ?? '' }
const ATOM = 'http://www.w3.org/2005/Atom'

// A room for each, which has the text in its name as well; in slugs all characters may stand.
const rooms = texts.map(([name, text], n) => ({
  name,
  text,
  room: published(`room-${n}`, 'indexed', { slug: slugOf(text, n), title: text, description: text, aliases: [], showsEdits: true })
}))
function slugOf (text: string, n: number): string {
  const start = text.replace(/[\p{Surrogate}\u0000]/gu, '').trim().slice(0, 60) // eslint-disable-line no-control-regex
  return /^\.*$/.test(start) || /[/?#%]/.test(start) ? `${n}` : start
}

// What cannot be put into an address at all is tried where it can.
const encoded = (text: string): string => encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\uFFFD'))

/** What is shown has nothing in it that ends lines, or turns the direction of what stands behind it. Forms give back what was typed. */
function assertReadable ({ text, elements }: ParsedPage, url: string): void {
  const told = elements.flatMap(({ attributes }) => ['title', 'content', 'aria-label', 'placeholder'].flatMap(name => attributes[name] ?? []))
  for (const shown of [text, ...told]) {
    const at = shown.search(UNREADABLE)
    assert.equal(at, -1, `${url}: ${JSON.stringify(shown.slice(Math.max(0, at - 60), at + 20))}`)
  }
}

// eslint-disable-next-line no-control-regex
const UNREADABLE = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2028\u2029\p{Surrogate}]/u

async function assertEntry (entry: Element, url: string): Promise<void> {
  const content = children(entry, 'content', ATOM)[0]
  assert.equal(attribute(content, 'type'), 'html', url)
  assertOnlyOurs(await parsePage(`<!doctype html><html><body>${textOf(entry, 'content', ATOM) ?? ''}</body></html>`), url)
}

describe('hostile texts', () => {
  const ends: Array<() => Promise<void>> = []
  let site: SiteUnderTest
  let base: string

  before(async () => {
    const events = rooms.flatMap(({ room, text }) => [...hostileTalk(room, text), said(room, '2026-11-21T11:00:00', text, text)])
    site = await siteWith({ after: end => { ends.push(end) } }, rooms.map(({ room }) => room), events, { site: SITE })
    for (const { room, text } of rooms) await amendHostile(site.store, room, text)
    base = await site.app.listen({ port: 0, host: '127.0.0.1' })
  })
  after(async () => { for (const end of ends) await end() })

  async function ask (options: InjectOptions & { url: string }): Promise<{ status: number, type: string, body: string }> {
    const { statusCode, headers, body } = await site.app.inject(options)
    assert.notEqual(statusCode, 500, options.url)
    assert.equal(headers['x-content-type-options'], 'nosniff')
    assert.equal(headers['set-cookie'], undefined)
    assert.doesNotMatch(String(headers.location ?? '/'), /^(?:\/\/|\/\\|[a-z]+:)/)
    return { status: statusCode, type: String(headers['content-type']), body }
  }

  async function assertPage (options: InjectOptions & { url: string }): Promise<string> {
    const { status, type, body } = await ask(options)
    if (status >= 300 && status < 400) return ''
    if (type.startsWith('text/plain')) return body
    assert.match(type, /^text\/html; charset=utf-8$/, options.url)
    const page = await parsePage(body)
    assertOnlyOurs(page, options.url)
    assertWhole(page, options.url)
    assertReadable(page, options.url)
    return page.text
  }

  test('a page with somebody else\'s markup is not let pass', async () => {
    const page = (inside: string) => parsePage(`<!doctype html><html lang="en"><head><title>x</title></head><body><main><h1>x</h1>${inside}</main><footer></footer></body></html>`)
    assertOnlyOurs(await page('<p><a href="/r/x/">x</a>'), 'ours')
    for (const inside of [
      '<img src="x">', '<p onclick="x">', '<script>x</script>', '<a href="javascript:x">', '<a href="//evil.example/">', '<a href="https://evil.example/">',
      '<p style="x">', '<form action="https://evil.example/">', '<a href="/\\evil.example">', '<iframe></iframe>', '<base href="/">', '<script src="https://evil.example/x.js"></script>'
    ]) {
      const theirs = await page(inside)
      assert.throws(() => { assertOnlyOurs(theirs, 'theirs') }, inside)
    }
    const broken = await page('</main><footer></footer>')
    assert.throws(() => { assertWhole(broken, 'theirs') })
  })

  for (const { name, text, room } of rooms) {
    const path = (part: string): string => `/r/${encoded(room.slug)}/${part}`

    test(`${name} stays text on every page of its room`, async () => {
      const uids = [`${text}0`, 'rich-0', 'edited-0', 'removed-0'].map(encoded)
      for (const url of [
        path(''), path('2026'), path('2026-11'), path('2026-11-20'), path('2026-11-20?events=full'), path('2026-11-20?events=none'), path('2026-11-21'), path('2020-01-01'),
        path('live'), ...uids.map(uid => path(`m/${uid}`)), path(`excerpt?from=${uids[0] ?? ''}&to=edited-0`)
      ]) await assertPage({ url })
      const visible = text.trim().split(/[\s\p{C}]/u)[0] ?? ''
      assert.ok((await assertPage({ url: path('2026-11-20') })).includes(visible.replace(/^\/me$/, '').slice(0, 20)), 'what was said is there to be read')
    })

    test(`${name} stays a value in every form for programs`, async () => {
      const json = await ask({ url: path('2026-11-20.json') })
      assert.match(json.type, /^application\/json/)
      const { events } = JSON.parse(json.body) as { events: Array<{ body?: string, nick: string }> }
      assert.ok(events.some(({ nick }) => nick === text.replace(/\p{Surrogate}/gu, '\uFFFD') || nick === text))
      const lines = (await ask({ url: path('2026-11-20.jsonl') })).body.split('\n')
      assert.equal(lines.pop(), '')
      assert.equal(lines.length, events.length)
      for (const line of lines) JSON.parse(line)
      const plain = await ask({ url: path('2026-11-20.txt') })
      assert.match(plain.type, /^text\/plain/)
      for (const line of plain.body.split('\n').filter(line => line !== '')) assert.match(line, /^(?:\[\d\d:\d\d:\d\d\] | {7}|-- )/)
      JSON.parse(`[${(await ask({ url: path('removed.jsonl') })).body.trim().split('\n').join(',')}]`)
    })

    test(`${name} stays text in feeds`, async () => {
      for (const url of [path('feed.atom'), path('days.atom'), `/search.atom?q=${encoded(text)}`]) {
        const { status, type, body } = await ask({ url })
        if (status === 400) continue
        assert.match(type, /^application\/atom\+xml/, url)
        for (const entry of children(parseXml(body.replace(/^<\?xml.*\?>\n/, '')), 'entry', ATOM)) await assertEntry(entry, url)
      }
    })

    test(`${name} stays text in what is told live`, async () => {
      for (const format of ['html', 'json']) {
        const stream = await openStream(`${base}${path(`live.sse?format=${format}&since=2026-11-21T00:00:00Z`)}`)
        const { event, id, data } = await stream.next()
        stream.close()
        assert.deepEqual([event, id], ['said', '2026-11-21T11:00:00.000000Z'])
        if (format === 'json') JSON.parse(data)
        else assertOnlyOurs(await parsePage(`<!doctype html><html><body><ol>${data}</ol></body></html>`), name)
      }
    })

    test(`${name} stays text where somebody asks for it`, async () => {
      const value = encoded(text)
      for (const url of [
        `/search?q=${value}`, `/search?q=x&room=${value}`, ...[`q=${value}`, `q=x&before=${value}`, `q=x&order=${value}`, `q=x&limit=${value}`].map(query => `/search?${query}&room=${encoded(room.slug)}`),
        `/search?${value}=${value}`, `/search?q=${value}&q=${value}`, path(`2026-11-20?tz=${value}`), path(`2026-11-20?events=${value}`), path(`excerpt?from=${value}&to=${value}`),
        `/r/${value}/`, `/r/${value}/2026-11-20`, path(`m/${value}`), `/${value}`, `/static/${value}`, `/r/${value}/${value}/${value}`, path(`today?x=${value}`)
      ]) await assertPage({ url })
      for (const url of [
        ...['/search.json', '/search.atom'].map(path => `${path}?q=${value}&room=${encoded(room.slug)}`), `/sitemap.xml?room=${value}&year=2026`, `/removed.jsonl?since=${value}`, path(`live.sse?since=${value}`)
      ]) {
        const { status, type, body } = await ask({ url, method: url.includes('.sse') ? 'HEAD' : 'GET' })
        if (type.includes('json') && !url.includes('jsonl')) JSON.parse(body)
        assert.ok(status === 200 ? !type.startsWith('text/html') : true, url)
      }
      const header = text.replace(/[^\t\u0020-\u007E\u0080-\u00FF]/g, '')
      for (const name of ['accept-language', 'referer', 'host']) {
        await assertPage({ url: path('2026-11-20'), headers: { [name]: header } })
      }
    })
  }

  test('they stay text in the lists of the site', async () => {
    for (const url of ['/', '/about', '/privacy', '/search', '/search?q=e']) await assertPage({ url })
    for (const url of ['/sitemap.xml', `/sitemap.xml?room=${encoded(rooms[0]?.room.slug ?? '')}&year=2026`, '/opensearch.xml']) {
      parseXml((await ask({ url })).body.replace(/^<\?xml.*\?>\n/, ''))
    }
    const index = JSON.parse((await ask({ url: '/index.json' })).body) as { rooms: Array<{ title: string }> }
    assert.equal(index.rooms.length, rooms.length)
  })

  test('none of them was a fault of the program', () => {
    assert.deepEqual(site.logged.filter(line => !line.includes('Server listening')), [])
  })
})
