import { once } from 'node:events'
import type { FeedStatus, IndexFeed } from './archive/index-feed.ts'
import type { Config } from './config/config.ts'
import { messageOf } from './model/errors.ts'
import type { FeedAnswer } from './feed-worker.ts'
import { startThread } from './thread.ts'

// Tokens are many and soon forgotten: a fifth less work than with what a thread has by itself.
const YOUNG_MB = 96

/**
 * An index feed in a thread of its own, with a store and an index of its own, for a process that takes in much at once:
 * one processor records while the other indexes.
 */
export function createFeedThread ({ store, search }: Pick<Config, 'store' | 'search'>): IndexFeed {
  const worker = startThread(new URL('./feed-worker', import.meta.url), { store, search }, YOUNG_MB)
  const waiting = new Map<number, () => void>()
  let calls = 0
  let status: FeedStatus = { isPartial: true }
  let isOver = false

  function end (): void {
    isOver = true
    for (const settle of waiting.values()) settle()
    waiting.clear()
  }

  worker.on('message', ({ call, status: found }: FeedAnswer) => {
    status = found
    waiting.get(call)?.()
    waiting.delete(call)
  })
  worker.on('error', error => { status = { isPartial: true, problem: messageOf(error) } })
  worker.on('exit', end)

  return {
    async advance () {
      if (isOver) return
      const call = ++calls
      await new Promise<void>(resolve => {
        waiting.set(call, resolve)
        worker.postMessage(call)
      })
    },
    status: () => status,
    async stop () {
      if (isOver) return
      const exited = once(worker, 'exit')
      worker.postMessage('stop')
      await exited
    }
  }
}
