import type { Directory } from '../access/directory.ts'
import type { Find } from '../archive/find.ts'
import type { ArchiveStore } from '../archive/store.ts'
import type { Logger } from '../log.ts'
import type { Language } from '../search/stem.ts'

export interface SiteInfo {
  readonly title: string
  /** Where the site stands, without a path: https://logs.example.org */
  readonly url: string
  readonly description?: string
}

/** What /healthz says. */
export interface HealthReport {
  readonly isHealthy: boolean
  /** Anything more, by name: `{ store: 'ok', xmpp: 'offline' }`. Shown to everybody who asks. */
  readonly checks: Readonly<Record<string, string | number | boolean>>
}

export interface WebServerOptions {
  readonly store: ArchiveStore
  readonly find: Find
  readonly directory: Directory
  readonly site: SiteInfo
  /** The folder of the templates, with `static` inside. */
  readonly viewsDir: string
  readonly log: Logger
  /** Whose word forms the search finds, so that hits are marked in the same way. English where none are given. */
  readonly searchLanguages?: readonly Language[]
  readonly health: () => Promise<HealthReport>
  /** Behind a proxy: take the client's address from X-Forwarded-For. See Fastify's option of this name. */
  readonly trustProxy?: boolean | string | string[]
  /** Milliseconds since 1970; which day is today. */
  readonly now?: () => number
}

/** What routes are made from. */
export interface Site extends Pick<WebServerOptions, 'store' | 'find' | 'directory' | 'searchLanguages' | 'health'> {
  readonly info: SiteInfo
  readonly now: () => number
  /** Changes with the templates and this program: part of every validator. */
  readonly edition: string
}
