import { createTokenBuckets } from '../model/token-buckets.ts'
import { isLoopback, networkOf } from './live/seats.ts'

/** What one client may have made for it: so many at once, and so many a minute from then on. */
export interface BudgetLimits {
  readonly pagesPerMinute: number
  readonly searchesPerMinute: number
}

export type Cost = 'page' | 'search'

/** Of each IPv4 address or IPv6 network of 64 bits. */
export interface Budgets {
  /** Takes the cost: 0, or how many seconds to wait first. */
  readonly spend: (cost: Cost, address: string) => number
  /** It had not to be made after all. */
  readonly refund: (cost: Cost, address: string) => void
}

// Some 200 bytes each.
const MAX_CLIENTS = 20_000

/** Nobody has to wait without limits. `now`: milliseconds that only grow. */
export function createBudgets (limits: BudgetLimits | undefined, now: () => number = () => performance.now()): Budgets {
  if (limits === undefined) return { spend: () => 0, refund () {} }
  const bucketsOf = (perMinute: number) => createTokenBuckets({ capacity: perMinute, perSecond: perMinute / 60, maxKeys: MAX_CLIENTS, now })
  const buckets = { page: bucketsOf(limits.pagesPerMinute), search: bucketsOf(limits.searchesPerMinute) }
  return {
    // A proxy on this machine that is not known as one stands for everybody.
    spend: (cost, address) => isLoopback(networkOf(address)) ? 0 : buckets[cost].take(networkOf(address)),
    refund (cost, address) { buckets[cost].give(networkOf(address)) }
  }
}

/**
 * What a route costs before it is known what it will do; the page of a day costs something only where it is not kept.
 * @param pattern as it was registered: `/r/:slug/stats`
 */
export function costOf (pattern: string | undefined): Cost | undefined {
  if (pattern === undefined) return undefined
  if (/^\/search(?:\.\w+)?$/.test(pattern)) return 'search'
  return /^\/r\/:slug\//.test(pattern) && !FREE.test(pattern) ? 'page' : undefined
}

// Redirects, streams, which are counted otherwise, whole months, and days.
const FREE = /^\/r\/:slug\/(?:today|latest|first|live\.sse|:year\(\^\\d\{4\}\)-:month\(\^\\d\{2\}\)(?:\.\w+\.gz|-:date\(\^\\d\{2\}\)))$/
