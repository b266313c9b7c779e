import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from '../log.ts'
import { hasCode, HansardError, messageOf } from '../model/errors.ts'
import type { RoomEvent } from '../model/event.ts'
import type { AppendResult, ArchiveStore } from './store.ts'

/**
 * The one way into the record. One batch is under way at a time and what comes meanwhile shares the next, so that the
 * order of calls is the order of the record. While the store is out of reach events wait and are tried
 * again: nothing that was accepted is dropped while the program runs.
 */
export interface Archive {
  /** Resolves when the event is durable; rejects only when the store refuses it for good, or after close(). */
  record (event: RoomEvent): Promise<AppendResult>
  recordAll (events: readonly RoomEvent[]): Promise<readonly AppendResult[]>
  status (): ArchiveStatus
  /** Waits for what was accepted, then takes no more. Gives up on a store that stays away for longer than the time. */
  close (timeoutMs: number): Promise<void>
}

export interface ArchiveStatus {
  /** Events accepted and not yet durable. */
  readonly waiting: number
  /** Why the store does not take them; undefined while all is well. */
  readonly problem?: string
}

export interface ArchiveOptions {
  readonly store: ArchiveStore
  /** Called after each batch that added something. Nothing waits for it: what is heard must be durable before it is searchable. */
  readonly onRecorded: () => void
  readonly log: Logger
}

interface Waiting {
  readonly event: RoomEvent
  readonly resolve: (result: AppendResult) => void
  readonly reject: (error: unknown) => void
}

const MAX_BATCH = 1_000
const RETRY_MS = { first: 250, most: 15_000 }

export function createArchive ({ store, onRecorded, log }: ArchiveOptions): Archive {
  let waiting: Waiting[] = []
  let running: Promise<void> | undefined
  let problem: string | undefined
  let isClosing = false
  const stop = new AbortController()

  async function run (): Promise<void> {
    await Promise.resolve() // so that calls of the same turn share the first batch
    while (waiting.length > 0) {
      const batch = waiting.slice(0, MAX_BATCH)
      const hasNew = await appendBatch(batch)
      waiting = waiting.slice(batch.length)
      if (hasNew) onRecorded()
    }
    // At once, so that a call that comes now starts anew and is not left lying.
    running = undefined
  }

  async function appendBatch (batch: readonly Waiting[]): Promise<boolean> {
    try {
      const results = await appendPatiently(batch.map(({ event }) => event))
      batch.forEach(({ resolve }, n) => { resolve(results[n] as AppendResult) })
      return results.some(({ isNew }) => isNew)
    } catch (error) {
      if (batch.length === 1 || stop.signal.aborted) {
        for (const { reject } of batch) reject(error)
        return false
      }
      // One event that the store refuses must not take the others with it.
      let hasNew = false
      for (const single of batch) hasNew = await appendBatch([single]) || hasNew
      return hasNew
    }
  }

  async function appendPatiently (events: readonly RoomEvent[]): Promise<AppendResult[]> {
    for (let pause = RETRY_MS.first; ; pause = Math.min(pause * 2, RETRY_MS.most)) {
      try {
        const results = await store.append(events)
        if (problem !== undefined) log.info('store answers again')
        problem = undefined
        return results
      } catch (error) {
        if (!hasCode(error, 'ERR_STORE_UNAVAILABLE') || stop.signal.aborted) throw error
        if (problem === undefined) log.error({ err: error, waiting: waiting.length }, 'store does not answer; events wait')
        problem = messageOf(error)
        await delay(pause, undefined, { signal: stop.signal }).catch(() => {})
      }
    }
  }

  function record (event: RoomEvent): Promise<AppendResult> {
    if (isClosing) return Promise.reject(new HansardError('ERR_STORE_CLOSED', 'Cannot record an event: the archive is closed'))
    return new Promise((resolve, reject) => {
      waiting.push({ event, resolve, reject })
      running ??= run()
    })
  }

  return {
    record,
    recordAll: events => Promise.all(events.map(record)),
    status: () => ({ waiting: waiting.length, ...(problem === undefined ? {} : { problem }) }),
    async close (timeoutMs) {
      isClosing = true
      const timer = setTimeout(() => { stop.abort() }, timeoutMs)
      while (running !== undefined) await running
      clearTimeout(timer)
    }
  }
}
