import { toMicros } from '../../model/archive-time.ts'
import type { ArchiveTime } from '../../model/archive-time.ts'
import { counted } from './dates.ts'

const UNITS = [['day', 86_400], ['hour', 3_600], ['minute', 60], ['second', 1]] as const

/** How long it lasted, in whole units, cut: «17 minutes», and «2 hours 5 minutes» where one unit alone would say too little. */
export function durationText (from: ArchiveTime, to: ArchiveTime): string {
  const seconds = Math.floor((toMicros(to) - toMicros(from)) / 1_000_000)
  const at = UNITS.findIndex(([, length]) => seconds >= length)
  const [first, second] = [UNITS[at], UNITS[at + 1]]
  if (first === undefined) return 'less than a second'
  const [unit, length] = first
  const count = Math.floor(seconds / length)
  const rest = second === undefined ? 0 : Math.floor(seconds % length / second[1])
  return second === undefined || count >= 10 || rest === 0 ? counted(count, unit) : `${counted(count, unit)} ${counted(rest, second[0])}`
}
