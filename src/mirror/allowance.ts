import { createTokenBuckets } from '../model/token-buckets.ts'
import { bareOf } from '../model/address.ts'
import type { Jid } from '../model/address.ts'
import type { Micros } from '../model/archive-time.ts'

export interface AllowanceOptions {
  readonly account: Rate
  readonly server: Rate
  readonly now: () => Micros
}

interface Rate {
  readonly burst: number
  readonly perSecond: number
}

const MAX_KEYS = 10_000

/** Tells whether somebody may have something once more, as an account and as one of all accounts of its server. */
export function createAllowance ({ account, server, now }: AllowanceOptions): (who: Jid) => boolean {
  const bucketsFor = ({ burst: capacity, perSecond }: Rate) =>
    createTokenBuckets({ capacity, perSecond, maxKeys: MAX_KEYS, now: () => now() / 1_000 })
  const accounts = bucketsFor(account)
  const servers = bucketsFor(server)
  return who => accounts.take(bareOf(who)) === 0 && servers.take(who.domain) === 0
}
