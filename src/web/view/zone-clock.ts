import { DateTime, IANAZone } from 'luxon'
import type { ArchiveTime } from '../../model/archive-time.ts'
import type { Day } from '../../model/day.ts'

/** Tells the times of a page in one zone. The page stays one UTC day. */
export interface ZoneClock {
  /** As shown: UTC or Europe/Berlin. */
  readonly name: string
  readonly isUtc: boolean
  /** 07:14 */
  clockTime (time: ArchiveTime): string
  /** 07:14:09 */
  exactTime (time: ArchiveTime): string
  localDay (time: ArchiveTime): Day
}

export const utcClock: ZoneClock = {
  name: 'UTC',
  isUtc: true,
  clockTime: time => time.slice(11, 16),
  exactTime: time => time.slice(11, 19),
  localDay: time => time.slice(0, 10) as Day
}

/** Undefined for a name that is not in the zone data. */
export function createZoneClock (name: string): ZoneClock | undefined {
  if (/^(utc|etc\/utc|z)$/i.test(name)) return utcClock
  // Names only: «+05:30» and «local» would be understood too, but mean nothing, or something else, to other readers.
  if (!/^[A-Za-z]+(?:[/_+-][A-Za-z0-9]+)*$/.test(name) || !IANAZone.isValidZone(name)) return undefined
  const zone = IANAZone.create(name)
  // Clocks change at whole quarters of an hour; asking the zone data for every message of a busy day is slow.
  const offsets = new Map<number, number>()
  function local (time: ArchiveTime): string {
    const millis = Date.parse(`${time.slice(0, 23)}Z`)
    const quarter = Math.floor(millis / 900_000)
    const offset = offsets.get(quarter) ?? zone.offset(millis)
    offsets.set(quarter, offset)
    return new Date(millis + offset * 60_000).toISOString()
  }
  return {
    name: DateTime.utc().setZone(zone).zoneName ?? name,
    isUtc: false,
    clockTime: time => local(time).slice(11, 16),
    exactTime: time => local(time).slice(11, 19),
    localDay: time => local(time).slice(0, 10) as Day
  }
}
