import assert from 'node:assert/strict'
import test from 'node:test'
import { amendHostile, HOSTILE, hostileTalk } from '../web/hostile-texts.ts'
import { assertOnlyOurs } from '../web/only-ours.ts'
import type { ParsedElement } from '../web/only-ours.ts'
import { published, said, siteWith } from '../web/site-under-test.ts'
import { noChromium } from './chromium.ts'
import { readSite } from './read-site.ts'
import { visit } from './visit.ts'

const texts = Object.entries(HOSTILE)
const ALL = published('all', 'indexed', { showsEdits: true })
const named = texts.map(([, text], n) => published(`room-${n}`, 'indexed', { title: text, description: text }))
const encoded = (text: string): string => encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\uFFFD'))

const on = readSite(async scope => {
  const events = [
    ...texts.flatMap(([, text], minute) => hostileTalk(ALL, text, minute)),
    ...named.map(room => said(room, '2026-11-20T10:00:00', 'alice', room.title))
  ]
  const site = await siteWith(scope, [ALL, ...named], events, {
    site: { title: 'Logs <b>"of\' all</title>', url: 'https://logs.example.org', description: HOSTILE['a script that ends an element'] ?? '' }
  })
  for (const [minute, [, text]] of texts.entries()) await amendHostile(site.store, ALL, text, minute)
  return site
})

const READ = `[...document.querySelectorAll('*')].map(element => ({
  name: element.localName,
  // The script that follows the talk keeps the page where it is by a style of its own.
  attributes: Object.fromEntries([...element.attributes].filter(({ name }) => element !== document.documentElement || name !== 'style').map(({ name, value }) => [name, value]))
}))`

async function assertHarmless (paths: readonly string[]): Promise<void> {
  await visit(on.browser, on.base, { viewport: { width: 360, height: 800 } }, async ({ page, complaints }) => {
    await page.addInitScript('globalThis.ran = () => { globalThis.hasRun = true }')
    for (const path of paths) {
      await page.goto(on.base + path)
      // Scripts of ours are given their turn, and what is folded away is laid out too.
      await page.evaluate('for (const details of document.querySelectorAll("details")) details.open = true')
      await page.mouse.move(100, 300)
      await page.evaluate('new Promise(resolve => requestAnimationFrame(() => setTimeout(resolve)))')
      // A search has one address, however it is asked.
      const here = new URL(page.url())
      assert.equal(here.origin + here.pathname, on.base + new URL(path, on.base).pathname)
      assert.equal(await page.evaluate('globalThis.hasRun'), undefined, path)
      assertOnlyOurs({ elements: await page.evaluate<ParsedElement[]>(READ), text: '' }, path)
      assert.deepEqual(await page.evaluate('["main", "h1", "footer", "head > title"].map(name => document.querySelectorAll(name).length)'), [1, 1, 1, 1], path)
      const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')
      assert.ok(overflow <= 0, `${path} is ${overflow} pixels too wide`)
      assert.deepEqual(complaints.filter(complaint => !/the server responded with a status of 4\d\d/.test(complaint)), [], path)
    }
  })
}

for (const path of ['/', '/search', '/r/all/', '/r/all/2026-11-20', '/r/all/2026-11-20?events=full', '/r/all/live', '/r/all/stats', '/r/all/links', '/about']) {
  test(`nothing that is hostile runs, reaches out or breaks the page on ${path}`, { skip: noChromium }, async () => { await assertHarmless([path]) })
}

for (const [minute, [name, text]] of texts.entries()) {
  test(`${name} does nothing as the name of a room, a search, a message or an address`, { skip: noChromium }, async () => {
    await assertHarmless([
      `/search?q=${encoded(text)}&room=room-${minute}`, `/r/all/m/rich-${minute}`, `/r/all/m/edited-${minute}`, `/r/all/m/removed-${minute}`,
      `/r/all/2026-11-21?tz=${encoded(text)}`, `/r/room-${minute}/`
    ].filter(path => path.length < 8000))
  })
}
