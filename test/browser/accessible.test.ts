import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import test from 'node:test'
import type { AxeResults } from 'axe-core'
import { PAGES, siteOfEveryPage } from '../web/every-page.ts'
import { noChromium } from './chromium.ts'
import { readSite } from './read-site.ts'
import { visit } from './visit.ts'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const LOOKS = [{ width: 360, colorScheme: 'light' }, { width: 1200, colorScheme: 'dark' }] as const

const on = readSite(async scope => siteOfEveryPage(scope))

for (const [path, status] of PAGES.filter(([path]) => path !== '/r/%ZZ/')) {
  test(`axe finds nothing on ${path}, in light and dark, narrow and wide`, { skip: noChromium }, async () => {
    await visit(on.browser, on.base, {}, async ({ page }) => {
      const answer = await page.goto(on.base + path)
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
