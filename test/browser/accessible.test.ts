import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import test, { after, before } from 'node:test'
import type { AxeResults } from 'axe-core'
import type { Browser } from 'playwright-core'
import { PAGES, siteOfEveryPage } from '../web/every-page.ts'
import { launchChromium, noChromium } from './chromium.ts'
import { visit } from './visit.ts'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const LOOKS = [360, 1200].flatMap(width => (['light', 'dark'] as const).map(colorScheme => ({ width, colorScheme })))

let browser: Browser
let base: string
const ends: Array<() => Promise<void>> = []

before(async () => {
  if (noChromium !== false) return
  const { app } = await siteOfEveryPage({ after: end => { ends.push(end) } })
  base = await app.listen({ port: 0, host: '127.0.0.1' })
  browser = await launchChromium()
})

after(async () => {
  if (noChromium !== false) return
  await browser.close()
  for (const end of ends) await end()
})

for (const [path, status] of PAGES.filter(([path]) => path !== '/r/%ZZ/')) {
  test(`axe finds nothing on ${path}, in light and dark, narrow and wide`, { skip: noChromium }, async () => {
    await visit(browser, base, {}, async ({ page }) => {
      const answer = await page.goto(base + path)
      assert.equal(answer?.status(), status)
      await page.evaluate(AXE)
      for (const { width, colorScheme } of LOOKS) {
        await page.setViewportSize({ width, height: 800 })
        await page.emulateMedia({ colorScheme })
        // What is folded away is read as well.
        await page.evaluate('for (const details of document.querySelectorAll("details")) details.open = true')
        const { violations } = await page.evaluate<AxeResults>('axe.run(document, { resultTypes: ["violations"] })')
        const found = violations.flatMap(({ id, help, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${help}: ${html.slice(0, 200)} ${failureSummary ?? ''}`))
        assert.deepEqual(found, [], `${width} pixels, ${colorScheme}`)
      }
    })
  })
}
