import type { PublishedRoom } from '../access/can-read.ts'
import type { ArchiveStore } from '../archive/store.ts'
import { HansardError } from '../model/errors.ts'
import { createWebServer } from '../web/server.ts'
import { createAsk } from './pages.ts'
import type { StaticSiteOptions } from './static-site.ts'
import { isWithin, withinDays } from './within.ts'
import type { DayRange } from './within.ts'

export type TextsOptions = DayRange & Pick<StaticSiteOptions, 'directory' | 'rooms' | 'site' | 'viewsDir' | 'log'> & { readonly store: ArchiveStore }

/** Every day on which somebody spoke as text, as the site gives it, each under a line that names its room and day. */
export async function * exportTexts (options: TextsOptions): AsyncGenerator<string> {
  const { directory, rooms, site, viewsDir, log } = options
  const store = withinDays(options.store, options)
  const web = createWebServer({ store, directory, site, viewsDir, log, health: async () => ({ status: 'ok', checks: {} }), find: noSearch })
  const slugs = new Set(rooms.map(({ slug }) => slug))
  const ask = createAsk(web, { rooms: slugs, hasTime: (_slug, part) => isWithin(part, options), pages: new Set() })
  try {
    for (const room of rooms) yield * textsOf(room, store, ask)
  } finally {
    await web.close()
  }
}

async function * textsOf (room: PublishedRoom, store: ArchiveStore, ask: ReturnType<typeof createAsk>): AsyncGenerator<string> {
  for (const { day } of await store.days(room.jid)) {
    const answer = await ask(`/r/${room.slug}/${day}.txt`)
    if (answer !== undefined) yield `== ${room.jid} ${day} ==\n${String(answer.content())}\n`
  }
}

async function noSearch (): Promise<never> {
  throw new HansardError('ERR_SEARCH', 'Cannot search while days are exported')
}
