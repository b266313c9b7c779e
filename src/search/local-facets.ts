import type Database from 'better-sqlite3'
import type { RoomJid } from '../model/address.ts'
import { formatTime } from '../model/archive-time.ts'
import { firstPlace, lastPlace, microsOf } from './local-place.ts'
import { kindAt } from './local-postings.ts'
import type { Facet, Facets } from './search-index.ts'

/** Places, both inclusive. */
export interface Span {
  readonly first: bigint
  readonly last: bigint
}

/** What a search found, to be read again: newest first, and counted up to a number. */
export interface Finding {
  rows (span: Span): Iterable<FacetRow>
  count (span: Span, most: number): number
}

export interface FacetRow {
  readonly room: bigint
  readonly kind: bigint
  readonly nick: bigint
}

/** So many hits are looked at, and of each year so many counted. */
const MOST_HITS = 10_000
const MOST_PEOPLE = 20
const MOST_YEARS = 60

export function createFacetCounter (db: Database.Database): (finding: Finding, span: Span, isExact: boolean) => Facets {
  const roomOf = db.prepare<[number], RoomJid>('SELECT jid FROM room WHERE id = ?').pluck()
  const nickOf = db.prepare<[number], string>('SELECT nick FROM nick WHERE id = ?').pluck()
  const ends = db.prepare<[Span], { first: bigint | null, last: bigint | null }>(`
    SELECT (SELECT place FROM doc WHERE place BETWEEN @first AND @last ORDER BY place LIMIT 1) AS first,
      (SELECT place FROM doc WHERE place BETWEEN @first AND @last ORDER BY place DESC LIMIT 1) AS last`).safeIntegers()

  function yearsOf (finding: Finding, span: Span): Array<Facet<string>> {
    const { first, last } = ends.get(span) ?? { first: null, last: null }
    if (first === null || last === null) return []
    const [oldest, newest] = [yearOf(first), yearOf(last)]
    const years = Array.from({ length: Math.min(newest - oldest + 1, MOST_YEARS) }, (_, n) => newest - n)
    return years.map(year => {
      const count = finding.count(within(span, year), MOST_HITS + 1)
      return { value: String(year), count: Math.min(count, MOST_HITS), isExact: count <= MOST_HITS }
    }).filter(({ count }) => count > 0)
  }

  return (finding, span, isExact) => {
    const [rooms, people, kinds] = [new Map<number, number>(), new Map<number, number>(), new Map<number, number>()]
    let left = MOST_HITS
    for (const { room, kind, nick } of finding.rows(span)) {
      if (left-- === 0) break
      increment(rooms, Number(room))
      increment(kinds, Number(kind))
      if (nick !== 0n) increment(people, Number(nick))
    }
    const facets = <Value>(counts: Map<number, number>, valueOf: (id: number) => Value | undefined): Array<Facet<Value>> =>
      [...counts].sort(([, a], [, b]) => b - a).flatMap(([id, count]) => {
        const value = valueOf(id)
        return value === undefined ? [] : [{ value, count, isExact }]
      })
    return {
      rooms: facets(rooms, id => roomOf.get(id)),
      years: yearsOf(finding, span),
      people: facets(mostOf(people), id => nickOf.get(id)),
      kinds: facets(kinds, kindAt)
    }
  }
}

function mostOf (counts: Map<number, number>): Map<number, number> {
  return new Map([...counts].sort(([, a], [, b]) => b - a).slice(0, MOST_PEOPLE))
}

function increment (counts: Map<number, number>, id: number): void {
  counts.set(id, (counts.get(id) ?? 0) + 1)
}

function yearOf (place: bigint): number {
  return Number(formatTime(Number(microsOf(place, 0n))).slice(0, 4))
}

function within (span: Span, year: number): Span {
  const first = firstPlace(formatTime(Date.UTC(year, 0) * 1000))
  const last = lastPlace(formatTime(Date.UTC(year + 1, 0) * 1000 - 1))
  return { first: span.first > first ? span.first : first, last: span.last < last ? span.last : last }
}
