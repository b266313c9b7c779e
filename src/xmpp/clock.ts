import type { Micros } from '../model/archive-time.ts'

export type Clock = () => Micros

/** The system's clock, refined within each of its milliseconds by the monotonic one; runs backwards only when the system's does. */
export function createClock (): Clock {
  let wall = 0
  let begin = 0
  return () => {
    const nowWall = Date.now()
    const nowMonotonic = performance.now()
    if (nowWall !== wall) {
      wall = nowWall
      begin = nowMonotonic
    }
    return wall * 1000 + Math.min(999, Math.floor((nowMonotonic - begin) * 1000))
  }
}
