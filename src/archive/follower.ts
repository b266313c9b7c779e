import { messageOf } from '../model/errors.ts'

/** A piece of work that is done again whenever something was recorded, one run at a time. */
export interface Follower {
  /** Resolves when the work was done once more from its beginning, or when it failed (see problem). */
  advance (): Promise<void>
  /** Why the last run failed; undefined when it did not. */
  problem (): string | undefined
  isStopped (): boolean
  /** Lets the present run come to an end, which it should do soon once isStopped(), and starts no other. */
  stop (): Promise<void>
}

export interface FollowerOptions {
  readonly work: () => Promise<void>
  /** Called with the first failure of a row. */
  readonly onFailure: (error: unknown) => void
  /** Called with the first success after failures. */
  readonly onRecovery?: () => void
}

export function createFollower ({ work, onFailure, onRecovery }: FollowerOptions): Follower {
  let running: Promise<void> | undefined
  let isWanted = false
  let isStopped = false
  let problem: string | undefined

  async function run (): Promise<void> {
    await Promise.resolve() // so that there is always an end to wait for
    while (isWanted && !isStopped) {
      isWanted = false
      try {
        await work()
        if (problem !== undefined) onRecovery?.()
        problem = undefined
      } catch (error) {
        if (problem === undefined) onFailure(error)
        problem = messageOf(error)
      }
    }
    // At once, so that a call that comes now starts anew and does not take this end for its own.
    running = undefined
  }

  return {
    advance () {
      isWanted = true
      return (running ??= run())
    },
    problem: () => problem,
    isStopped: () => isStopped,
    async stop () {
      isStopped = true
      await running
    }
  }
}
