import type { Directory } from './access/directory.ts'
import type { Live } from './archive/live.ts'
import type { Config } from './config/config.ts'
import type { Health } from './health.ts'
import { inTurn } from './in-turn.ts'
import type { Logger } from './log.ts'
import type { Metrics } from './metrics.ts'
import { HansardError, messageOf } from './model/errors.ts'
import { languagesOf } from './open.ts'
import type { OpenRecord } from './record.ts'
import { editionOf, loadAssets } from './web/assets.ts'
import { followChanges } from './web/kept/follow-changes.ts'
import { createKeptFiles } from './web/kept/kept-files.ts'
import { createWebServer } from './web/server.ts'
import { VIEWS } from './web/templates.ts'

/** The site of the running program. */
export interface ServedSite {
  /** Resolves to the address of the site; ERR_CONFIG where it cannot be had. */
  listen (): Promise<string>
  /** Pages that are kept follow the changes of the record. */
  advance (): Promise<void>
  close (): Promise<void>
}

export interface ServeSiteOptions {
  readonly config: Config
  readonly record: Pick<OpenRecord, 'store' | 'find' | 'feed'>
  readonly directory: Directory
  readonly live: Live
  readonly metrics: Metrics
  readonly health: Health
  readonly log: Logger
}

export function serveSite ({ config, record: { store, find, feed }, directory, live, metrics, health, log }: ServeSiteOptions): ServedSite {
  const { host, port, trustProxy, crawlers } = config.http
  const kept = createKeptFiles({
    path: config.site.cache,
    edition: editionOf(loadAssets(VIEWS, config.site), config.site),
    store,
    maxBytes: config.site.cacheBytes,
    log
  })
  const keptChanges = followChanges({
    store,
    kept,
    rooms: config.rooms.filter(({ level }) => level !== 'off').map(({ jid }) => jid),
    log
  })
  const web = createWebServer({
    store,
    find,
    directory,
    site: config.site,
    viewsDir: VIEWS,
    theme: config.site,
    searchLanguages: languagesOf(config.search),
    kept,
    crawlers,
    live,
    trustProxy: typeof trustProxy === 'boolean' ? trustProxy : [...trustProxy],
    log,
    health: () => health.report(),
    searchState () {
      const { isPartial, behindSince } = feed.status()
      return { isPartial, behind: behindSince === undefined ? 0 : Math.floor((Date.now() - behindSince) / 1000) }
    },
    metrics,
    metricsFrom: config.http.metrics,
    onAnswered (route, status, seconds) { metrics.http(route, status, seconds) }
  })

  return {
    listen: () => web.listen({ host, port }).catch((cause: unknown) => {
      throw new HansardError('ERR_CONFIG', `Cannot serve the site: ${messageOf(cause)}; expected http.host and http.port that are free here`, { cause })
    }),
    advance: () => keptChanges.advance(),
    close: () => inTurn(() => web.close(), () => keptChanges.stop())
  }
}
