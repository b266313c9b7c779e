import { once } from 'node:events'
import type { Config } from './config/config.ts'
import type { Logger } from './log.ts'
import { HansardError, messageOf } from './model/errors.ts'
import type { RebuildNews, RebuildTask } from './rebuild-worker.ts'
import { startThread } from './thread.ts'

// As of an index feed: see feed-thread.ts.
const YOUNG_MB = 96

/** Builds the search index anew in a thread of its own, beside the one that is searched meanwhile. */
export interface RebuildThread {
  /**
   * Begins, or goes on with what was begun unless it is to be `fresh`; resolves when the new index is in use, or when it was stopped.
   * Whoever calls while it runs waits for the same. Rejects with ERR_RUNNING while another process builds, with ERR_SEARCH when
   * it fails.
   */
  run (isFresh: boolean, onProgress?: (changes: number) => void): Promise<void>
  isRunning (): boolean
  /** Lets the present batch finish; what was built is gone on with later. */
  stop (): Promise<void>
}

export function createRebuildThread (config: Pick<Config, 'store' | 'search'>, log: Logger): RebuildThread {
  const listeners = new Set<(changes: number) => void>()
  let running: { readonly done: Promise<void>, readonly stop: () => Promise<void> } | undefined

  function start (isFresh: boolean): NonNullable<typeof running> {
    const { store, search } = config
    const worker = startThread(new URL('./rebuild-worker', import.meta.url), { config: { store, search }, isFresh } satisfies RebuildTask, YOUNG_MB)
    const exited = once(worker, 'exit')
    let outcome: RebuildNews | undefined
    worker.on('message', (news: RebuildNews) => {
      if (news.kind !== 'progress') outcome = news
      else for (const listener of listeners) listener(news.changes)
    })
    worker.on('error', error => { outcome = { kind: 'failed', message: messageOf(error) } })
    return {
      done: exited.catch(() => {}).then(() => { assertDone(outcome) }),
      async stop () {
        worker.postMessage('stop')
        await exited.catch(() => {})
      }
    }
  }

  return {
    async run (isFresh, onProgress) {
      if (onProgress !== undefined) listeners.add(onProgress)
      try {
        if (running === undefined) {
          log.info({ isFresh }, 'building the search index anew; searches go on with the one in use')
          running = start(isFresh)
        }
        await running.done
      } finally {
        running = undefined
        if (onProgress !== undefined) listeners.delete(onProgress)
      }
    },
    isRunning: () => running !== undefined,
    stop: async () => running?.stop()
  }
}

function assertDone (outcome: RebuildNews | undefined): void {
  if (outcome?.kind === 'busy') {
    throw new HansardError('ERR_RUNNING', 'Cannot build the search index: another process is doing so, expected one at a time')
  }
  if (outcome?.kind === 'done' || outcome?.kind === 'stopped') return
  throw new HansardError('ERR_SEARCH', `Cannot build the search index: ${outcome?.kind === 'failed' ? outcome.message : 'its thread ended'}; what was built is gone on with later`)
}
