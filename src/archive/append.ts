import type { Logger } from '../log.ts'
import { HansardError } from '../model/errors.ts'
import type { RoomEvent } from '../model/event.ts'
import { appendApart } from './append-apart.ts'
import type { OnRefused } from './append-apart.ts'
import { createOutage, STORE_PAUSES } from './outage.ts'
import type { Pauses } from './outage.ts'
import type { AppendResult, ArchiveStore } from './store.ts'

/** The patient way into the record, for what can be had again: what is imported, or recovered from a room's own archive. */
export interface Append {
  /**
   * Records the events after those of all calls before, waiting as long as the store is away; resolves to a result for each
   * when they are durable. What the store refuses for good goes to `onRefused` and has no result; without an
   * `onRefused` the call rejects with the first refusal, the rest being recorded. Rejects with ERR_STORE_CLOSED after
   * close(), and with ERR_STORE_UNAVAILABLE when the store was away until then.
   */
  append (events: readonly RoomEvent[]): Promise<readonly AppendResult[]>
  /** Resolves when all calls before have ended, one way or the other. */
  settled (): Promise<void>
  status (): AppendStatus
  /** Waits for the calls before, no longer than the time, and takes no more. */
  close (timeoutMs: number): Promise<void>
}

export interface AppendStatus {
  /** Events handed over and not yet durable. */
  readonly waiting: number
  /** Why the store does not take them; undefined while all is well. */
  readonly problem?: string
}

export interface AppendOptions {
  readonly store: Pick<ArchiveStore, 'append'>
  /** Called after each batch that added something. */
  readonly onRecorded: () => void
  readonly onRefused?: OnRefused
  readonly log: Logger
  readonly pauses?: Pauses
}

const MAX_BATCH = 1_000

export function createAppend ({ store, onRecorded, onRefused, log, pauses = STORE_PAUSES }: AppendOptions): Append {
  const outage = createOutage({ log, whatWaits: 'what is recovered or imported waits', pauses })
  let tail: Promise<unknown> = Promise.resolve()
  let waiting = 0
  let isClosed = false

  async function write (events: readonly RoomEvent[]): Promise<readonly AppendResult[]> {
    const results: AppendResult[] = []
    const refusals: unknown[] = []
    const refuse = onRefused ?? ((_event, error) => { refusals.push(error) })
    for (let n = 0; n < events.length; n += MAX_BATCH) {
      const batch = events.slice(n, n + MAX_BATCH)
      const added = (await outage.patiently(() => appendApart(store, batch, refuse))).filter(result => result !== undefined)
      if (added.some(({ isNew }) => isNew)) onRecorded()
      results.push(...added)
    }
    if (refusals.length > 0) throw refusals[0]
    return results
  }

  async function settled (): Promise<void> {
    await tail
  }

  return {
    append (events) {
      if (isClosed) return Promise.reject(new HansardError('ERR_STORE_CLOSED', 'Cannot append to the record: it is closed'))
      waiting += events.length
      const call = tail.then(() => write(events)).finally(() => { waiting -= events.length })
      tail = call.catch(() => {})
      return call
    },
    settled,
    status () {
      const problem = outage.problem()
      return { waiting, ...(problem === undefined ? {} : { problem }) }
    },
    async close (timeoutMs) {
      isClosed = true
      outage.hurry()
      const timer = setTimeout(() => { outage.stop() }, timeoutMs)
      await settled()
      clearTimeout(timer)
    }
  }
}
