import assert from 'node:assert/strict'
import test from 'node:test'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { happened, published, said, siteWith } from '../web/site-under-test.ts'
import { noChromium } from './chromium.ts'
import { readSite } from './read-site.ts'

const LOUNGE = published('lounge', 'indexed', { title: 'The Lounge' })
const DAY = '/r/lounge/2026-11-20'
const at = (clock: string) => `2026-11-20T${clock}`
const talk = [
  said(LOUNGE, at('07:00:00'), 'alice', 'the first', { uid: 'first' }),
  said(LOUNGE, at('07:00:00'), 'alice', 'the second\nof two lines', { uid: 'second' }),
  happened(LOUNGE, at('07:01:00'), 'kick', 'eve', { actor: 'alice' }),
  said(LOUNGE, at('07:02:00'), 'bob', '/me waves', { uid: 'third' }),
  ...Array.from({ length: 60 }, (_, n) => said(LOUNGE, at(`08:${String(n).padStart(2, '0')}:00`), 'carol', `line ${n}`, { uid: `l${n}` }))
]

const on = readSite(async scope => siteWith(scope, [LOUNGE], talk))

async function visit (path: string, use: (page: Page) => Promise<void>, options: BrowserContextOptions = {}): Promise<void> {
  const context = await on.browser.newContext({ viewport: { width: 800, height: 600 }, permissions: ['clipboard-read', 'clipboard-write'], ...options })
  try {
    const page = await context.newPage()
    const complaints: string[] = []
    page.on('console', message => { if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text()) })
    page.on('pageerror', error => { complaints.push(error.message) })
    await page.goto(on.base + path)
    await use(page)
    assert.deepEqual(complaints, [])
  } finally {
    await context.close()
  }
}

const focused = async (page: Page): Promise<string> => page.evaluate<string>('document.activeElement.textContent.replace(/\\s+/g, " ").trim()')
const clipboard = async (page: Page): Promise<string> => page.evaluate<string>('navigator.clipboard.readText()')
const told = async (page: Page, text: string): Promise<void> => page.getByRole('status').filter({ hasText: text }).waitFor()

test('j and k go from message to message, which are focused and in sight', { skip: noChromium }, async () => {
  await visit(DAY, async page => {
    await page.keyboard.press('j')
    assert.match(await focused(page), /the first/)
    await page.keyboard.press('j')
    assert.match(await focused(page), /the second/)
    assert.notEqual(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle'), 'none')
    await page.keyboard.press('k')
    await page.keyboard.press('k')
    await told(page, 'This is the first message.')
    for (let n = 0; n < 40; n++) await page.keyboard.press('j')
    assert.match(await focused(page), /line 36/)
    const { top, bottom } = await page.evaluate<{ top: number, bottom: number }>('document.activeElement.getBoundingClientRect().toJSON()')
    assert.ok(top >= 0 && bottom <= 600, `${top} ${bottom}`)
    assert.equal(await page.locator('.log > li[tabindex]').count(), 1)
    // From there Tab goes on as everywhere.
    await page.keyboard.press('Tab')
    assert.equal(await page.evaluate('document.activeElement.tagName'), 'A')
  })
})

test('keys are letters while somebody types, and with other keys held', { skip: noChromium }, async () => {
  await visit(DAY, async page => {
    await page.keyboard.press('/')
    await page.keyboard.type('jk?c')
    assert.equal(await page.getByRole('searchbox').inputValue(), 'jk?c')
    await page.getByRole('searchbox').blur()
    await page.keyboard.press('Alt+j')
    assert.equal(await page.locator('.log > li[tabindex]').count(), 0)
  })
})

test('? shows the keys, which can be switched off for good', { skip: noChromium }, async () => {
  await visit(DAY, async page => {
    await page.keyboard.press('?')
    const dialog = page.getByRole('dialog', { name: 'Keys' })
    await dialog.waitFor()
    assert.match(await dialog.innerText(), /next message/)
    await dialog.getByLabel('Use these keys').uncheck()
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'hidden' })
    await page.reload()
    await page.keyboard.press('j')
    assert.equal(await page.locator('.log > li[tabindex]').count(), 0)
    await page.getByRole('button', { name: 'Keys' }).click()
    await dialog.getByLabel('Use these keys').check()
    await dialog.getByRole('button', { name: 'Close' }).click()
    await page.keyboard.press('j')
    assert.equal(await page.locator('.log > li[tabindex]').count(), 1)
  })
})

test('by keys alone from home to a message and its copied link', { skip: noChromium }, async () => {
  await visit('/', async page => {
    const follow = async (name: string): Promise<void> => {
      for (let n = 0; n < 80; n++) {
        await page.keyboard.press('Tab')
        if ((await focused(page)).startsWith(name)) break
      }
      await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')])
    }
    await follow('The Lounge')
    await follow('Friday 20 November 2026')
    await page.keyboard.press('j')
    await page.keyboard.press('j')
    await page.keyboard.press('c')
    await told(page, 'Copied')
    assert.equal(await clipboard(page), 'https://logs.example.org/r/lounge/m/second')
  })
})

test('by keys a range is selected, its excerpt linked and its text copied; Esc ends it', { skip: noChromium }, async () => {
  await visit(DAY, async page => {
    for (const key of ['j', 'j', 's', 'j', 'j']) await page.keyboard.press(key)
    await told(page, 'Selected: 3 messages')
    assert.equal(await page.locator('.log > .sel').count(), 3)
    await page.keyboard.press('c')
    await told(page, 'Copied')
    assert.equal(await clipboard(page), 'https://logs.example.org/r/lounge/excerpt?from=second&to=third')
    const button = page.getByRole('button', { name: 'Copy as text' })
    await button.focus()
    await page.keyboard.press('Enter')
    await page.waitForFunction('navigator.clipboard.readText().then(text => text.includes("***"))')
    assert.equal(await clipboard(page), [
      '[2026-11-20 07:00:00] <alice> the second\n    of two lines', '[2026-11-20 07:01:00] *** eve was kicked by alice', '[2026-11-20 07:02:00] * bob waves'
    ].join('\n'))
    await page.keyboard.press('Escape')
    assert.equal(await page.locator('.log > .sel').count(), 0)
    assert.ok(await page.getByRole('group', { name: 'Selected' }).isHidden())
  })
})

test('a time is clicked for its message, another with Shift for all up to it; no excerpt ends with a kick', { skip: noChromium }, async () => {
  await visit(DAY, async page => {
    await page.locator('#t070000 > a').click()
    assert.equal(new URL(page.url()).hash, '#t070000')
    await told(page, 'Selected: 1 message')
    await page.locator('#t070100 > a').click({ modifiers: ['Shift'] })
    await told(page, 'Selected: 3 messages')
    await page.getByRole('button', { name: 'Copy link' }).click()
    await told(page, 'Copied')
    assert.equal(await clipboard(page), 'https://logs.example.org/r/lounge/excerpt?from=first&to=second')
  })
})

test('by touch at 360 pixels a time is tapped, and then the one up to which is selected', { skip: noChromium }, async () => {
  await visit(DAY, async page => {
    await page.locator('#t070000b > a').tap()
    await page.getByRole('button', { name: 'Select up to' }).tap()
    await told(page, 'Now choose the last message')
    await page.locator('#t070200 > a').tap()
    await told(page, 'Selected: 3 messages')
    const box = await page.getByRole('group', { name: 'Selected' }).boundingBox()
    assert.ok(box !== null && box.x >= 0 && box.x + box.width <= 360)
  }, { viewport: { width: 360, height: 700 }, hasTouch: true, isMobile: true })
})

test('where the clipboard may not be written, the link is there to be copied by hand', { skip: noChromium }, async () => {
  await visit(DAY, async page => {
    await page.evaluate('navigator.clipboard.write = async () => { throw new Error("no") }')
    await page.keyboard.press('j')
    await page.keyboard.press('c')
    await told(page, 'Copy it from here')
    assert.equal(await page.getByLabel('Copy it from here').inputValue(), 'https://logs.example.org/r/lounge/m/first')
  })
})

test('hits are gone through too, and copied with their own links', { skip: noChromium }, async () => {
  await visit('/search?q=waves', async page => {
    await page.locator('.hit > a').focus()
    await page.keyboard.press('c')
    await told(page, 'Copied')
    assert.match(await clipboard(page), /\/r\/lounge\/m\/third$/)
  })
})

test('without script nothing of this is there', { skip: noChromium }, async () => {
  await visit(DAY, async page => {
    assert.equal(await page.locator('.bar, dialog, [tabindex]').count(), 0)
  }, { javaScriptEnabled: false })
})
