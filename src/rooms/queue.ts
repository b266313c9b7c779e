/** Runs asynchronous tasks one after the other. A task that fails is reported and does not stop the next. */
export interface Queue {
  push (task: () => Promise<void>): void
  /** Resolves when everything pushed so far has run. */
  drained (): Promise<void>
}

export function createQueue (onError: (error: unknown) => void): Queue {
  let tail = Promise.resolve()
  return {
    push (task) {
      tail = tail.then(task).catch(onError)
    },
    drained: () => tail
  }
}
