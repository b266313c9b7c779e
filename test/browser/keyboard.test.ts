import assert from 'node:assert/strict'
import test from 'node:test'
import type { Page } from 'playwright-core'
import { siteOfEveryPage } from '../web/every-page.ts'
import { noChromium } from './chromium.ts'
import { readSite } from './read-site.ts'
import { visit } from './visit.ts'

const on = readSite(async scope => siteOfEveryPage(scope))

/** Goes on with the Tab key to what fits the selector; what has the focus on the way can be seen. */
async function tabTo (page: Page, selector: string): Promise<void> {
  for (let presses = 0; presses < 300; presses++) {
    await page.keyboard.press('Tab')
    const [fits, isSeen] = await page.evaluate<[boolean, boolean]>(`(() => {
      const element = document.activeElement
      const { width, height } = element.getBoundingClientRect()
      return [element.matches(${JSON.stringify(selector)}), width > 0 && height > 0 && getComputedStyle(element).outlineStyle !== 'none']
    })()`)
    assert.ok(isSeen, `what has the focus after ${presses + 1} presses on the way to ${selector} cannot be seen`)
    if (fits) return
  }
  assert.fail(`the keyboard does not reach ${selector}`)
}

async function follow (page: Page, selector: string): Promise<string> {
  await tabTo(page, selector)
  const before = page.url()
  const leads = page.waitForURL(url => url.href !== before)
  await page.keyboard.press('Enter')
  await leads
  return page.url().slice(on.base.length)
}

test('the keyboard alone leads from home to a message in its day', { skip: noChromium }, async () => {
  await visit(on.browser, on.base, { viewport: { width: 360, height: 800 } }, async ({ page, complaints }) => {
    await page.goto(`${on.base}/`)
    assert.equal(await follow(page, '.rooms a[href="/r/lounge/"]'), '/r/lounge/')
    assert.equal(await follow(page, '.days a[href="/r/lounge/2026-11-20"]'), '/r/lounge/2026-11-20')
    assert.equal(await follow(page, '.skip'), '/r/lounge/2026-11-20#main')
    assert.equal(await follow(page, '.log a[href="#t090100"]'), '/r/lounge/2026-11-20#t090100')
    assert.match(await page.locator(':target').innerText(), /The meeting is on \*Tuesday\*/)
    assert.deepEqual(complaints, [])
  })
})

test('the keyboard alone searches, and leads from a hit to the message by itself and back to its day', { skip: noChromium }, async () => {
  await visit(on.browser, on.base, { viewport: { width: 1200, height: 800 } }, async ({ page, complaints }) => {
    await page.goto(`${on.base}/`)
    await tabTo(page, 'input[type=search]')
    await page.keyboard.type('cake from:carol')
    const found = page.waitForURL(/\/search/)
    await page.keyboard.press('Enter')
    await found
    assert.equal(await follow(page, 'a[href="/r/lounge/m/cake"]'), '/r/lounge/m/cake')
    await tabTo(page, 'a.long')
    assert.equal(await page.evaluate('document.activeElement.href'), 'https://logs.example.org/r/lounge/m/cake')
    await page.goBack()
    await page.goForward()
    assert.equal(await follow(page, '.go a'), '/r/lounge/2026-11-19#t200000')
    assert.deepEqual(complaints, [])
  })
})
