import type { HostFigures, MonthDigest } from './month-digest.ts'

export type RoomHost = Omit<HostFigures, 'days'>

/** What a room linked to in these months, ascending; the hosts with most links first. */
export function hostsOf (months: readonly MonthDigest[]): RoomHost[] {
  const hosts = new Map<string, RoomHost>()
  for (const { host, times, first, last } of months.flatMap(({ hosts }) => hosts)) {
    const known = hosts.get(host)
    hosts.set(host, known === undefined ? { host, times, first, last } : { ...known, times: known.times + times, last })
  }
  return [...hosts.values()].sort((one, other) => other.times - one.times || (one.host < other.host ? -1 : 1))
}
