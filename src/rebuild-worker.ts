import { parentPort, workerData } from 'node:worker_threads'
import { rebuildIndex } from './archive/index-rebuild.ts'
import type { Config } from './config/config.ts'
import { createCommandLogger } from './log.ts'
import { messageOf } from './model/errors.ts'
import { openIndex, openStore } from './open.ts'

/** The other end of rebuild-thread.ts. */
export interface RebuildTask {
  readonly config: Pick<Config, 'store' | 'search'>
  readonly isFresh: boolean
}

export type RebuildNews =
  | { readonly kind: 'progress', readonly changes: number }
  /** stopped: asked to, to be gone on with later. busy: another process or thread builds. */
  | { readonly kind: 'done' | 'stopped' | 'busy' }
  | { readonly kind: 'failed', readonly message: string }

const { config, isFresh } = workerData as RebuildTask
const stopping = new AbortController()
parentPort?.on('message', () => { stopping.abort() })

async function build (): Promise<RebuildNews> {
  const log = createCommandLogger()
  const store = await openStore(config.store, log)
  try {
    const index = await openIndex(config.search, log)
    try {
      const rebuild = index.rebuilding?.begin(isFresh)
      if (rebuild === undefined) return { kind: 'busy' }
      try {
        const isDone = await rebuildIndex({ store, rebuild, onProgress: changes => { tell({ kind: 'progress', changes }) }, signal: stopping.signal })
        return { kind: isDone ? 'done' : 'stopped' }
      } finally {
        rebuild.close()
      }
    } finally {
      await index.close()
    }
  } finally {
    await store.close()
  }
}

function tell (news: RebuildNews): void {
  parentPort?.postMessage(news)
}

tell(await build().catch((error: unknown): RebuildNews => ({ kind: 'failed', message: messageOf(error) })))
parentPort?.close()
