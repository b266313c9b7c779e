import { xml } from '../xmpp/element.ts'
import { StanzaError } from '../xmpp/stanza-error.ts'
import { createTokenBuckets } from '../model/token-buckets.ts'
import { createTurns } from './turns.ts'

/** Who asks, as far as limits go: one asker, and all askers of one server. */
export interface Asker {
  readonly name: string
  readonly domain: string
}

/** Keeps one asker, or one server, from taking everything. */
export interface Guard {
  /**
   * Runs the work when its turn comes; rejects with resource-constraint when there are too many requests, with a condition
   * <rate-limit retry-after='30'/> of the namespace, in seconds.
   */
  admit<T> (asker: Asker, work: () => Promise<T>, xmlns?: string): Promise<T>
}

/** How many requests at once, and how many a second after that. */
export interface Rate {
  readonly burst: number
  readonly perSecond: number
}

export interface GuardOptions {
  /** Of one bare address: a walk of 10,000 messages in pages of 10 passes. */
  readonly perAsker?: Rate
  readonly perDomain?: Rate
  /** Milliseconds that only grow. */
  readonly now?: () => number
}

const LIMITS = 'urn:hansard:mam:0'
const MAX_KEYS = 10_000
// A client that joins its rooms asks each archive at the same time.
const QUEUE_SECONDS = 30
const TURNS = { atOncePerKey: 2, atOnce: 16, waitingPerKey: 100, waiting: 1000 }

export function createGuard (options: GuardOptions = {}): Guard {
  const { perAsker = { burst: 1200, perSecond: 10 }, perDomain = { burst: 6000, perSecond: 50 }, now = () => performance.now() } = options
  const bucketsFor = ({ burst, perSecond }: Rate) => createTokenBuckets({ capacity: burst, perSecond, maxKeys: MAX_KEYS, now })
  const askers = bucketsFor(perAsker)
  const domains = bucketsFor(perDomain)
  const turns = createTurns(TURNS)

  return {
    async admit ({ name, domain }, work, xmlns = LIMITS) {
      const seconds = askers.take(name) || domains.take(domain)
      if (seconds > 0) throw tooMany(seconds, xmlns)
      const done = turns.run(name, work)
      if (done === false) throw tooMany(QUEUE_SECONDS, xmlns)
      return done
    }
  }
}

/** As XEP-0433 §4.2.2.4 has it; MAM itself says nothing of it. */
function tooMany (seconds: number, xmlns: string): StanzaError {
  return new StanzaError('resource-constraint', 'wait', `Too many requests: go on in ${seconds} seconds`,
    xml('rate-limit', { xmlns, 'retry-after': seconds }))
}
