import { hasCode } from '../model/errors.ts'
import { StanzaError } from '../xmpp/stanza-error.ts'

/** XEP-0410: asks now and then whether the room still counts us in, for nobody tells us when a link between servers broke. */
export interface SelfPing {
  /** We are inside: from now on silence is asked about. */
  start (): void
  /** The room said something to us, so we are inside. */
  heard (): void
  stop (): void
}

export interface SelfPingOptions {
  /** Pings our own occupant address; rejects as a request does. */
  readonly ping: () => Promise<unknown>
  /** The room counts us in. */
  readonly onInside: () => void
  /** The room does not count us in any more. */
  readonly onGone: () => void
  readonly idleMs?: number
}

const IDLE_MS = 300_000

export function createSelfPing ({ ping, onInside, onGone, idleMs = IDLE_MS }: SelfPingOptions): SelfPing {
  let timer: NodeJS.Timeout | undefined
  let hasHeard = false
  // Answers of an earlier stay are void.
  let stay = 0

  function watch (): void {
    hasHeard = false
    timer = setTimeout(() => {
      if (hasHeard) watch()
      else ask(stay)
    }, idleMs).unref()
  }

  function ask (mine: number): void {
    ping().then(() => 'inside' as const, whereabouts).then(found => {
      if (mine !== stay) return
      if (found === 'outside' && !hasHeard) return onGone()
      if (found === 'inside') onInside()
      watch()
    }).catch(() => {})
  }

  function stop (): void {
    stay += 1
    clearTimeout(timer)
  }

  return {
    start () {
      stop()
      watch()
    },
    heard () { hasHeard = true },
    stop
  }
}

// XEP-0410 §3: the ping reached a client that does not know it, or a nick that was just given up.
const INSIDE = new Set(['service-unavailable', 'feature-not-implemented', 'item-not-found'])
const UNKNOWN = new Set(['remote-server-not-found', 'remote-server-timeout'])

/** What the error that answers a self-ping says. Who is not known to be gone stays, and asks again. */
export function whereabouts (error: unknown): 'inside' | 'outside' | 'unknown' {
  if (!(error instanceof StanzaError)) return hasCode(error, 'ERR_XMPP_TIMEOUT', 'ERR_XMPP_OFFLINE') ? 'unknown' : 'outside'
  return INSIDE.has(error.condition) ? 'inside' : UNKNOWN.has(error.condition) ? 'unknown' : 'outside'
}
