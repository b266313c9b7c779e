import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from '../log.ts'
import { hasCode, messageOf } from '../model/errors.ts'

/** What one writer knows of a store that may be away: logged once when it goes and once when it is back. */
export interface Outage {
  /** Why the last attempt failed; undefined while all is well. */
  problem (): string | undefined
  failed (error: unknown): void
  answered (): void
  /** Waits until it may be tried again, longer each time; at most until hurry() or stop(). */
  pause (): Promise<void>
  /** Ends the present pause. */
  hurry (): void
  /** Ends the present pause, and all after it before they begin. */
  stop (): void
  /** Does the work again and again while it rejects with ERR_STORE_UNAVAILABLE; after stop() that is thrown as well. */
  patiently<T> (work: () => Promise<T>): Promise<T>
}

export interface Pauses {
  /** Milliseconds; each pause is twice the one before. */
  readonly first: number
  readonly most: number
}

export const STORE_PAUSES: Pauses = { first: 250, most: 15_000 }

export function createOutage ({ log, whatWaits, pauses }: {
  readonly log: Logger
  /** What becomes of the work meanwhile, for the log: «events wait in the spool». */
  readonly whatWaits: string
  readonly pauses: Pauses
}): Outage {
  let problem: string | undefined
  let next = pauses.first
  let isStopped = false
  let present = new AbortController()

  function failed (error: unknown): void {
    if (problem === undefined) log.error({ err: error }, `store does not take anything; ${whatWaits}`)
    problem = messageOf(error)
  }

  function answered (): void {
    if (problem !== undefined) log.info('store answers again')
    problem = undefined
    next = pauses.first
  }

  async function pause (): Promise<void> {
    if (isStopped) return
    const millis = next
    next = Math.min(next * 2, pauses.most)
    present = new AbortController()
    await delay(millis, undefined, { signal: present.signal }).catch(() => {})
  }

  return {
    problem: () => problem,
    failed,
    answered,
    pause,
    hurry () { present.abort() },
    stop () {
      isStopped = true
      present.abort()
    },
    async patiently (work) {
      for (;;) {
        try {
          const result = await work()
          answered()
          return result
        } catch (error) {
          if (!hasCode(error, 'ERR_STORE_UNAVAILABLE')) throw error
          failed(error)
          if (isStopped) throw error
        }
        await pause()
      }
    }
  }
}
