import type { Logger } from '../log.ts'

/** Does one thing after the other, in the order in which they came. */
export interface Lane {
  /** False when so much waits already. */
  add (task: () => Promise<void>, limit: number): boolean
  /** Forgets what has not begun. */
  clear (): void
}

export function createLane (log: Logger): Lane {
  let waiting: Array<() => Promise<void>> = []
  let isRunning = false

  async function run (): Promise<void> {
    isRunning = true
    for (let task = waiting.shift(); task !== undefined; task = waiting.shift()) {
      await task().catch((error: unknown) => { log.error({ err: error }, 'a mirror room failed') })
    }
    isRunning = false
  }

  return {
    add (task, limit) {
      if (waiting.length >= limit) return false
      waiting.push(task)
      if (!isRunning) void run()
      return true
    },
    clear () { waiting = [] }
  }
}
