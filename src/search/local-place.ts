import { formatTime, toMicros } from '../model/archive-time.ts'
import type { ArchiveTime } from '../model/archive-time.ts'

/**
 * The rowid of an event: its microsecond, then room for 1,024 events of that microsecond in different rooms. So rowids
 * stand in the order of time, whenever the events came. Fits 63 bits until the year 2255.
 */
const SLOT_BITS = 10n

/** Where more rooms than that speak in one microsecond, the next ones are used. */
export const WINDOW = 4n << SLOT_BITS

export function firstPlace (time: ArchiveTime): bigint {
  return BigInt(toMicros(time)) << SLOT_BITS
}

export function lastPlace (time: ArchiveTime): bigint {
  return ((BigInt(toMicros(time)) + 1n) << SLOT_BITS) - 1n
}

/** The microsecond of a place, moved back by `shift`. */
export function microsOf (place: bigint, shift: bigint): bigint {
  return (place >> SLOT_BITS) - shift
}

export function timeOf (micros: bigint): ArchiveTime {
  return formatTime(Number(micros))
}
