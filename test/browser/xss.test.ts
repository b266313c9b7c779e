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

interface Examined {
  readonly hasRun: boolean
  readonly elements: readonly ParsedElement[]
  readonly frame: readonly number[]
  /** Pixels. */
  readonly overflow: number
}

// Scripts of ours are given their turn first, and what is folded away is laid out too.
const EXAMINE = `(async () => {
  for (const details of document.querySelectorAll('details')) details.open = true
  await new Promise(resolve => requestAnimationFrame(() => setTimeout(resolve)))
  return {
    hasRun: globalThis.hasRun === true,
    elements: [...document.querySelectorAll('*')].map(element => ({
      name: element.localName,
      // The script that follows the talk keeps the page where it is by a style of its own.
      attributes: Object.fromEntries([...element.attributes].filter(({ name }) => element !== document.documentElement || name !== 'style').map(({ name, value }) => [name, value]))
    })),
    frame: ['main', 'h1', 'footer', 'head > title'].map(name => document.querySelectorAll(name).length),
    overflow: document.documentElement.scrollWidth - innerWidth
  }
})()`

async function assertHarmless (paths: readonly string[]): Promise<void> {
  await visit(on.browser, on.base, { viewport: { width: 360, height: 800 } }, async ({ page, complaints }) => {
    await page.addInitScript('globalThis.ran = () => { globalThis.hasRun = true }')
    for (const path of paths) {
      await page.goto(on.base + path)
      await page.mouse.move(100, 300)
      const { hasRun, elements, frame, overflow } = await page.evaluate<Examined>(EXAMINE)
      // A search has one address, however it is asked.
      const here = new URL(page.url())
      assert.equal(here.origin + here.pathname, on.base + new URL(path, on.base).pathname)
      assert.ok(!hasRun, path)
      assertOnlyOurs({ elements, text: '' }, path)
      assert.deepEqual(frame, [1, 1, 1, 1], path)
      assert.ok(overflow <= 0, `${path} is ${overflow} pixels too wide`)
      assert.deepEqual(complaints.filter(complaint => !/the server responded with a status of 4\d\d/.test(complaint)), [], path)
    }
  })
}

for (const path of ['/', '/search', '/r/all/', '/r/all/2026-11-20', '/r/all/2026-11-20?events=full', '/r/all/live', '/r/all/stats', '/r/all/links', '/about']) {
  test(`nothing that is hostile runs, reaches out or breaks the page on ${path}`, { skip: noChromium }, async () => { await assertHarmless([path]) })
}

// The other addresses of each text are parsed as a browser does in test/web/xss.test.ts: a visit takes longer.
for (const [minute, [name, text]] of texts.entries()) {
  test(`${name} does nothing as a search, the name of a room, or a message`, { skip: noChromium }, async () => {
    await assertHarmless([`/search?q=${encoded(text)}&room=room-${minute}`, `/r/all/m/rich-${minute}`, `/r/room-${minute}/`].filter(path => path.length < 8000))
  })
}
