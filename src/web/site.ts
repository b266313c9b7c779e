import type { Directory } from '../access/directory.ts'
import type { Find } from '../archive/find.ts'
import type { Live } from '../archive/live.ts'
import type { ArchiveStore } from '../archive/store.ts'
import type { Logger } from '../log.ts'
import type { Language } from '../search/stem.ts'
import type { BudgetLimits, Budgets } from './budgets.ts'
import type { Digests } from './digests/digests.ts'
import type { BrotliLater } from './kept/brotli-later.ts'
import type { KeptFiles } from './kept/kept-files.ts'
import type { Theme } from './assets.ts'
import type { Tongue, Words } from './language/words.ts'
import type { SeatLimits } from './live/seats.ts'

export interface SiteInfo {
  /** A copy as files: without what only a server can do. */
  readonly isExported?: boolean
  readonly title: string
  /** Where the site stands, without a path: https://logs.example.org */
  readonly url: string
  readonly description?: string
  /** English where it is missing. */
  readonly language?: Tongue
}

/** What /healthz says. */
export interface HealthReport {
  /**
   * failing: what is said now is not kept. degraded: it is, but something else is not as it should be. Only `failing` is
   * answered with 503: whatever starts a program anew that answers so would make a hole of a time that costs nothing.
   */
  readonly status: 'ok' | 'degraded' | 'failing'
  /** Anything more, by name: `{ store: 'ok', xmpp: 'offline' }`. Shown to everybody who asks. */
  readonly checks: Readonly<Record<string, string | number | boolean>>
}

export interface SearchState {
  /** It is being built: searches may miss events of any time. */
  readonly isPartial: boolean
  /** Seconds; what was recorded within them may not be found yet. 0 when all is. */
  readonly behind: number
}

export interface WebServerOptions {
  readonly store: ArchiveStore
  readonly find: Find
  readonly directory: Directory
  readonly site: SiteInfo
  /** The folder of the templates, with `static` inside. */
  readonly viewsDir: string
  /** What the owner of the site puts in the place of ours, or adds. */
  readonly theme?: Theme
  readonly log: Logger
  /** Whose word forms the search finds, so that hits are marked in the same way. English where none are given. */
  readonly searchLanguages?: readonly Language[]
  readonly health: () => Promise<HealthReport>
  /** How far the index of the search is; nothing is said of it where it is missing. */
  readonly searchState?: () => SearchState
  /** Pages that are made once; where it is missing, all are made for each reader. */
  readonly kept?: KeptFiles
  /** Where it is missing, live streams tell only what was missed. */
  readonly live?: Pick<Live, 'subscribe'>
  /** How many may follow live; see SEATS. */
  readonly liveSeats?: SeatLimits
  /** What /metrics gives, in the form of Prometheus, and who may read it: IP addresses and networks. Nobody where it is missing. */
  readonly metrics?: { text (): Promise<string>, readonly contentType: string }
  readonly metricsFrom?: readonly string[]
  /** Called after each answer but streams. `route` is the pattern of the address (`/r/:slug/`), `none` where there is none. */
  readonly onAnswered?: (route: string, status: number, seconds: number) => void
  /** What one client may have made for it; without it as much as it asks for. */
  readonly crawlers?: BudgetLimits | undefined
  /** Behind a proxy: take the client's address from X-Forwarded-For. See Fastify's option of this name. */
  readonly trustProxy?: boolean | string | string[]
  /** Milliseconds since 1970; which day is today. */
  readonly now?: () => number
}

/** What routes are made from. */
export interface Site extends Pick<
  WebServerOptions, 'store' | 'find' | 'directory' | 'searchLanguages' | 'searchState' | 'health' | 'metrics' | 'log'
> {
  readonly info: SiteInfo
  /** All that the site says of its own. */
  readonly words: Words
  readonly kept: KeptFiles
  readonly brotli: BrotliLater
  readonly budgets: Budgets
  readonly live: WebServerOptions['live']
  readonly liveSeats: WebServerOptions['liveSeats']
  readonly now: () => number
  readonly digests: Digests
  readonly metricsFrom: readonly string[]
  /** Changes with the templates, the settings of the site and this program: part of every validator. */
  readonly edition: string
}
