import { parentPort, workerData } from 'node:worker_threads'
import { createIndexFeed } from './archive/index-feed.ts'
import type { FeedStatus } from './archive/index-feed.ts'
import type { Config } from './config/config.ts'
import { createCommandLogger } from './log.ts'
import { openIndex, openStore } from './open.ts'

/** The other end of feed-thread.ts. */
export interface FeedAnswer {
  /** The number of the call that is answered. */
  readonly call: number
  readonly status: FeedStatus
}

// As much as the index takes in one transaction without growing slower.
const GATHER = 2_000

const { store: storeConfig, search } = workerData as Pick<Config, 'store' | 'search'>
const log = createCommandLogger()
const store = await openStore(storeConfig, log)
const index = await openIndex(search, log)
const feed = createIndexFeed({ store, index, log, gather: GATHER })

async function take (call: number | 'stop'): Promise<void> {
  if (call === 'stop') {
    await feed.stop()
    await index.close()
    await store.close()
    parentPort?.close()
  } else {
    await feed.advance()
    parentPort?.postMessage({ call, status: feed.status() } satisfies FeedAnswer)
  }
}

parentPort?.on('message', (call: number | 'stop') => { void take(call) })
