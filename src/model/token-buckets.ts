/**
 * Token buckets, one for each key: full at first, filled again steadily. Memory stays bounded: of too many keys the one
 * that was idle longest is forgotten, and with it at most a debt.
 */
export interface TokenBuckets {
  /** Takes a token: 0, or how many seconds to wait until a tenth of the bucket, and one token at least, is there again. */
  readonly take: (key: string) => number
  /** Gives a token back that was not needed. */
  readonly give: (key: string) => void
}

export interface TokenBucketsOptions {
  readonly capacity: number
  readonly perSecond: number
  readonly maxKeys: number
  /** Milliseconds that only grow. */
  readonly now: () => number
}

export function createTokenBuckets ({ capacity, perSecond, maxKeys, now }: TokenBucketsOptions): TokenBuckets {
  const buckets = new Map<string, { tokens: number, at: number }>()

  return {
    take (key) {
      const at = now()
      const before = buckets.get(key) ?? { tokens: capacity, at }
      const tokens = Math.min(capacity, before.tokens + (at - before.at) / 1000 * perSecond)
      const isGiven = tokens >= 1
      // Put at the end: the first is always the one that was idle longest.
      buckets.delete(key)
      buckets.set(key, { tokens: isGiven ? tokens - 1 : tokens, at })
      const [idle] = buckets.keys()
      if (buckets.size > maxKeys && idle !== undefined) buckets.delete(idle)
      return isGiven ? 0 : Math.max(1, Math.ceil((Math.max(1, capacity / 10) - tokens) / perSecond))
    },
    give (key) {
      const bucket = buckets.get(key)
      if (bucket !== undefined) bucket.tokens = Math.min(capacity, bucket.tokens + 1)
    }
  }
}
