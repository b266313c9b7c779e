import { FEW } from '../digests/figures.ts'
import type { Words } from '../language/words.ts'

/** A number of people as it may be told: «12», «fewer than 5». */
export function peopleText (count: number, { stats, grouped }: Pick<Words, 'stats' | 'grouped'>): string {
  return count > 0 && count < FEW ? stats.fewerThan(FEW) : grouped(count)
}

/** How long an answer takes, in one unit: «40 seconds», «12 minutes», «1.5 hours»; `undefined`: too few answers to tell. */
export function waitText (seconds: number | undefined, { stats, duration: { units } }: Pick<Words, 'stats' | 'duration'>): string {
  if (seconds === undefined) return stats.tooFew
  if (seconds < 60) return units.second(seconds)
  return seconds < 3_600 ? units.minute(seconds / 60) : units.hour(Math.round(seconds / 360) / 10)
}
