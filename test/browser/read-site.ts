import { after, before } from 'node:test'
import type { Browser } from 'playwright-core'
import type { siteWith, SiteUnderTest } from '../web/site-under-test.ts'
import { openChromium, noChromium } from './chromium.ts'

/** There from the first test of a file to the last. */
export interface ReadSite {
  readonly browser: Browser
  /** Where the site answers. */
  readonly base: string
}

type Scope = Parameters<typeof siteWith>[0]

/** For the tests of a file: a site, and a browser to read it with. */
export function readSite (open: (scope: Scope) => Promise<Pick<SiteUnderTest, 'app'>>): ReadSite {
  const ends: Array<() => Promise<void>> = []
  const running: { browser?: Browser, base?: string } = {}
  before(async () => {
    if (noChromium !== false) return
    const { app } = await open({ after: end => { ends.push(end) } })
    running.base = await app.listen({ port: 0, host: '127.0.0.1' })
    running.browser = await openChromium()
  })
  after(async () => {
    for (const end of ends) await end()
  })
  return running as ReadSite
}
