import { HansardError } from '../model/errors.ts'
import type { createWebServer } from '../web/server.ts'
import { fileOf, relativeLinks } from './links.ts'
import type { Reach } from './links.ts'

/** A page or another file of the site, as it goes into the folder. */
export interface Answer {
  readonly file: string
  /** With links to what is known to be exported by now. */
  content (): string | Buffer
  /** As the site made it, with its own links. */
  readonly page: string | Buffer
  readonly validator: string
  /** It stands as the validator says that was asked with: there is no content. */
  readonly isUnchanged: boolean
}

/** Asks the site; undefined where it has no such page. Throws ERR_STORE when it cannot answer. */
export type Ask = (path: string, validator?: string, as?: string) => Promise<Answer | undefined>

export type Web = ReturnType<typeof createWebServer>

/** The site itself makes every page, as for any reader; here its answers become files. */
export function createAsk (web: Web, reach: Reach): Ask {
  return async (path, validator, as = path) => {
    const { statusCode, headers, rawPayload } = await web.inject({
      url: path,
      headers: { host: 'export.invalid', ...validator !== undefined && { 'if-none-match': validator } }
    })
    const file = fileOf(new URL(as, 'http://export.invalid').pathname, reach)
    if (statusCode === 404 || statusCode === 410 || file === undefined) return undefined
    const tag = String(headers['etag'] ?? '')
    if (statusCode === 304) return { file, content: () => '', page: '', validator: tag === '' ? validator ?? '' : tag, isUnchanged: true }
    if (statusCode !== 200) throw new HansardError('ERR_STORE', `Cannot export ${path}: the site answers ${statusCode}, expected a page`)
    const isPage = String(headers['content-type']).startsWith('text/html')
    const page = isPage ? rawPayload.toString() : rawPayload
    const content = (): string | Buffer => typeof page === 'string' ? relativeLinks(withRobots(page, headers['x-robots-tag']), file, reach) : page
    return { file, content, page, validator: tag, isUnchanged: false }
  }
}

// A file has no headers: what search engines are told by one stands in the page.
function withRobots (page: string, robots: unknown): string {
  return typeof robots === 'string' ? page.replace('<head>\n', `<head>\n<meta name="robots" content="${robots}">\n`) : page
}
