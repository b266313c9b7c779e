import type { Browser, BrowserContextOptions, Page } from 'playwright-core'

export interface Visit {
  readonly page: Page
  /** What the browser complained of, violations of the security policy among it, and requests to anywhere else. */
  readonly complaints: string[]
}

/** Opens pages of the site at `base` in a browser of its own, and closes it when `use` is done. */
export async function visit (
  browser: Browser, base: string, options: BrowserContextOptions, use: (visit: Visit) => Promise<void>
): Promise<void> {
  const context = await browser.newContext(options)
  try {
    const page = await context.newPage()
    const complaints: string[] = []
    page.on('console', message => { if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text()) })
    page.on('pageerror', error => { complaints.push(error.message) })
    page.on('dialog', dialog => { complaints.push(`asked: ${dialog.message()}`); void dialog.dismiss() })
    page.on('popup', popup => { complaints.push(`opened ${popup.url()}`) })
    page.on('request', request => { if (!request.url().startsWith(base)) complaints.push(`asked for ${request.url()}`) })
    await use({ page, complaints })
  } finally {
    await context.close()
  }
}
