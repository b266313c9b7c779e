/** Lets so many work at a time; the others wait for their turn. */
export type Turns = <T>(work: () => Promise<T>) => Promise<T>

export function createTurns (atOnce: number): Turns {
  const waiting: Array<() => void> = []
  let underWay = 0

  return async work => {
    if (underWay >= atOnce) await new Promise<void>(resolve => { waiting.push(resolve) })
    else underWay += 1
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next === undefined) underWay -= 1
      else next()
    }
  }
}
