import { createHash } from 'node:crypto'
import type { ArchiveStore, DaySummary } from '../../archive/store.ts'
import type { RoomJid } from '../../model/address.ts'
import { revisionOf } from '../kept/kept-files.ts'
import type { KeptFiles } from '../kept/kept-files.ts'
import type { KeptKey, Period, Year } from '../kept/kept-path.ts'
import type { DayDigest, DayLink } from './day-digest.ts'
import { hostOf } from './links-in.ts'
import type { MonthDigest } from './month-digest.ts'
import { readDay } from './read-day.ts'

/** Digests as files: of each day, and of each year that is over, with its links in parts by host. */
export interface KeptDigests {
  /** From its file, or from the record. */
  day (room: RoomJid, summary: DaySummary, signal: AbortSignal): Promise<DayDigest>
  /** The months of a year; `days` are all of it that the ledger has. Undefined where they are not kept. */
  year (room: RoomJid, year: Year, days: readonly DaySummary[]): Promise<MonthDigest[] | undefined>
  /** The links of a year to the host, and to some others; undefined where they are not kept. */
  yearLinks (room: RoomJid, year: Year, days: readonly DaySummary[], host: string): Promise<DayLink[] | undefined>
  /** The year last, so that it tells that all of it is there. */
  keepYear (
    room: RoomJid, year: Year, days: readonly DaySummary[], months: readonly MonthDigest[], links: readonly DayLink[]
  ): Promise<void>
}

export interface KeptDigestsOptions {
  readonly store: Pick<ArchiveStore, 'page'>
  /** Without it everything is read from the record each time. */
  readonly kept: Pick<KeptFiles, 'get' | 'put'> | undefined
}

/** Changes with the form of the files. */
const FORM = 1
const PARTS = 16

export function createKeptDigests ({ store, kept }: KeptDigestsOptions): KeptDigests {
  async function get<Content> (key: KeptKey): Promise<Content | undefined> {
    const content = await kept?.get(key)
    return content === undefined ? undefined : JSON.parse(content.toString()) as Content
  }

  async function put (key: KeptKey, content: unknown): Promise<void> {
    await kept?.put(key, JSON.stringify(content))
  }

  return {
    async day (room, summary, signal) {
      const key = keyOf(room, summary.day, 'digest.json', [summary])
      const known = await get<DayDigest>(key)
      if (known !== undefined) return known
      const digest = await readDay(store, room, summary.day, signal)
      await put(key, digest)
      return digest
    },

    year: (room, year, days) => get<MonthDigest[]>(keyOf(room, year, 'digest.json', days)),
    yearLinks: (room, year, days, host) => get<DayLink[]>(keyOf(room, year, partName(host), days)),

    async keepYear (room, year, days, months, links) {
      const parts = new Map<string, DayLink[]>()
      for (const link of links) {
        const name = partName(hostOf(link.url))
        const part = parts.get(name)
        if (part === undefined) parts.set(name, [link])
        else part.push(link)
      }
      for (let n = 0; n < PARTS; n++) await put(keyOf(room, year, nameOf(n), days), parts.get(nameOf(n)) ?? [])
      await put(keyOf(room, year, 'digest.json', days), months)
    }
  }
}

function keyOf (room: RoomJid, period: Period, name: string, days: readonly DaySummary[]): KeptKey {
  return { room, period, name, revision: revisionOf(days), variant: FORM }
}

function partName (host: string): string {
  return nameOf((createHash('sha256').update(host).digest()[0] ?? 0) % PARTS)
}

function nameOf (part: number): string {
  return `links.${part}.json`
}
