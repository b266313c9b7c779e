import assert from 'node:assert/strict'
import test, { before } from 'node:test'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import type { LiveListener } from '../../src/archive/live.ts'
import { createLive } from '../../src/archive/live.ts'
import { silentLogger } from '../../src/log.ts'
import type { RoomEvent } from '../../src/model/event.ts'
import { published, remove, said, siteWith } from '../web/site-under-test.ts'
import type { SiteUnderTest } from '../web/site-under-test.ts'
import { openChromium, noChromium } from './chromium.ts'

const LOUNGE = published('lounge', 'indexed', { title: 'The Lounge' })
const DAY = '/r/lounge/2026-11-21'
const LIVE = '/r/lounge/live'
const at = (clock: string) => `2026-11-21T${clock}`
const MORNING = Array.from({ length: 80 }, (_, n) => said(LOUNGE, at(`09:${String(Math.floor(n / 2)).padStart(2, '0')}:${n % 2 === 0 ? '00' : '30'}`), `nick${n % 3}`, `line ${n}`))

let browser: Browser

before(async () => { if (noChromium === false) browser = await openChromium() })

interface Stage extends SiteUnderTest {
  readonly page: Page
  readonly complaints: string[]
  readonly base: string
  readonly say: (...events: RoomEvent[]) => Promise<void>
  readonly tell: () => void
}

async function onStage (
  path: string, events: readonly RoomEvent[], use: (stage: Stage) => Promise<void>, options: BrowserContextOptions = {}
): Promise<void> {
  const ends: Array<() => Promise<void>> = []
  const listeners = new Set<LiveListener>()
  const live = { subscribe: (listener: LiveListener) => { listeners.add(listener); return () => { listeners.delete(listener) } } }
  const site = await siteWith({ after: end => { ends.push(end) } }, [LOUNGE], events, { live })
  const real = createLive({ store: site.store, log: silentLogger })
  real.subscribe(event => { for (const listener of listeners) listener(event) })
  await new Promise(resolve => setImmediate(resolve))
  const base = await site.app.listen({ port: 0, host: '127.0.0.1' })
  const context = await browser.newContext({ viewport: { width: 800, height: 600 }, ...options })
  try {
    const page = await context.newPage()
    const complaints: string[] = []
    page.on('console', message => { if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text()) })
    page.on('pageerror', error => { complaints.push(error.message) })
    page.on('request', request => { if (!request.url().startsWith(base)) complaints.push(`asked for ${request.url()}`) })
    await page.goto(base + path)
    const tell = (): void => { real.advance() }
    await use({ ...site, page, complaints, base, tell, async say (...events) { await site.store.append(events); tell() } })
  } finally {
    await context.close()
    await real.stop()
    for (const end of ends) await end()
  }
}

const isLive = async (page: Page): Promise<void> => page.getByText('new messages appear here by themselves').waitFor()

for (const path of [DAY, LIVE]) {
  test(`on ${path} what is said appears without reloading, as a reload would show it`, { skip: noChromium }, async () => {
    await onStage(path, MORNING, async ({ page, complaints, say }) => {
      await isLive(page)
      await say(
        said(LOUNGE, at('09:40:00'), 'nick1', 'goes on <script>document.title = "broken"</script>'),
        said(LOUNGE, at('09:40:10'), 'nick1', 'and on'),
        said(LOUNGE, at('11:59:00'), 'new', 'in another hour')
      )
      await page.getByText('in another hour').waitFor()
      const rows = async (): Promise<string> => page.evaluate<string>(
        '[...document.querySelectorAll(".log, .hour")].map(part => part.outerHTML.replace(/ class=""/g, "").replace(/>\\s+</g, "><").trim()).join("\\n")')
      const grown = await rows()
      assert.match(grown, /class="c"[^]*and on/)
      await page.reload()
      await isLive(page)
      assert.equal((await rows()).replaceAll('line 0', ''), grown.replaceAll('line 0', ''))
      assert.deepEqual(complaints, [])
    })
  })

  test(`on ${path} the place of a reader does not jump, and a button leads to what is new`, { skip: noChromium }, async () => {
    await onStage(path, MORNING, async ({ page, say, store, tell }) => {
      await isLive(page)
      await page.evaluate('scrollTo({ top: 900, behavior: "instant" })')
      const row = page.locator('.log > li', { hasText: 'line 40' })
      await row.scrollIntoViewIfNeeded()
      const place = async (): Promise<number> => (await row.boundingBox())?.y ?? NaN
      const before = await place()
      await say(said(LOUNGE, at('11:58:00'), 'bob', 'news'), said(LOUNGE, at('11:59:00'), 'bob', 'more news'))
      const button = page.getByRole('button', { name: '2 new messages' })
      await button.waitFor()
      assert.equal(await place(), before)
      // A line above grows.
      await store.revise(LOUNGE.jid, MORNING[0]?.uid ?? '', event => ({
        ...event, standing: { latest: { body: 'tall\n'.repeat(20) + 'text', uid: 'x', time: event.time }, edits: 1 }
      }))
      tell()
      await page.getByText('tall').waitFor({ state: 'attached' })
      assert.ok(Math.abs(await place() - before) < 1, `${before} became ${await place()}`)
      await button.click()
      await page.locator('.log > li', { hasText: /^bob\s*news/ }).waitFor()
      assert.ok(await button.isHidden())
    })
  })

  test(`on ${path} a reader at the end stays there`, { skip: noChromium }, async () => {
    await onStage(path, MORNING, async ({ page, say }) => {
      await isLive(page)
      await page.locator('.live').scrollIntoViewIfNeeded()
      for (let n = 0; n < 5; n++) {
        const text = `news no ${n}${'\nand more'.repeat(10)}`
        await say(said(LOUNGE, at(`11:5${n}:00`), 'bob', text))
        await page.getByText(`news no ${n}`).waitFor()
      }
      await page.waitForFunction('document.querySelector(".live").getBoundingClientRect().bottom <= innerHeight + 1')
      assert.ok(await page.getByRole('button', { name: /new message/ }).isHidden())
    })
  })

  test(`on ${path} a text that is removed leaves the document`, { skip: noChromium }, async () => {
    const regretted = said(LOUNGE, at('10:00:00'), 'bob', 'REGRETTED')
    await onStage(path, [...MORNING, regretted], async ({ page, store, tell }) => {
      await isLive(page)
      assert.match(await page.content(), /REGRETTED/)
      await remove(store, regretted)
      tell()
      await page.getByText('Removed by a moderator: spam').waitFor()
      assert.doesNotMatch(await page.content(), /REGRETTED/)
    })
  })

  test(`on ${path} what was missed while the connection was away comes once and in order`, { skip: noChromium }, async () => {
    await onStage(path, MORNING, async ({ page, say }) => {
      await isLive(page)
      await say(said(LOUNGE, at('10:00:00'), 'bob', 'missed no 0'))
      await page.getByText('missed no 0').waitFor()
      // As a tab that goes to the background and comes back.
      await page.evaluate('dispatchEvent(new Event("pagehide"))')
      for (let n = 1; n < 10; n++) await say(said(LOUNGE, at(`10:0${n}:00`), 'bob', `missed no ${n}`))
      await page.evaluate('dispatchEvent(new Event("pageshow"))')
      await page.getByText('missed no 9').waitFor()
      const texts = await page.evaluate<string[]>('[...document.querySelectorAll(".log p")].flatMap(p => p.textContent.match(/missed no \\d/) ?? [])')
      assert.deepEqual(texts, Array.from({ length: 10 }, (_, n) => `missed no ${n}`))
    })
  })

  test(`on ${path} there is a link to reload where there is no script`, { skip: noChromium }, async () => {
    await onStage(path, MORNING, async ({ page, say }) => {
      await say(said(LOUNGE, at('11:59:00'), 'bob', 'news'))
      const link = page.getByRole('link', { name: 'Reload the page' })
      assert.equal(await link.getAttribute('href'), '')
      await page.reload()
      await page.getByText('news', { exact: true }).waitFor()
      assert.ok(await page.getByRole('button', { name: /new message/ }).isHidden())
    }, { javaScriptEnabled: false })
  })

  test(`on ${path} a quiet room begins to fill`, { skip: noChromium }, async () => {
    await onStage(path, [], async ({ page, say, complaints }) => {
      await isLive(page)
      await say(said(LOUNGE, at('11:59:00'), 'bob', 'the first'))
      await page.getByText('the first').waitFor()
      assert.equal(await page.locator('.empty').count(), 0)
      assert.deepEqual(complaints, [])
    })
  })
}

test('the page of a day does not take what is said on the next, and leads there', { skip: noChromium }, async () => {
  await onStage(DAY, MORNING, async ({ page, say }) => {
    await isLive(page)
    await say(said(LOUNGE, '2026-11-22T00:00:01', 'bob', 'good night'))
    const link = page.getByRole('link', { name: '22 November 2026' })
    assert.equal(await link.getAttribute('href'), '/r/lounge/2026-11-22')
    await say(said(LOUNGE, '2026-11-22T00:00:02', 'bob', 'again'), said(LOUNGE, at('23:59:59'), 'bob', 'late'))
    await page.getByText('late').waitFor()
    assert.equal(await link.count(), 1)
    assert.doesNotMatch((await page.locator('.log').allTextContents()).join(' '), /good night|again/)
  })
})

test('the page of the last messages goes on over midnight, with a line between the days', { skip: noChromium }, async () => {
  await onStage(LIVE, MORNING, async ({ page, say }) => {
    await isLive(page)
    await say(said(LOUNGE, '2026-11-22T00:00:01', 'bob', 'good night'))
    await page.getByText('good night').waitFor()
    const [line, row] = await page.evaluate<string[]>('[...document.querySelectorAll(".log > li")].slice(-2).map(li => li.textContent.trim())')
    assert.equal(line, '22 November 2026')
    assert.match(row ?? '', /good night/)
  })
})

test('the page of the last messages begins at its end', { skip: noChromium }, async () => {
  await onStage(LIVE, MORNING, async ({ page }) => {
    await isLive(page)
    await page.waitForFunction('document.querySelector(".live").getBoundingClientRect().top < innerHeight')
  })
})

test('times that appear are in the zone of the page', { skip: noChromium }, async () => {
  await onStage(`${DAY}?tz=Asia/Kolkata`, MORNING, async ({ page, say }) => {
    await isLive(page)
    await say(said(LOUNGE, at('11:59:00'), 'bob', 'news'))
    const row = page.locator('#t115900')
    await row.waitFor()
    assert.equal(await row.locator('time').textContent(), '17:29')
    assert.equal(await page.locator('#h11').textContent(), '16:30')
  })
})

test('a day that is over does not ask for more', { skip: noChromium }, async () => {
  await onStage('/r/lounge/2026-11-20', [said(LOUNGE, '2026-11-20T10:00:00', 'bob', 'yesterday')], async ({ page }) => {
    assert.equal(await page.locator('[data-live], script[src*=live]').count(), 0)
  })
})
