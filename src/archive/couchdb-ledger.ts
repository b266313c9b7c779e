import type { RoomJid } from '../model/address.ts'
import { formatTime } from '../model/archive-time.ts'
import type { Micros } from '../model/archive-time.ts'
import type { Day } from '../model/day.ts'
import type { Stream } from '../model/event.ts'
import type { CouchClient } from './couchdb-client.ts'
import { viewPath } from './couchdb-design.ts'
import type { QueriesAnswer } from './couchdb-documents.ts'
import { collationKey, descending, EARLIEST, fromCollationKey, LATEST, streamKey } from './couchdb-keys.ts'
import type { DaySummary, DaysQuery, RoomSummary } from './store.ts'

/** The day ledger, from the view `days`: [room, stream, day, nick] → statistics of the times and of the revisions. */
export interface CouchLedger {
  days (room: RoomJid, query: DaysQuery): Promise<DaySummary[]>
  day (room: RoomJid, day: Day): Promise<DaySummary | undefined>
  rooms (): Promise<RoomSummary[]>
  /** Events of the stream on the days between, both excluded; undefined is unbounded. */
  countBetween (room: RoomJid, stream: Stream, after: Day | undefined, before: Day | undefined): Promise<number>
}

interface Statistics { readonly sum: number, readonly count: number, readonly min: number, readonly max: number }

interface GroupRow {
  readonly key: readonly string[] | null
  readonly value: readonly [times: Statistics, hashes: Statistics, lines: Statistics]
}

/** Several rows added up. */
interface Tally {
  count: number
  lines: number
  first: Micros
  last: Micros
  hash: number
  people: number
}

// A line is about 200 bytes.
const MAX_REMEMBERED = 20_000

export function createCouchLedger ({ client }: { client: CouchClient }): CouchLedger {
  // Counting the people of a day reads a row for each; past days seldom change, and the mark tells when they did.
  const people = new Map<string, { readonly mark: string, readonly people: number }>()

  async function groups (...queries: readonly object[]): Promise<GroupRow[][]> {
    const { results } = await client.request(`${viewPath('days')}/queries`, { method: 'POST', body: { queries } }) as QueriesAnswer<GroupRow>
    return results.map(({ rows }) => [...rows])
  }

  function remember (room: RoomJid, day: string, tally: Tally): void {
    people.set(`${room} ${day}`, { mark: mark(tally), people: tally.people })
    const oldest = people.keys().next()
    if (people.size > MAX_REMEMBERED && !oldest.done) people.delete(oldest.value)
  }

  /** The talk tallies of these days with their people; days that changed meanwhile are given as they are now. */
  async function withPeople (room: RoomJid, talk: Map<string, Tally>): Promise<Map<string, Tally>> {
    const complete = new Map(talk)
    const unknown: string[] = []
    for (const [day, tally] of talk) {
      const known = people.get(`${room} ${day}`)
      if (known?.mark === mark(tally)) complete.set(day, { ...tally, people: known.people })
      else unknown.push(day)
    }
    if (unknown.length === 0) return complete
    unknown.sort()
    const [rows = []] = await groups({ ...dayRange(room, 'talk', unknown[0], unknown.at(-1)), group_level: 4 })
    for (const [day, tally] of tallies(rows)) {
      if (!complete.has(day)) continue
      complete.set(day, tally)
      remember(room, day, tally)
    }
    return complete
  }

  return {
    async days (room, { from, to, reverse = false, limit }) {
      if (limit === 0 || (from !== undefined && to !== undefined && from > to)) return []
      const range = dayRange(room, 'talk', from, to)
      const [rows = []] = await groups({
        ...(reverse ? descending(range) : range),
        group_level: 3,
        ...(limit === undefined ? {} : { limit })
      })
      const found = tallies(rows)
      if (found.size === 0) return []
      const sorted = [...found.keys()].sort()
      const [presenceRows = []] = await groups({ ...dayRange(room, 'presence', sorted[0], sorted.at(-1)), group_level: 3 })
      const presence = tallies(presenceRows)
      const talk = await withPeople(room, found)
      return [...found.keys()].map(day => summary(day as Day, talk.get(day), presence.get(day)))
    },

    async day (room, day) {
      const [talkRows = [], presenceRows = []] = await groups(
        { ...dayRange(room, 'talk', day, day), group_level: 4 },
        { ...dayRange(room, 'presence', day, day), group_level: 3 }
      )
      const talk = tallies(talkRows).get(day)
      const presence = tallies(presenceRows).get(day)
      return talk === undefined && presence === undefined ? undefined : summary(day, talk, presence)
    },

    async rooms () {
      const [rows = []] = await groups({ group_level: 2 })
      const found = new Map<RoomJid, { talk?: GroupRow, presence?: GroupRow }>()
      for (const row of rows) {
        const [roomKey = '', stream] = row.key ?? []
        const room = fromCollationKey(roomKey) as RoomJid
        found.set(room, { ...found.get(room), [stream === 't' ? 'talk' : 'presence']: row })
      }
      return [...found]
        .map(([room, { talk, presence }]) => ({
          room,
          talk: talk?.value[0].count ?? 0,
          presence: presence?.value[0].count ?? 0,
          lines: talk?.value[2].sum ?? 0,
          ...(talk === undefined ? {} : { first: formatTime(talk.value[0].min), last: formatTime(talk.value[0].max) })
        }))
        .sort((a, b) => a.room < b.room ? -1 : 1)
    },

    async countBetween (room, stream, after, before) {
      const prefix = [collationKey(room), streamKey(stream)]
      // An object stands after every text: past all nicks of the day.
      const [rows = []] = await groups({
        startkey: after === undefined ? prefix : [...prefix, after, {}],
        endkey: [...prefix, before ?? {}],
        inclusive_end: false,
        group: false
      })
      return rows[0]?.value[0].count ?? 0
    }
  }
}

function dayRange (room: RoomJid, stream: Stream, from = EARLIEST, to = LATEST): { startkey: unknown, endkey: unknown } {
  const prefix = [collationKey(room), streamKey(stream)]
  return { startkey: [...prefix, from], endkey: [...prefix, to, {}] }
}

function tallies (rows: readonly GroupRow[]): Map<string, Tally> {
  const found = new Map<string, Tally>()
  for (const { key, value: [times, hashes, lines] } of rows) {
    const [, , day = '', nick] = key ?? []
    const tally = found.get(day) ?? { count: 0, lines: 0, first: Infinity, last: -Infinity, hash: 0, people: 0 }
    tally.count += times.count
    tally.lines += lines.sum
    tally.first = Math.min(tally.first, times.min)
    tally.last = Math.max(tally.last, times.max)
    tally.hash += hashes.sum
    // The room itself, which speaks without a nick, is nobody.
    if (nick !== undefined && nick !== '') tally.people++
    found.set(day, tally)
  }
  return found
}

function mark ({ count, hash }: Tally): string {
  return `${count}.${hash.toString(36)}`
}

function summary (day: Day, talk: Tally | undefined, presence: Tally | undefined): DaySummary {
  return {
    day,
    talk: talk?.count ?? 0,
    presence: presence?.count ?? 0,
    lines: talk?.lines ?? 0,
    people: talk?.people ?? 0,
    ...(talk === undefined ? {} : { first: formatTime(talk.first), last: formatTime(talk.last) }),
    revision: [talk, presence].map(tally => tally === undefined ? '' : mark(tally)).join('-')
  }
}
