import assert from 'node:assert/strict'
import test from 'node:test'
import type { Page } from 'playwright-core'
import { amend, fullTalk } from '../web/full-talk.ts'
import { published, siteWith } from '../web/site-under-test.ts'
import { noChromium } from './chromium.ts'
import { readSite } from './read-site.ts'

const LOUNGE = published('lounge', 'indexed', { title: 'The Lounge', showsEdits: true })
const DAY = '/r/lounge/2026-11-20'
const on = readSite(async scope => {
  const site = await siteWith(scope, [LOUNGE], fullTalk(LOUNGE))
  await amend(site.store, LOUNGE)
  return site
})

async function visit (path: string, width: number, use: (page: Page) => Promise<void>): Promise<void> {
  const context = await on.browser.newContext({ viewport: { width, height: 800 }, javaScriptEnabled: false })
  try {
    const page = await context.newPage()
    const complaints: string[] = []
    page.on('console', message => { if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text()) })
    page.on('request', request => { if (!request.url().startsWith(on.base)) complaints.push(`asked for ${request.url()}`) })
    await page.goto(on.base + path)
    await use(page)
    assert.deepEqual(complaints.filter(complaint => !complaint.includes('status of 410')), [])
  } finally {
    await context.close()
  }
}

for (const width of [360, 1200]) {
  test(`all that a message can be fits ${width} pixels, opened too, and nothing is fetched from elsewhere`, { skip: noChromium }, async () => {
    for (const path of [DAY, `${DAY}?events=full`, '/r/lounge/m/meeting', '/r/lounge/m/gone-1', '/search?q=the']) {
      await visit(path, width, async page => {
        for (const summary of await page.locator('.log details > summary').all()) await summary.click()
        assert.ok(await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth') <= 0, path)
        const outside = await page.evaluate<string[]>(`[...document.querySelectorAll('.log > li')].filter(row =>
          [...row.querySelectorAll(':scope > div > *')].some(part => part.getBoundingClientRect().right > row.getBoundingClientRect().right + 1)).map(row => row.id)`)
        assert.deepEqual(outside, [], path)
      })
    }
  })

  test(`what stands beside a message does not cover its time, at ${width} pixels`, { skip: noChromium }, async () => {
    await visit(DAY, width, async page => {
      for (const id of ['t090100', 't090200', 't090300', 't092000', 't092100', 't093000', 't094000', 't095100']) {
        const row = page.locator(`#${id}`)
        const [said, time] = [await row.locator('> div').boundingBox(), await row.locator('> a').boundingBox()]
        assert.ok(said !== null && time !== null)
        const isApart = said.x + said.width <= time.x || time.x + time.width <= said.x || time.y + time.height <= said.y + 1
        assert.ok(isApart, `${id}: ${JSON.stringify({ said, time })}`)
      }
    })
  })

  test(`a spoiler is not seen until it is opened, at ${width} pixels`, { skip: noChromium }, async () => {
    await visit(DAY, width, async page => {
      const secret = page.getByText('The butler did it.')
      assert.ok(!await secret.isVisible())
      await page.getByText('Spoiler: the end of the film').click()
      assert.ok(await secret.isVisible())
    })
  })
}

test('an answer leads to what it answers, the mark of an edit to what was said before', { skip: noChromium }, async () => {
  await visit(DAY, 360, async page => {
    await page.locator('#t090200').getByRole('link', { name: /carol/ }).click()
    assert.match(await page.locator('[aria-current]').innerText(), /Who brings the cake\?/)
  })
  await visit(DAY, 1200, async page => {
    await page.locator('#t090100').getByRole('link', { name: 'edited' }).click()
    assert.match(await page.locator('section[aria-labelledby=edits]').innerText(), /What it said before[\s\S]*Tuseday[\s\S]*Wednesday/)
  })
})

test('a link to a message that was removed with others finds their line', { skip: noChromium }, async () => {
  await visit(`${DAY}#t091100`, 360, async page => {
    assert.match(await page.locator('li:has(#t091100)').innerText(), /3 messages removed by a moderator: off topic/)
    const box = await page.locator('li:has(#t091100)').boundingBox()
    assert.ok(box !== null && box.y >= 0 && box.y < 800)
    assert.notEqual(
      await page.evaluate<string>('getComputedStyle(document.querySelector("#t091000")).backgroundColor'),
      await page.evaluate<string>('getComputedStyle(document.querySelector("#t091130")).backgroundColor'))
  })
})

test('styles are seen as what they are', { skip: noChromium }, async () => {
  await visit(DAY, 1200, async page => {
    const style = (selector: string, property: string) => page.evaluate<string>(`getComputedStyle(document.querySelector('#t094000 ${selector}')).${property}`)
    assert.ok(Number(await style('strong', 'fontWeight')) >= 600)
    assert.equal(await style('em', 'fontStyle'), 'italic')
    assert.match(await style('del', 'textDecorationLine'), /line-through/)
    assert.match(await style('code', 'fontFamily'), /mono/i)
    assert.notEqual(await style('blockquote', 'borderLeftStyle'), 'none')
    assert.equal(await style('pre code', 'display'), 'block')
  })
})
