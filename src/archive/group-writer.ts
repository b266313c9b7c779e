import { setImmediate } from 'node:timers/promises'
import { HansardError, hasCode } from '../model/errors.ts'
import type { RoomEvent } from '../model/event.ts'
import type { AppendResult } from './store.ts'

export interface GroupWriter {
  append (events: readonly RoomEvent[]): Promise<AppendResult[]>
  /** Resolves when everything appended so far is written or refused; afterwards append rejects. */
  close (): Promise<void>
}

interface Options {
  write: (events: readonly RoomEvent[]) => Promise<AppendResult[]> | AppendResult[]
  /** A write takes further waiting calls while it has fewer events than this. */
  maxEvents: number
  /** Small groups start at least this many milliseconds after the write before, so that a stream of single events shares its syncs. */
  lingerMillis: number
}

interface Call {
  readonly events: readonly RoomEvent[]
  readonly resolve: (results: AppendResult[]) => void
  readonly reject: (error: unknown) => void
}

/** One write at a time, in the order of the calls; calls that arrive meanwhile share the next one. */
export function createGroupWriter ({ write, maxEvents, lingerMillis }: Options): GroupWriter {
  const calls: Call[] = []
  let running: Promise<void> | undefined
  let cutShort: (() => void) | undefined
  let closed = false
  let lastEnd = -Infinity

  async function run (): Promise<void> {
    while (calls.length > 0) {
      await setImmediate()
      await linger()
      await writeGroup(takeGroup())
      lastEnd = performance.now()
    }
    running = undefined
  }

  function isFull (): boolean {
    return closed || calls.reduce((sum, call) => sum + call.events.length, 0) >= maxEvents
  }

  async function linger (): Promise<void> {
    const millis = lastEnd + lingerMillis - performance.now()
    if (millis <= 0 || isFull()) return
    await new Promise<void>(resolve => {
      const timer = setTimeout(resolve, millis)
      cutShort = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    cutShort = undefined
  }

  function takeGroup (): Call[] {
    let size = 0
    const rest = calls.findIndex(call => {
      const isTooMuch = size > 0 && size + call.events.length > maxEvents
      size += call.events.length
      return isTooMuch
    })
    return calls.splice(0, rest === -1 ? calls.length : rest)
  }

  async function writeGroup (group: readonly Call[]): Promise<void> {
    try {
      const results = await write(group.flatMap(call => call.events))
      let from = 0
      for (const call of group) call.resolve(results.slice(from, from += call.events.length))
    } catch (error) {
      // What the store refuses in one call must not fail the calls it happened to travel with.
      if (group.length > 1 && !hasCode(error, 'ERR_STORE_UNAVAILABLE')) {
        for (const call of group) await writeGroup([call])
      } else {
        for (const call of group) call.reject(error)
      }
    }
  }

  return {
    append (events) {
      if (closed) return Promise.reject(storeClosed())
      if (events.length === 0) return Promise.resolve([])
      return new Promise((resolve, reject) => {
        calls.push({ events, resolve, reject })
        running ??= run()
        if (isFull()) cutShort?.()
      })
    },
    async close () {
      closed = true
      cutShort?.()
      await running
    }
  }
}

export function storeClosed (): HansardError {
  return new HansardError('ERR_STORE_CLOSED', 'Cannot use the store: it is closed')
}
