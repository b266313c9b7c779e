import type { Logger } from '../log.ts'

/** Does one thing after the other, in the order in which they came. Of each kind only so many may wait. */
export interface Lane<Kind extends string> {
  /** False when too many of the kind wait already. */
  add (kind: Kind, task: () => Promise<void>): boolean
  /** Forgets what has not begun. */
  clear (): void
}

export function createLane<Kind extends string> (limits: Readonly<Record<Kind, number>>, log: Logger): Lane<Kind> {
  let waiting: Array<{ readonly kind: Kind, readonly task: () => Promise<void> }> = []
  let counts = new Map<Kind, number>()
  let isRunning = false

  function count (kind: Kind, change: 1 | -1): void {
    counts.set(kind, (counts.get(kind) ?? 0) + change)
  }

  async function run (): Promise<void> {
    isRunning = true
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      count(next.kind, -1)
      await next.task().catch((error: unknown) => { log.error({ err: error }, 'a mirror room failed') })
    }
    isRunning = false
  }

  return {
    add (kind, task) {
      if ((counts.get(kind) ?? 0) >= limits[kind]) return false
      count(kind, 1)
      waiting.push({ kind, task })
      if (!isRunning) void run()
      return true
    },
    clear () {
      waiting = []
      counts = new Map()
    }
  }
}
