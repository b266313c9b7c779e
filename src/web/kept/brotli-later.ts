import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { brotliCompress, constants, gunzip } from 'node:zlib'
import type { Logger } from '../../log.ts'
import type { KeptFiles } from './kept-files.ts'
import type { KeptKey } from './kept-path.ts'

/** Makes the smallest form of kept pages, one at a time in a thread of zlib's, while there is little else to do. */
export interface BrotliLater {
  /** Of too many that wait the first is given up: it is asked for again by its next reader. */
  add (zipped: KeptKey, brotli: KeptKey): void
  /** Resolves when nothing waits or is under way. */
  idle (): Promise<void>
  stop (): Promise<void>
}

export interface BrotliLaterOptions {
  readonly kept: Pick<KeptFiles, 'get' | 'put'>
  readonly log: Logger
  /** Whether there is little else to do. */
  readonly hasTime?: () => boolean
}

const MAX_WAITING = 1_000
const LATER_MS = 500
const BUSY = 0.5

const compress = promisify(brotliCompress)
const unzip = promisify(gunzip)

export function createBrotliLater ({ kept, log, hasTime = createIdleness() }: BrotliLaterOptions): BrotliLater {
  const waiting = new Map<string, { readonly zipped: KeptKey, readonly brotli: KeptKey }>()
  let running: Promise<void> | undefined
  const stopped = new AbortController()

  async function run (): Promise<void> {
    while (!stopped.signal.aborted) {
      if (!hasTime()) {
        await delay(LATER_MS, undefined, { signal: stopped.signal }).catch(() => {})
        continue
      }
      const [first] = waiting
      if (first === undefined) break
      const [name, { zipped, brotli }] = first
      waiting.delete(name)
      await make(zipped, brotli).catch((error: unknown) => { log.warn({ err: error }, 'a kept page cannot be compressed') })
    }
    running = undefined
  }

  async function make (zipped: KeptKey, brotli: KeptKey): Promise<void> {
    const content = await kept.get(zipped)
    // Dropped meanwhile.
    if (content === undefined) return
    const page = await unzip(content)
    const { BROTLI_PARAM_MODE, BROTLI_MODE_TEXT, BROTLI_PARAM_QUALITY, BROTLI_MAX_QUALITY, BROTLI_PARAM_SIZE_HINT } = constants
    await kept.put(brotli, await compress(page, {
      params: {
        [BROTLI_PARAM_MODE]: BROTLI_MODE_TEXT,
        [BROTLI_PARAM_QUALITY]: BROTLI_MAX_QUALITY,
        [BROTLI_PARAM_SIZE_HINT]: page.length
      }
    }))
  }

  return {
    add (zipped, brotli) {
      if (stopped.signal.aborted) return
      const name = `${brotli.room}/${brotli.period}/${brotli.name}`
      waiting.delete(name)
      waiting.set(name, { zipped, brotli })
      const [oldest] = waiting.keys()
      if (waiting.size > MAX_WAITING && oldest !== undefined) waiting.delete(oldest)
      running ??= run()
    },
    async idle () { await running },
    async stop () {
      stopped.abort()
      waiting.clear()
      await running
    }
  }
}

/** Looks how busy the process was since it was asked last. */
function createIdleness (): () => boolean {
  let before = performance.eventLoopUtilization()
  return () => {
    const now = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(now, before)
    before = now
    return utilization < BUSY
  }
}
