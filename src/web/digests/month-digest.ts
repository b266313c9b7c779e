import type { ArchiveTime } from '../../model/archive-time.ts'
import type { Day, Month } from '../../model/day.ts'
import { weekdayOf } from '../../model/day.ts'
import type { DayDigest } from './day-digest.ts'
import { hostOf } from './links-in.ts'

/** The digests of a month's days as one: what a page about years is made from. */
export interface MonthDigest {
  readonly month: Month
  /** Those that have talk. */
  readonly days: readonly DayFigures[]
  /** Messages by weekday, from Monday on, and hour. */
  readonly heat: ReadonlyArray<readonly number[]>
  readonly people: ReadonlyArray<readonly [nick: string, messages: number]>
  readonly answers: ReadonlyArray<readonly [seconds: number, times: number]>
  readonly hosts: readonly HostFigures[]
  /** Links to more addresses and hosts than are listed. */
  readonly unlisted: number
}

export interface DayFigures extends Pick<DayDigest, 'messages' | 'removed' | 'edited'> {
  readonly day: Day
}

export interface HostFigures {
  readonly host: string
  /** How often it was linked to. */
  readonly times: number
  readonly first: ArchiveTime
  readonly last: ArchiveTime
  /** The days on which it was, as numbers of the month. */
  readonly days: readonly number[]
}

const MOST_HOSTS = 1_000
const MOST_PEOPLE = 5_000

/** The days in the order of time. */
export function monthDigestOf (month: Month, days: ReadonlyArray<readonly [Day, DayDigest]>): MonthDigest {
  const heat = Array.from({ length: 7 }, () => Array<number>(24).fill(0))
  const people = new Map<string, number>()
  const answers = new Map<number, number>()
  const hosts = new Map<string, HostFigures & { days: number[] }>()
  let unlisted = 0

  for (const [day, digest] of days) {
    const row = heat[weekdayOf(day) - 1] ?? []
    digest.hours.forEach((messages, hour) => { row[hour] = (row[hour] ?? 0) + messages })
    for (const [nick, messages] of digest.people) {
      if (people.size < MOST_PEOPLE || people.has(nick)) people.set(nick, (people.get(nick) ?? 0) + messages)
    }
    for (const [seconds, times] of digest.answers) answers.set(seconds, (answers.get(seconds) ?? 0) + times)
    unlisted += digest.unlisted
    const date = Number(day.slice(8))
    for (const { url, times, first, last } of digest.links) {
      const host = hostOf(url)
      const known = hosts.get(host)
      if (known === undefined && hosts.size >= MOST_HOSTS) unlisted += times
      else if (known === undefined) hosts.set(host, { host, times, first: first.time, last: last.time, days: [date] })
      else {
        hosts.set(host, {
          host,
          times: known.times + times,
          first: known.first < first.time ? known.first : first.time,
          last: known.last > last.time ? known.last : last.time,
          days: known.days.at(-1) === date ? known.days : [...known.days, date]
        })
      }
    }
  }

  return {
    month,
    days: days.map(([day, { messages, removed, edited }]) => ({ day, messages, removed, edited })),
    heat,
    people: [...people],
    answers: [...answers].sort(([one], [other]) => one - other),
    hosts: [...hosts.values()],
    unlisted
  }
}
