import type { Database } from 'better-sqlite3'
import { formatTime, toMicros } from '../model/archive-time.ts'
import type { ArchiveTime, Micros } from '../model/archive-time.ts'
import { dayBounds, dayOf } from '../model/day.ts'
import type { Day } from '../model/day.ts'
import { createCounts } from './sqlite-counts.ts'
import type { DaySummary, DaysQuery } from './store.ts'

/** Counters per room and day, kept in the transaction of the events they count. */
export interface Ledger {
  /** Notes that an event came (1) or went (-1); nothing is written before `write`. */
  note (room: number, event: Counted, sign: 1 | -1): void
  /** Writes what was noted; `change` becomes the revision of the days touched. */
  write (change: number): void
  /** Forgets what was noted, after a failed transaction. */
  clear (): void
  /** Events of the stream between the times, inclusive. Of one nick whole days from the counters, the rest from an index. */
  count (room: number, stream: 0 | 1, start: Micros | undefined, end: Micros | undefined, nick: string | undefined): number
  /** Events of the stream strictly before the time. */
  rank (room: number, stream: 0 | 1, time: Micros): number
  days (room: number, query: DaysQuery): DaySummary[]
  day (room: number, day: Day): DaySummary | undefined
}

export interface Counted {
  readonly stream: 0 | 1
  readonly time: ArchiveTime
  readonly nick: string
  /** It is part of another message. */
  readonly isPart: boolean
}

interface Delta {
  readonly room: number
  readonly day: Day
  talk: number
  parts: number
  presence: number
  readonly nicks: Map<string, number>
}

interface DayRow {
  readonly day: Day
  readonly talk: number
  readonly lines: number
  readonly presence: number
  readonly people: number
  readonly first: Micros | null
  readonly last: Micros | null
  readonly revision: number
}

export function createLedger (db: Database): Ledger {
  const deltas = new Map<string, Delta>()
  const counts = createCounts(db)

  const addPerson = db.prepare<[number, string, Day, number], number>(`
    INSERT INTO day_people (room, nick, day, n) VALUES (?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET n = n + excluded.n RETURNING n`).pluck()
  const dropPerson = db.prepare('DELETE FROM day_people WHERE room = ? AND nick = ? AND day = ? AND n <= 0')
  const addDay = db.prepare(`
    INSERT INTO days (room, day, talk, parts, presence, people, revision) VALUES (@room, @day, @talk, @parts, @presence, @people, @revision)
    ON CONFLICT DO UPDATE SET talk = talk + excluded.talk, parts = parts + excluded.parts, presence = presence + excluded.presence,
      people = people + excluded.people, revision = excluded.revision`)
  const setBounds = db.prepare(`
    UPDATE days SET
      first = (SELECT min(time) FROM events WHERE room = @room AND stream = 0 AND time BETWEEN @start AND @end),
      last = (SELECT max(time) FROM events WHERE room = @room AND stream = 0 AND time BETWEEN @start AND @end)
    WHERE room = @room AND day = @day`)
  const dropDay = db.prepare('DELETE FROM days WHERE room = ? AND day = ? AND talk <= 0 AND presence <= 0')
  const addRoom = db.prepare('UPDATE rooms SET talk = talk + ?, parts = parts + ?, presence = presence + ? WHERE id = ?')

  const totals = [
    db.prepare<[number], number>('SELECT talk FROM rooms WHERE id = ?').pluck(),
    db.prepare<[number], number>('SELECT presence FROM rooms WHERE id = ?').pluck()
  ] as const
  const scanNick = db.prepare<[number, number, string, Micros, Micros], number>(
    'SELECT count(*) FROM events WHERE room = ? AND stream = ? AND nick = ? AND time BETWEEN ? AND ?').pluck()
  const sumPerson = db.prepare<[number, string, string, string], number>(
    'SELECT total(n) FROM day_people WHERE room = ? AND nick = ? AND day > ? AND day < ?').pluck()

  const DAYS = 'SELECT day, talk, talk - parts AS lines, presence, people, first, last, revision FROM days WHERE room = ?'
  const forward = db.prepare<[number, string, string, number], DayRow>(`${DAYS} AND talk > 0 AND day BETWEEN ? AND ? ORDER BY day LIMIT ?`)
  const backward = db.prepare<[number, string, string, number], DayRow>(
    `${DAYS} AND talk > 0 AND day BETWEEN ? AND ? ORDER BY day DESC LIMIT ?`)
  const one = db.prepare<[number, Day], DayRow>(`${DAYS} AND day = ?`)

  function write ({ room, day, talk, parts, presence, nicks }: Delta, revision: number): void {
    let people = 0
    for (const [nick, n] of nicks) {
      if (n === 0) continue
      const now = addPerson.get(room, nick, day, n) ?? 0
      if (now === n) people++
      if (now === 0) {
        people--
        dropPerson.run(room, nick, day)
      }
    }
    const { start, end } = dayBounds(day)
    addDay.run({ room, day, talk, parts, presence, people, revision })
    setBounds.run({ room, day, start: toMicros(start), end: toMicros(end) })
    dropDay.run(room, day)
    addRoom.run(talk, parts, presence, room)
  }

  function countNick (room: number, stream: 0 | 1, start: Micros | undefined, end: Micros | undefined, nick: string): number {
    const first = start === undefined ? '' : dayOf(formatTime(start))
    const last = end === undefined ? '~' : dayOf(formatTime(end))
    const edge = (from: Micros, to: Micros): number => scanNick.get(room, stream, nick, from, to) ?? 0
    if (start !== undefined && end !== undefined && first >= last) return edge(start, end)
    if (nick === '' || stream === 1) return edge(start ?? Number.MIN_SAFE_INTEGER, end ?? Number.MAX_SAFE_INTEGER)
    return (sumPerson.get(room, nick, first, last) ?? 0) +
      (start === undefined ? 0 : edge(start, toMicros(dayBounds(first as Day).end))) +
      (end === undefined ? 0 : edge(toMicros(dayBounds(last as Day).start), end))
  }

  return {
    note (room, { stream, time, nick, isPart }, sign) {
      counts.note(room, stream, toMicros(time), sign)
      const day = dayOf(time)
      const key = `${room} ${day}`
      let delta = deltas.get(key)
      if (delta === undefined) deltas.set(key, delta = { room, day, talk: 0, parts: 0, presence: 0, nicks: new Map() })
      if (stream === 0) {
        delta.talk += sign
        if (isPart) delta.parts += sign
        // The room itself, which speaks without a nick, is nobody.
        if (nick !== '') delta.nicks.set(nick, (delta.nicks.get(nick) ?? 0) + sign)
      } else {
        delta.presence += sign
      }
    },
    write (change) {
      for (const delta of deltas.values()) write(delta, change)
      deltas.clear()
      counts.write()
    },
    clear () {
      deltas.clear()
      counts.clear()
    },
    count (room, stream, start, end, nick) {
      if (nick !== undefined) return countNick(room, stream, start, end, nick)
      return (end === undefined ? totals[stream].get(room) ?? 0 : counts.before(room, stream, end + 1)) -
        (start === undefined ? 0 : counts.before(room, stream, start))
    },
    rank: (room, stream, time) => counts.before(room, stream, time),
    days (room, { from = '', to = '~', reverse = false, limit = -1 }) {
      return (reverse ? backward : forward).all(room, from, to, limit).map(summary)
    },
    day (room, day) {
      const row = one.get(room, day)
      return row === undefined ? undefined : summary(row)
    }
  }
}

function summary ({ first, last, revision, ...row }: DayRow): DaySummary {
  return {
    ...row,
    ...(first === null ? {} : { first: formatTime(first) }),
    ...(last === null ? {} : { last: formatTime(last) }),
    revision: String(revision)
  }
}
