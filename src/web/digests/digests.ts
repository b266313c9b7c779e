import { setTimeout as delay } from 'node:timers/promises'
import type { ArchiveStore, DaySummary } from '../../archive/store.ts'
import type { Logger } from '../../log.ts'
import type { RoomJid } from '../../model/address.ts'
import { monthOf } from '../../model/day.ts'
import type { Day, Month } from '../../model/day.ts'
import { messageOf } from '../../model/errors.ts'
import type { KeptFiles } from '../kept/kept-files.ts'
import type { Year } from '../kept/kept-path.ts'
import type { DayDigest, DayLink } from './day-digest.ts'
import { createKeptDigests } from './kept-digests.ts'
import { hostOf } from './links-in.ts'
import { mergedLinks } from './merged-links.ts'
import { monthDigestOf } from './month-digest.ts'
import type { MonthDigest } from './month-digest.ts'

/** What pages about months and years of a room are made from. A visit costs by the days of a room, not by its messages. */
export interface Digests {
  /**
   * What there is of the room. What is missing is made in the background, one room at a time, the newest months first; a visit
   * waits for it a moment only. Rejects with what the store rejects with.
   */
  of (room: RoomJid): Promise<RoomDigest>
  /** The links to a host in these months, each address once. */
  linksTo (room: RoomJid, digest: RoomDigest, host: string): Promise<DayLink[]>
  /** Ends what goes on in the background. */
  stop (): Promise<void>
}

export interface RoomDigest {
  /** The days that have talk, ascending. */
  readonly days: readonly DaySummary[]
  /** Ascending; those that are ready. */
  readonly months: readonly MonthDigest[]
  /** How many of the days are in these. */
  readonly ready: number
}

export interface DigestsOptions {
  readonly store: Pick<ArchiveStore, 'days' | 'page'>
  readonly kept: Pick<KeptFiles, 'get' | 'put'> | undefined
  readonly now: () => number
  readonly log: Logger
  /** How long a visit waits for what is missing. */
  readonly patienceMs?: number
}

interface RoomState {
  readonly months: Map<Month, { readonly version: string, readonly digest: MonthDigest }>
  work?: Promise<void>
}

/** Of so many rooms the digests are held in memory, some megabytes for a room of many years; those of others are read again. */
const MAX_ROOMS = 8
const PATIENCE_MS = 1_000
/** Where people talk while a visit waits, a day may be out of date as soon as it is ready. */
const TRIES = 3

export function createDigests ({ store, kept, now, log, patienceMs = PATIENCE_MS }: DigestsOptions): Digests {
  const files = createKeptDigests({ store, kept })
  const rooms = new Map<RoomJid, RoomState>()
  const stopping = new AbortController()
  let queue: Promise<unknown> = Promise.resolve()

  function stateOf (room: RoomJid): RoomState {
    const state = rooms.get(room) ?? { months: new Map() }
    rooms.delete(room)
    rooms.set(room, state)
    const oldest = [...rooms].find(([, { work }]) => work === undefined)
    if (rooms.size > MAX_ROOMS && oldest !== undefined) rooms.delete(oldest[0])
    return state
  }

  function start (room: RoomJid, state: RoomState): Promise<void> {
    if (state.work !== undefined) return state.work
    const work = queue.then(() => build(room, state)).finally(() => { delete state.work })
    queue = work.catch((error: unknown) => {
      if (!stopping.signal.aborted) log.warn({ problem: messageOf(error) }, 'statistics cannot be brought up to date; the next visit tries again')
    })
    state.work = work
    return work
  }

  async function build (room: RoomJid, { months }: RoomState): Promise<void> {
    const days = await store.days(room)
    const present = byMonth(days)
    for (const month of [...months.keys()]) if (!present.has(month)) months.delete(month)
    const isStale = (month: Month): boolean => months.get(month)?.version !== versionOf(present.get(month) ?? [])

    // Years that are over change no more.
    const thisYear = new Date(now()).toISOString().slice(0, 4)
    for (const [year, own] of [...byYear(days)].reverse()) {
      const wanted = monthsOf(own).reverse().filter(isStale)
      if (wanted.length === 0) continue
      const known = await files.year(room, year, own)
      for (const digest of known ?? []) months.set(digest.month, { digest, version: versionOf(present.get(digest.month) ?? []) })
      if (known !== undefined) continue
      const digests = new Map<Day, DayDigest>()
      for (const month of wanted) {
        const own = present.get(month) ?? []
        for (const summary of own) digests.set(summary.day, await files.day(room, summary, stopping.signal))
        months.set(month, { digest: monthDigestOf(month, [...digests].filter(([day]) => monthOf(day) === month)), version: versionOf(own) })
      }
      if (kept === undefined || year >= thisYear) continue
      const links: Array<readonly DayLink[]> = []
      for (const summary of own) links.push((digests.get(summary.day) ?? await files.day(room, summary, stopping.signal)).links)
      await files.keepYear(room, year, own, monthsOf(own).flatMap(month => months.get(month)?.digest ?? []), mergedLinks(links))
    }
  }

  function digestOf (days: readonly DaySummary[], { months }: RoomState): RoomDigest {
    const ready = [...byMonth(days)].flatMap(([month, own]) => {
      const known = months.get(month)
      return known !== undefined && known.version === versionOf(own) ? [known.digest] : []
    })
    return { days, months: ready, ready: ready.reduce((sum, { days }) => sum + days.length, 0) }
  }

  return {
    async of (room) {
      const state = stateOf(room)
      const deadline = new AbortController()
      const patience = delay(patienceMs, undefined, { signal: deadline.signal, ref: false }).then(() => true, () => true)
      try {
        for (let tries = 1; ; tries++) {
          const digest = digestOf(await store.days(room), state)
          if (digest.ready === digest.days.length || tries > TRIES) return digest
          const isLate = await Promise.race([start(room, state).then(() => false), patience])
          if (isLate) return digestOf(await store.days(room), state)
        }
      } finally {
        deadline.abort()
      }
    },

    async linksTo (room, { days, months }, host) {
      const found: Array<readonly DayLink[]> = []
      const summaries = new Map(days.map(summary => [summary.day, summary]))
      for (const [year, own] of byYear(days)) {
        const on = months.flatMap(({ month, hosts }) => month.startsWith(year)
          ? hosts.find(figures => figures.host === host)?.days.map(date => `${month}-${String(date).padStart(2, '0')}` as Day) ?? []
          : [])
        if (on.length === 0) continue
        const known = await files.yearLinks(room, year, own, host)
        if (known !== undefined) {
          found.push(known)
          continue
        }
        for (const day of on) {
          const summary = summaries.get(day)
          if (summary !== undefined) found.push((await files.day(room, summary, stopping.signal)).links)
        }
      }
      return mergedLinks(found.map(links => links.filter(({ url }) => hostOf(url) === host)))
    },

    async stop () {
      stopping.abort(new Error('the site closes'))
      await queue
    }
  }
}

function versionOf (days: readonly DaySummary[]): string {
  return days.map(({ day, revision }) => `${day}:${revision}`).join()
}

function monthsOf (days: readonly DaySummary[]): Month[] {
  return [...new Set(days.map(({ day }) => monthOf(day)))]
}

function byMonth (days: readonly DaySummary[]): Map<Month, DaySummary[]> {
  return grouped(days, ({ day }) => monthOf(day))
}

function byYear (days: readonly DaySummary[]): Map<Year, DaySummary[]> {
  return grouped(days, ({ day }) => day.slice(0, 4) as Year)
}

function grouped<Key> (days: readonly DaySummary[], keyOf: (summary: DaySummary) => Key): Map<Key, DaySummary[]> {
  const groups = new Map<Key, DaySummary[]>()
  for (const summary of days) {
    const group = groups.get(keyOf(summary))
    if (group === undefined) groups.set(keyOf(summary), [summary])
    else group.push(summary)
  }
  return groups
}
