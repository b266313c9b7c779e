import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createFind } from '../../src/archive/find.ts'
import type { Find } from '../../src/archive/find.ts'
import { createIndexFeed } from '../../src/archive/index-feed.ts'
import { silentLogger } from '../../src/log.ts'
import { createLocalIndex } from '../../src/search/local.ts'
import type { PublishedRoom } from '../../src/access/can-read.ts'
import type { RoomEvent } from '../../src/model/event.ts'
import type { WebServerOptions } from '../../src/web/site.ts'
import { siteWith } from './site-under-test.ts'
import type { SiteUnderTest } from './site-under-test.ts'

export interface SearchedSite extends SiteUnderTest {
  /** Brings the index up to the record. */
  index (): Promise<void>
}

/** A site whose search is the local engine itself, with all that is recorded in its index. */
export async function siteWithSearch (
  scope: { after (end: () => Promise<void>): void }, rooms: readonly PublishedRoom[], events: readonly RoomEvent[],
  more: Partial<WebServerOptions> = {}
): Promise<SearchedSite> {
  const directory = mkdtempSync(join(tmpdir(), 'hansard-site-search-'))
  const index = createLocalIndex({ path: join(directory, 'search.db'), log: silentLogger, readers: 1 })
  const real: { find?: Find } = {}
  const site = await siteWith(scope, rooms, events, { find: request => (real.find as Find)(request), ...more })
  real.find = createFind({ store: site.store, index })
  const feed = createIndexFeed({ store: site.store, index, log: silentLogger })
  await feed.advance()
  scope.after(async () => {
    await feed.stop()
    await index.close()
    rmSync(directory, { recursive: true })
  })
  return { ...site, index: () => feed.advance() }
}
