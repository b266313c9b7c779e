import type { FastifyInstance } from 'fastify'
import { sendPage } from '../answer.ts'

/** Where the page is asked for while a site is exported; the live site has no such route. */
export const EXPORTED_SEARCH_PATH = '/exported-search'

/** The search page of an exported site, which does with scripts what the live one does on the server. */
export function exportedSearchRoute (app: FastifyInstance, { rooms, scripts, title }: {
  /** Those that are listed. */
  readonly rooms: ReadonlyArray<{ readonly slug: string, readonly title: string }>
  /** Paths, in the order in which they are loaded. */
  readonly scripts: readonly string[]
  readonly title: string
}): void {
  void app.register(async routes => {
    routes.get(EXPORTED_SEARCH_PATH, async (_request, reply) =>
      sendPage(reply, 'exported-search', { head: { title: `Search – ${title}` }, rooms, scripts }))
  })
}
