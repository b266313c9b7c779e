/**
 * Work in turns: so much at once for each key and for all, the rest waits in the order it came. A key that waits for
 * itself lets others pass.
 */
export interface Turns {
  /** False when so much waits already that the work was not taken; then it never runs. */
  run<T> (key: string, work: () => Promise<T>): Promise<T> | false
}

export interface TurnsOptions {
  readonly atOncePerKey: number
  readonly atOnce: number
  readonly waitingPerKey: number
  readonly waiting: number
}

interface Waiting {
  readonly key: string
  readonly begin: () => void
}

export function createTurns (most: TurnsOptions): Turns {
  const running = new Map<string, number>()
  let all = 0
  let queue: Waiting[] = []

  const isFree = (key: string): boolean => all < most.atOnce && (running.get(key) ?? 0) < most.atOncePerKey

  function next (): void {
    const waiting = queue.find(({ key }) => isFree(key))
    if (waiting === undefined) return
    queue = queue.filter(other => other !== waiting)
    waiting.begin()
  }

  async function begin<T> (key: string, work: () => Promise<T>): Promise<T> {
    all += 1
    running.set(key, (running.get(key) ?? 0) + 1)
    try {
      return await work()
    } finally {
      all -= 1
      const left = (running.get(key) ?? 0) - 1
      if (left === 0) running.delete(key)
      else running.set(key, left)
      next()
    }
  }

  return {
    run (key, work) {
      if (isFree(key)) return begin(key, work)
      if (queue.length >= most.waiting || queue.filter(other => other.key === key).length >= most.waitingPerKey) return false
      return new Promise((resolve, reject) => {
        queue.push({ key, begin () { begin(key, work).then(resolve, reject) } })
      })
    }
  }
}
