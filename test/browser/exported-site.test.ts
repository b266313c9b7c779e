import { strict as assert } from 'node:assert'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { createDirectory } from '../../src/access/directory.ts'
import { createSqliteStore } from '../../src/archive/sqlite.ts'
import { silentLogger } from '../../src/log.ts'
import type { RoomJid } from '../../src/model/address.ts'
import type { ArchiveTime } from '../../src/model/archive-time.ts'
import type { RoomEvent } from '../../src/model/event.ts'
import { exportSite } from '../../src/static-site/static-site.ts'
import { LOUNGE, message } from '../helpers/events.ts'
import { openChromium, noChromium } from './chromium.ts'

const QUIET = 'quiet@conference.example.org' as RoomJid
const TYPES: Readonly<Record<string, string>> = { html: 'text/html; charset=utf-8', js: 'text/javascript; charset=utf-8', css: 'text/css', svg: 'image/svg+xml' }
const STRICT = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'"

function said (n: number, month: string, fields: Partial<RoomEvent>): RoomEvent {
  const time = `${month}-17T07:${String(n % 60).padStart(2, '0')}:09.000000Z` as ArchiveTime
  return message({ time, uid: `u-${month}-${n}-${fields.kind ?? ''}`, ...fields })
}

const EVENTS: readonly RoomEvent[] = [
  ...Array.from({ length: 60 }, (_, n) => said(n, '2023-01', { body: `number ${n} of the kettles`, nick: n % 2 === 0 ? 'alice' : 'bob' })),
  said(1, '2024-05', { body: 'die Häuser am Fluss' }),
  said(2, '2024-05', { body: 'use Foo::Bar or C++ <script>alert(1)</script>' }),
  said(3, '2024-05', { body: 'the butler did it', spoiler: 'the end' }),
  said(4, '2024-05', { kind: 'kick', nick: 'mallory', actor: 'alice', reason: 'too many kettles' }),
  said(5, '2024-06', { body: 'one kettle more' }),
  said(6, '2024-06', { room: QUIET, body: 'a kettle by link only' })
]

describe('an exported site', { skip: noChromium }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'hansard-exported-'))
  let browser: Browser
  let server: Server
  let base = ''

  before(async () => {
    const store = createSqliteStore({ path: join(folder, 'hansard.db') })
    await store.append(EVENTS)
    const directory = createDirectory([
      { jid: LOUNGE, slug: 'lounge', aliases: ['salon'], title: 'The Lounge', level: 'public', isOpen: undefined },
      { jid: QUIET, slug: 'quiet', aliases: [], title: 'Quiet', level: 'unlisted', isOpen: undefined }
    ])
    const rooms = ['lounge', 'quiet'].flatMap(slug => directory.bySlug(slug, { via: 'http' }) ?? [])
    await exportSite({
      store,
      directory,
      rooms,
      site: { title: 'Logs', url: 'https://logs.example.org' },
      viewsDir: join(import.meta.dirname, '../../views'),
      languages: ['en', 'de'],
      folder: join(folder, 'site'),
      log: silentLogger
    })
    await store.close()
    // As plain as a web server can be, but for the policy of the live site.
    server = createServer((request, response) => {
      const path = join(folder, 'site', new URL(request.url ?? '/', 'http://x').pathname)
      try {
        const file = statSync(path).isDirectory() ? join(path, 'index.html') : path
        const content = readFileSync(file)
        response.writeHead(200, { 'content-type': TYPES[file.replace(/.*\./, '')] ?? 'text/plain', 'content-security-policy': STRICT }).end(content)
      } catch {
        response.writeHead(404).end()
      }
    }).listen(0, '127.0.0.1')
    await new Promise(resolve => { server.once('listening', resolve) })
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    browser = await openChromium()
  })
  after(async () => {
    server?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  async function open (path: string): Promise<{ page: Page, problems: string[] }> {
    const page = await browser.newPage()
    const problems: string[] = []
    page.on('pageerror', error => { problems.push(error.message) })
    page.on('console', line => { if (line.type() === 'error') problems.push(line.text()) })
    await page.goto(path)
    return { page, problems }
  }

  async function search (from: string, query: string, room = ''): Promise<{ page: Page, hits: string[], state: string, problems: string[] }> {
    const { page, problems } = await open(`${from}search.html?${new URLSearchParams({ q: query, room }).toString()}`)
    await page.waitForFunction("!/^(?:Searching|$)/.test(document.getElementById('state').textContent) || !document.getElementById('problem').hidden")
    const hits = await page.locator('#found li').allInnerTexts()
    return { page, hits: hits.map(hit => hit.replaceAll(/\s+/g, ' ')), state: await page.locator('#state').innerText(), problems }
  }

  for (const where of ['a web server', 'the disk'] as const) {
    const from = (): string => where === 'the disk' ? pathToFileURL(`${folder}/site/`).href : base

    test(`from ${where}: pages lead to each other and to the search`, async () => {
      const { page, problems } = await open(`${from()}index.html`)
      await page.getByRole('link', { name: 'The Lounge' }).click()
      await page.getByRole('link', { name: '2024', exact: true }).click()
      await page.getByRole('link', { name: 'May 2024' }).click()
      await page.locator('.days a').first().click()
      assert.match(page.url(), /r\/lounge\/2024-05-17\.html$/)
      assert.ok((await page.locator('main').innerText()).includes('die Häuser am Fluss'))
      await page.locator('header input[name=q]').fill('kettle')
      await page.locator('header input[name=q]').press('Enter')
      await page.waitForSelector('#found li')
      assert.equal(await page.locator('#room').inputValue(), 'lounge')
      assert.deepEqual(problems, [])
      await page.close()
    })

    test(`from ${where}: the newest hits come first, older ones on demand`, async () => {
      const { page, hits, state, problems } = await search(from(), 'kettle')
      assert.match(hits[0] ?? '', /one kettle more/)
      assert.equal(hits.length, 50)
      assert.match(state, /50 found, newest first, back to 2023-01-17/)
      await page.getByRole('button', { name: 'Search older messages' }).click()
      await page.waitForFunction("document.querySelectorAll('#found li').length === 61")
      assert.deepEqual(problems, [])
      assert.equal(await page.locator('#older').isHidden(), true)
      await page.close()
    })
  }

  for (const [query, ...expected] of [
    ['Haus', /die Häuser am Fluss/],
    ['Foo::Bar', /use Foo::Bar or C\+\+ <script>/],
    ['"number 7 of"', /number 7 of/],
    ['from:bob "number 7 of"', /number 7 of/],
    ['from:alice "number 7 of"'],
    ['kettles during:2024-05'],
    ['kettles is:kick', /mallory.*too many kettles/],
    ['numb* 59 in:salon', /number 59/],
    ['butler', /Spoiler/],
    ['link only'],
    ['nothing like that']
  ] as const) {
    test(`${query} finds ${expected.length} in the page`, async () => {
      const { page, hits, problems } = await search(base, query)
      assert.equal(hits.length, expected.length, hits.join('\n'))
      for (const [n, pattern] of expected.entries()) assert.match(hits[n] ?? '', pattern)
      assert.deepEqual(problems, [])
      await page.close()
    })
  }

  test('a hit leads to its place in its day', async () => {
    const { page } = await search(base, 'Häuser')
    await page.locator('#found li a').first().click()
    assert.match(page.url(), /r\/lounge\/2024-05-17\.html#t070109$/)
    assert.equal(await page.locator('#t070109').count(), 1)
    await page.close()
  })

  test('an unlisted room is searched by whoever has its address', async () => {
    const { page, hits } = await search(base, 'kettle', 'quiet')
    assert.deepEqual(hits.map(hit => /kettle by link only/.test(hit)), [true])
    await page.close()
  })

  test('a query that cannot be read, and a room that is not there, are told', async () => {
    for (const [query, room, problem] of [['"open', '', /quote is not closed/], ['kettle', 'nowhere', /no such room/]] as const) {
      const { page } = await search(base, query, room)
      assert.match(await page.locator('#problem').innerText(), problem)
      await page.close()
    }
  })
})
