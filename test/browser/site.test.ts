import assert from 'node:assert/strict'
import test from 'node:test'
import type { BrowserContextOptions, Page } from 'playwright-core'
import type { ArchiveTime } from '../../src/model/archive-time.ts'
import type { Gap } from '../../src/model/gap.ts'
import { happened, published, remove, said, siteWith } from '../web/site-under-test.ts'
import { noChromium } from './chromium.ts'
import { readSite } from './read-site.ts'

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
  happened(LOUNGE, at('07:22:00'), 'leave', '', { crowd: Array.from({ length: 500 }, (_, n) => ({ nick: n === 3 ? 'a-very-long-nickname-that-nobody-would-type' : `visitor${n}` })) }),
  happened(LOUNGE, at('08:00:00'), 'message', 'bob', { encrypted: 'eu.siacs.conversations.axolotl' }),
  gone,
  ...Array.from({ length: 120 }, (_, n) => said(LOUNGE, at(`12:${String(Math.floor(n / 2)).padStart(2, '0')}:${n % 2 === 0 ? '00' : '30'}`), `nick${n % 5}`, `line ${n}`)),
  said(LOUNGE, at('23:59:59'), 'alice', 'the last', { uid: 'last' })
]
const gaps: Gap[] = [
  { room: LOUNGE.jid, from: '2026-11-18T22:10:00.000000Z' as ArchiveTime, to: '2026-11-20T05:30:00.000000Z' as ArchiveTime, cause: 'killed', problem: 'expired' },
  { room: LOUNGE.jid, from: '2026-11-20T09:14:09.000000Z' as ArchiveTime, to: '2026-11-20T09:31:50.000000Z' as ArchiveTime, cause: 'disconnected', problem: 'no-archive' },
  { room: LOUNGE.jid, from: '2026-11-21T09:00:00.000000Z' as ArchiveTime, cause: 'removed' }
]
const PAGES = ['/', '/r/lounge/', '/r/lounge/2026', '/r/lounge/2026-11', DAY, `${DAY}?events=full&tz=Asia/Kolkata`, '/r/lounge/m/first', '/search?q=line', '/search', '/about', '/privacy', '/r/lounge/2026-11-19', '/r/lounge/2026-11-21']
const NOT_FOUND = ['/nothing', '/r/lounge/2020-01-01']

const on = readSite(async scope => {
  const site = await siteWith(scope, [LOUNGE], talk)
  await remove(site.store, gone)
  await site.store.putGaps(gaps)
  return site
})

interface Visit {
  readonly page: Page
  /** What the browser complained of, security policy violations among it, and requests to anywhere else. */
  readonly complaints: string[]
}

async function visit (path: string, options: BrowserContextOptions, use: (visit: Visit) => Promise<void>): Promise<void> {
  const context = await on.browser.newContext(options)
  try {
    const page = await context.newPage()
    const complaints: string[] = []
    page.on('console', message => { if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text()) })
    page.on('pageerror', error => { complaints.push(error.message) })
    page.on('request', request => { if (!request.url().startsWith(on.base)) complaints.push(`asked for ${request.url()}`) })
    await page.goto(on.base + path)
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

for (const width of [360, 1200]) {
  test(`what is missing stands between what was said, quietly and to be read, at ${width} pixels`, { skip: noChromium }, async () => {
    await visit(DAY, { javaScriptEnabled: false, viewport: { width, height: 800 } }, async ({ page }) => {
      const hole = page.locator('.g').nth(1)
      assert.equal(await hole.innerText(),
        'Not recorded from 09:14:09 to 09:31:50 (17 minutes): connection to the server lost; the room keeps no archive to recover it from.')
      const [before, box, after] = await Promise.all([page.locator('#t080000'), hole, page.locator('#t110000')].map(async row => row.boundingBox()))
      assert.ok(before && box && after && before.y + before.height <= box.y && box.y + box.height <= after.y)
      assert.ok(await contrastOf(page, '.g > p') >= 4.5)
      assert.match(await page.locator('#h00 + ol > li').first().innerText(), /Not recorded from 22:10:00 on 18 November 2026 to 05:30:00 \(1 day 7 hours\)/)
    })
  })

  test(`a crowd is one line that opens without script, at ${width} pixels`, { skip: noChromium }, async () => {
    await visit(DAY, { javaScriptEnabled: false, viewport: { width, height: 800 } }, async ({ page, complaints }) => {
      const row = page.locator('#t072200')
      assert.match(await row.innerText(), /500 people left: visitor0, visitor1, .* and 490 more/)
      assert.ok(!(await row.innerText()).includes('visitor499'))
      await row.locator('summary').click()
      assert.ok((await row.innerText()).includes('visitor499'))
      assert.ok(await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth') <= 0)
      const [names, link] = [await row.locator('details').boundingBox(), await row.locator('a').boundingBox()]
      assert.ok(names && link && (link.x + link.width <= names.x || names.x + names.width <= link.x), 'the names do not cover the time')
      assert.deepEqual(complaints, [])
    })
  })

  test(`an encrypted message is told from a text that says so, at ${width} pixels`, { skip: noChromium }, async () => {
    await visit(DAY, { viewport: { width, height: 800 } }, async ({ page }) => {
      assert.match(await page.locator('#t080000').innerText(), /^bob\s+encrypted message/)
      assert.equal(await page.evaluate<string>('getComputedStyle(document.querySelector("#t080000 p")).fontStyle'), 'italic')
      assert.ok(await contrastOf(page, '#t080000 p') >= 4.5)
    })
  })
}

test('a calendar tells days that are not complete from others, also to who sees no colours', { skip: noChromium }, async () => {
  await visit('/r/lounge/2026-11', { viewport: { width: 360, height: 800 } }, async ({ page }) => {
    const day = page.getByRole('cell').getByRole('link', { name: '19', exact: true })
    assert.equal(await day.getAttribute('title'), 'not recorded')
    assert.equal(await page.evaluate<string>('getComputedStyle(document.querySelector(".hole")).outlineStyle'), 'dashed')
    await day.click()
    assert.match(await page.locator('main').innerText(), /Nothing is recorded of this day\./)
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

/** WCAG 2.1: the contrast of an element's text with the nearest background behind it. */
async function contrastOf (page: Page, selector: string): Promise<number> {
  const [ink, paper] = await page.evaluate<[string, string]>(`(element => {
    let behind = element
    while (getComputedStyle(behind).backgroundColor === 'rgba(0, 0, 0, 0)') behind = behind.parentElement
    return [getComputedStyle(element).color, getComputedStyle(behind).backgroundColor]
  })(document.querySelector('${selector}'))`)
  const [low, high] = [luminance(ink), luminance(paper)].sort((a, b) => a - b) as [number, number]
  return (high + 0.05) / (low + 0.05)
}

function luminance (colour: string): number {
  const [red = 0, green = 0, blue = 0] = (colour.match(/\d+/g) ?? []).slice(0, 3).map(channel => {
    const value = Number(channel) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
