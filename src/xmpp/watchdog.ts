export interface WatchdogOptions {
  readonly idleMs: number
  readonly timeoutMs: number
  /** Makes the peer say something; whatever it says counts. */
  readonly ping: () => void
  readonly onDead: () => void
}

export interface Watchdog {
  readonly start: () => void
  /** Something was read. */
  readonly heard: () => void
  readonly stop: () => void
}

/** Calls onDead at the latest 2 × idleMs + timeoutMs after the peer was last heard. */
export function createWatchdog ({ idleMs, timeoutMs, ping, onDead }: WatchdogOptions): Watchdog {
  let timer: NodeJS.Timeout | undefined
  let hasHeard = false

  function watch (): void {
    hasHeard = false
    timer = setTimeout(() => {
      if (hasHeard) return watch()
      timer = setTimeout(() => {
        if (hasHeard) watch()
        else onDead()
      }, timeoutMs)
      ping()
    }, idleMs)
  }

  function stop (): void {
    clearTimeout(timer)
    timer = undefined
  }

  return {
    start () {
      stop()
      watch()
    },
    heard () { hasHeard = true },
    stop
  }
}
