import type { Micros } from '../model/archive-time.ts'

export type Clock = () => Micros

/** The system's clock, refined between its milliseconds by the monotonic one and never more than 1 ms away from it. */
export function createClock (): Clock {
  let wall = 0
  let monotonic = 0
  return () => {
    const nowWall = Date.now()
    const nowMonotonic = performance.now()
    const estimate = wall + nowMonotonic - monotonic
    if (Math.abs(estimate - nowWall) > 1) {
      wall = nowWall
      monotonic = nowMonotonic
      return nowWall * 1000
    }
    return Math.floor(estimate * 1000)
  }
}
