import type { FastifyInstance } from 'fastify'
import { sendPage } from '../answer.ts'
import { wordsOf } from '../language/tongues.ts'
import type { SiteInfo } from '../site.ts'

/** Where the page is asked for while a site is exported; the live site has no such route. */
export const EXPORTED_SEARCH_PATH = '/exported-search'

/** The search page of an exported site, which does with scripts what the live one does on the server. */
export function exportedSearchRoute (app: FastifyInstance, { rooms, scripts, site }: {
  /** Those that are listed. */
  readonly rooms: ReadonlyArray<{ readonly slug: string, readonly title: string }>
  /** Paths, in the order in which they are loaded. */
  readonly scripts: readonly string[]
  readonly site: Pick<SiteInfo, 'language'>
}): void {
  const { title } = wordsOf(site.language ?? 'en').search
  void app.register(async routes => {
    routes.get(EXPORTED_SEARCH_PATH, async (_request, reply) =>
      sendPage(reply, 'exported-search', { head: { title }, rooms, scripts }))
  })
}
