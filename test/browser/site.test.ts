import assert from 'node:assert/strict'
import test, { after, before } from 'node:test'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { happened, published, remove, said, siteWith } from '../web/site-under-test.ts'
import { launchChromium, noChromium } from './chromium.ts'

const LOUNGE = published('lounge', 'indexed', { title: 'The Lounge', description: 'General talk' })
const DAY = '/r/lounge/2026-11-20'
const at = (clock: string) => `2026-11-20T${clock}`
const gone = said(LOUNGE, at('11:00:00'), 'bob', 'regretted')
const talk = [
  said(LOUNGE, '2026-11-18T10:00:00', 'alice', 'an earlier day'),
  happened(LOUNGE, at('06:00:00'), 'subject', 'alice', { body: 'Welcome | https://example.org/rules' }),
  said(LOUNGE, at('07:14:09'), 'alice', 'Good morning, see https://example.org/paging (section 4.3).', { uid: 'first' }),
  said(LOUNGE, at('07:14:09'), 'alice', 'A second thing in the same second.'),
  said(LOUNGE, at('07:15:00'), 'a-very-long-nickname-that-nobody-would-ever-type-into-a-client', `https://example.org/${'x'.repeat(400)}`),
  said(LOUNGE, at('07:16:00'), 'دانا', 'مرحبا بالجميع، هذا اختبار مع English inside'),
  said(LOUNGE, at('07:17:00'), 'bob', `code:\n\`\`\`\nconst line = '${'long '.repeat(60)}'\n\`\`\``),
  said(LOUNGE, at('07:18:00'), 'mallory', `evil \u202Etxt.exe h${'\u0338\u0322\u031B'.repeat(40)} <script>document.title = 'broken'</script>`),
  ...Array.from({ length: 30 }, (_, n) => happened(LOUNGE, at(`07:20:${String(n).padStart(2, '0')}`), n % 2 === 0 ? 'join' : 'leave', `guest${n}`)),
  happened(LOUNGE, at('07:21:00'), 'kick', 'eve', { actor: 'alice', reason: 'spam' }),
  gone,
  ...Array.from({ length: 120 }, (_, n) => said(LOUNGE, at(`12:${String(Math.floor(n / 2)).padStart(2, '0')}:${n % 2 === 0 ? '00' : '30'}`), `nick${n % 5}`, `line ${n}`)),
  said(LOUNGE, at('23:59:59'), 'alice', 'the last', { uid: 'last' })
]
const PAGES = ['/', '/r/lounge/', '/r/lounge/2026', '/r/lounge/2026-11', DAY, `${DAY}?events=full&tz=Asia/Kolkata`, '/r/lounge/m/first', '/search?q=line', '/search', '/about', '/privacy']
const NOT_FOUND = ['/nothing', '/r/lounge/2020-01-01']

let browser: Browser
let base: string
const ends: Array<() => Promise<void>> = []

before(async () => {
  if (noChromium !== false) return
  const { app, store } = await siteWith({ after: end => { ends.push(end) } }, [LOUNGE], talk)
  await remove(store, gone)
  base = await app.listen({ port: 0, host: '127.0.0.1' })
  browser = await launchChromium()
})

after(async () => {
  if (noChromium !== false) return
  await browser.close()
  for (const end of ends) await end()
})

interface Visit {
  readonly page: Page
  /** What the browser complained of, security policy violations among it, and requests to anywhere else. */
  readonly complaints: string[]
}

async function visit (path: string, options: BrowserContextOptions, use: (visit: Visit) => Promise<void>): Promise<void> {
  const context = await browser.newContext(options)
  try {
    const page = await context.newPage()
    const complaints: string[] = []
    page.on('console', message => { if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text()) })
    page.on('pageerror', error => { complaints.push(error.message) })
    page.on('request', request => { if (!request.url().startsWith(base)) complaints.push(`asked for ${request.url()}`) })
    await page.goto(base + path)
    await use({ page, complaints })
  } finally {
    await context.close()
  }
}

for (const width of [360, 1200]) {
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const path of [...PAGES, ...NOT_FOUND]) {
      test(`${path} fits ${width} pixels in ${colorScheme} and gives the browser nothing to complain of`, { skip: noChromium }, async () => {
        await visit(path, { viewport: { width, height: 800 }, colorScheme }, async ({ page, complaints }) => {
          const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')
          assert.ok(overflow <= 0, `${overflow} pixels too wide`)
          const expected = NOT_FOUND.includes(path) ? /status of 404/ : /^$/
          assert.deepEqual(complaints.filter(complaint => !expected.test(complaint)), [])
          const [ink, paper] = await Promise.all(['color', 'backgroundColor'].map(async property =>
            page.evaluate<string>(`getComputedStyle(document.documentElement).${property}`)))
          const [dark, light] = colorScheme === 'light' ? [ink, paper] : [paper, ink]
          assert.ok(brightness(dark) < 80 && brightness(light) > 200, String([ink, paper]))
        })
      })
    }
  }
}

test('a reader without script goes from home to a message and finds it by searching', { skip: noChromium }, async () => {
  await visit('/', { javaScriptEnabled: false, viewport: { width: 360, height: 800 } }, async ({ page, complaints }) => {
    await page.getByRole('link', { name: 'The Lounge' }).click()
    await page.getByRole('link', { name: 'Friday 20 November 2026' }).click()
    await page.getByRole('link', { name: /Wed 18 Nov/ }).first().click()
    assert.match(await page.locator('main').innerText(), /an earlier day/)
    await page.getByRole('searchbox').fill('second thing')
    await page.getByRole('searchbox').press('Enter')
    await page.getByTitle('Read it in its day').click()
    assert.equal(new URL(page.url()).hash, '#t071409b')
    assert.match(await page.locator(':target').innerText(), /A second thing/)
    await page.getByText('View', { exact: true }).click()
    await page.getByLabel('Show times in').fill('Asia/Tokyo')
    await page.getByRole('button', { name: 'Show' }).click()
    assert.match(await page.locator('#t071409').innerText(), /16:14/)
    assert.deepEqual(complaints, [])
  })
})

for (const width of [360, 1200]) {
  test(`a link to a message shows it below the heading that stays, marked, at ${width} pixels`, { skip: noChromium }, async () => {
    await visit(`${DAY}#t123000`, { javaScriptEnabled: false, viewport: { width, height: 600 } }, async ({ page }) => {
      const row = await page.locator('#t123000').boundingBox()
      const heading = await page.locator('#h12').boundingBox()
      assert.ok(row !== null && heading !== null)
      assert.ok(row.y >= heading.y + heading.height && row.y + row.height <= 600, JSON.stringify({ row, heading }))
    })
    await visit(`${DAY}#t123000`, { viewport: { width, height: 600 } }, async ({ page }) => {
      const background = (id: string) => page.evaluate<string>(`getComputedStyle(document.querySelector('${id}')).backgroundColor`)
      assert.notEqual(await background('#t123000'), await background('#t123030'))
    })
  })
}

test('no row of a message reaches out of its place', { skip: noChromium }, async () => {
  await visit(DAY, { viewport: { width: 360, height: 800 } }, async ({ page }) => {
    assert.equal(await page.title(), '20 November 2026 – The Lounge – Test logs')
    assert.ok(await page.evaluate<boolean>('[...document.querySelectorAll(".log > li")].every(row => getComputedStyle(row).overflow === "clip")'))
    const hidden = await page.evaluate<number>('(code => code.scrollWidth - code.clientWidth)(document.querySelector(".log code"))')
    assert.ok(hidden > 0, 'a long line of code scrolls inside its block')
  })
})

test('the keyboard reaches the content first, and the focus can be seen', { skip: noChromium }, async () => {
  await visit(DAY, {}, async ({ page }) => {
    await page.keyboard.press('Tab')
    const skip = page.locator('.skip')
    assert.equal(await page.evaluate<string>('document.activeElement.className'), 'skip')
    const box = await skip.boundingBox()
    assert.ok(box !== null && box.y >= 0)
    await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    assert.equal(await page.evaluate<string>('getComputedStyle(document.activeElement).outlineStyle'), 'solid')
  })
})

test('with script, a time tells the reader their own', { skip: noChromium }, async () => {
  await visit(DAY, { timezoneId: 'Asia/Tokyo', locale: 'en-GB' }, async ({ page }) => {
    await page.locator('#t071409 > a').hover()
    assert.match(await page.locator('#t071409 time').getAttribute('title') ?? '', /20 November 2026.*16:14:09/)
  })
})

test('what screen readers are told of a row is nick, text, then time', { skip: noChromium }, async () => {
  await visit(DAY, {}, async ({ page }) => {
    assert.equal((await page.locator('#t071409').textContent())?.replace(/\s+/g, ' '), 'alice Good morning, see https://example.org/paging (section 4.3). 07:14')
    const continued = await page.locator('#t071409b > bdi').boundingBox()
    assert.ok(continued !== null && continued.width <= 1, 'the nick of one who goes on is there, but not seen')
  })
})

test('on paper there is the talk, with the addresses of links, and no furniture', { skip: noChromium }, async () => {
  await visit(DAY, {}, async ({ page }) => {
    await page.emulateMedia({ media: 'print' })
    assert.ok(await page.locator('.top form').isHidden())
    assert.ok(await page.locator('.turn').first().isHidden())
    assert.match(await page.evaluate<string>('getComputedStyle(document.querySelector("#t071409 p a"), "::after").content'), /https:\/\/example\.org\/paging/)
  })
})

function brightness (colour: string | undefined): number {
  const channels = (colour ?? '').match(/\d+/g)?.slice(0, 3).map(Number) ?? []
  return channels.reduce((sum, channel) => sum + channel, 0) / 3
}
