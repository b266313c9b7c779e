import { toMicros } from '../../model/archive-time.ts'
import type { ArchiveTime } from '../../model/archive-time.ts'
import type { Words } from '../language/words.ts'

const UNITS = [['day', 86_400], ['hour', 3_600], ['minute', 60], ['second', 1]] as const

/** How long it lasted, in whole units, cut: «17 minutes», and «2 hours 5 minutes» where one unit alone would say too little. */
export function durationText (from: ArchiveTime, to: ArchiveTime, { duration }: Pick<Words, 'duration'>): string {
  const seconds = Math.floor((toMicros(to) - toMicros(from)) / 1_000_000)
  const at = UNITS.findIndex(([, length]) => seconds >= length)
  const [first, second] = [UNITS[at], UNITS[at + 1]]
  if (first === undefined) return duration.lessThanASecond
  const [unit, length] = first
  const count = Math.floor(seconds / length)
  const rest = second === undefined ? 0 : Math.floor(seconds % length / second[1])
  const whole = duration.units[unit](count)
  return second === undefined || count >= 10 || rest === 0 ? whole : `${whole} ${duration.units[second[0]](rest)}`
}
