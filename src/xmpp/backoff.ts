export interface Backoff {
  /** Milliseconds to wait before the next attempt. */
  readonly next: () => number
  readonly reset: () => void
  /** The wait when trying again soon cannot help. */
  readonly longest: () => number
}

export interface BackoffOptions {
  readonly minMs?: number
  readonly maxMs?: number
  /** From 0 to below 1; Math.random unless a test says otherwise. */
  readonly random?: () => number
}

/** Doubles from min to max; each wait is cut by up to half, so that many clients of one server do not return as one. */
export function createBackoff ({ minMs = 500, maxMs = 60_000, random = Math.random }: BackoffOptions = {}): Backoff {
  let attempt = 0
  const jittered = (wait: number): number => Math.round(wait * (1 - random() / 2))
  return {
    next () {
      const wait = Math.min(maxMs, minMs * 2 ** attempt)
      if (wait < maxMs) attempt += 1
      return jittered(wait)
    },
    reset () { attempt = 0 },
    longest: () => jittered(maxMs)
  }
}
