import { formatTime, toMicros } from '../../src/model/archive-time.ts'
import type { Micros } from '../../src/model/archive-time.ts'
import type { ArchivedEvent } from '../../src/model/event.ts'
import type { Gap } from '../../src/model/gap.ts'
import { numberOf } from '../servers/numbered-talk.ts'
import type { Said } from '../servers/numbered-talk.ts'

/** What was said in a room, what the record has of it, and what the record says it has not. */
export interface Evidence {
  /** In the order of the room. */
  readonly said: readonly Said[]
  /** Numbers of which the room did not tell whether it took them. */
  readonly doubtful: ReadonlySet<number>
  /** All talk that is recorded, in the order of the record. */
  readonly recorded: ReadonlyArray<Pick<ArchivedEvent, 'body' | 'uid' | 'time' | 'via'>>
  /** The gaps that are not filled. */
  readonly holes: ReadonlyArray<Pick<Gap, 'from' | 'to'>>
  /** Undefined where the room has an archive, from which all comes back. */
  readonly history?: {
    /** How many messages a room tells those who enter, and we ask for. */
    readonly limit: number
    /** The room forgot its history, all but the newest message perhaps (Prosody), when so many had been said. */
    readonly forgottenAt: readonly number[]
    /** When the program stood in the room, each time anew. */
    readonly joinedAt: readonly Micros[]
  }
}

export interface Verdict {
  /** Sentences; empty when the record is as it must be. */
  readonly complaints: readonly string[]
  readonly recorded: number
  readonly missing: number
  readonly caughtUp: number
}

/** Stamps of a room's history have whole seconds on some servers. */
const STAMP_MICROS: Micros = 1_000_000
/** Between the room's telling and our knowing that it has begun, more may be said. */
const SAID_MEANWHILE = 3
const SHOWN = 8

export function judge (evidence: Evidence): Verdict {
  const { said, recorded, history } = evidence
  const places = new Map(said.map(({ n }, place) => [n, place]))
  const numbers = recorded.map(({ body }) => numberOf(body))
  const known = new Set(numbers)
  const missing = said.flatMap(({ n }, place) => known.has(n) ? [] : [place])
  return {
    complaints: [
      ...foreign(evidence, numbers, places),
      ...outOfOrder(evidence, numbers, places),
      ...history === undefined ? incomplete(evidence, numbers, places, missing) : bounds(evidence, missing),
      ...history === undefined ? [] : untold(evidence, history, missing)
    ],
    recorded: recorded.length,
    missing: missing.length,
    caughtUp: recorded.filter(({ via }) => via === 'catch-up').length
  }
}

type Numbers = ReadonlyArray<number | undefined>
type Places = ReadonlyMap<number, number>

function foreign ({ recorded, doubtful }: Evidence, numbers: Numbers, places: Places): string[] {
  const first = new Map<number, number>()
  return numbers.flatMap((n, index) => {
    const told = `«${recorded[index]?.body}» at ${recorded[index]?.time}`
    if (n === undefined || !(places.has(n) || doubtful.has(n))) return [`recorded and never said: ${told}`]
    const before = first.get(n)
    if (before !== undefined) return [`recorded twice: ${told} (${recorded[index]?.via}), before at ${recorded[before]?.time} (${recorded[before]?.via})`]
    first.set(n, index)
    return []
  })
}

function outOfOrder ({ recorded }: Evidence, numbers: Numbers, places: Places): string[] {
  const found: string[] = []
  let last = -1
  for (const [index, n] of numbers.entries()) {
    const place = n === undefined ? undefined : places.get(n)
    if (place === undefined) continue
    if (place < last) found.push(`out of order: ${n} at ${recorded[index]?.time} (${recorded[index]?.via}) stands after what was said later`)
    last = Math.max(last, place)
    if (index > 0 && (recorded[index]?.time ?? '') <= (recorded[index - 1]?.time ?? '')) found.push(`two at one time: ${recorded[index]?.time}`)
  }
  return found
}

function incomplete ({ said, recorded, holes }: Evidence, numbers: Numbers, places: Places, missing: readonly number[]): string[] {
  const strangers = numbers.flatMap((n, index) => {
    const id = n === undefined ? undefined : said[places.get(n) ?? -1]?.id
    return id === undefined || id === recorded[index]?.uid ? [] : [`${n} is recorded as ${recorded[index]?.uid}, the room calls it ${id}`]
  })
  return [
    ...(missing.length === 0 ? [] : [`missing: ${list(missing.map(place => said[place]?.n))}`]),
    ...holes.map(hole => `a gap is open: ${inWords(hole)}`),
    ...strangers
  ]
}

/** Everything missing lies in one hole, and nothing recorded does. */
function bounds ({ said, recorded, holes }: Evidence, missing: readonly number[]): string[] {
  const times = new Map(recorded.map(({ body, time }) => [numberOf(body), toMicros(time)]))
  const places = new Map(said.map(({ n }, place) => [n, place]))
  const isIn = (place: number, { from, to }: Pick<Gap, 'from' | 'to'>): boolean => {
    const at = said[place]?.at ?? 0
    // What the record has of the time before may have been read later than here.
    let before = place - 1
    while (before >= 0 && !times.has(said[before]?.n)) before -= 1
    const latest = Math.max(at, times.get(said[before]?.n) ?? 0)
    return toMicros(from) <= latest && (to === undefined || at <= toMicros(to) + STAMP_MICROS)
  }
  const outside = missing.filter(place => holes.filter(hole => isIn(place, hole)).length !== 1)
  return [
    ...(outside.length === 0 ? [] : [`missing, and not in one gap: ${outside.slice(0, SHOWN).map(place => `${said[place]?.n} said at ${formatTime(said[place]?.at ?? 0)}`).join(', ')} (${outside.length} in all); gaps: ${holes.map(inWords).join('; ')}`]),
    ...holes.flatMap(hole => hole.to === undefined ? [`a gap has no end: ${inWords(hole)}`] : []),
    ...holes.flatMap(hole => {
      const inside = recorded.filter(({ time }) => time > hole.from && (hole.to === undefined || time < hole.to))
      // A message may have been heard in the midst of what was missed, but none before or after that.
      const [first, last] = [missing.find(place => isIn(place, hole)) ?? Infinity, missing.findLast(place => isIn(place, hole)) ?? -1]
      const odd = inside.filter(({ body }) => {
        const place = places.get(numberOf(body) ?? 0) ?? -1
        return place < first || place > last
      })
      return odd.length === 0 ? [] : [`recorded in a gap: ${inWords(hole)} has ${list(odd.map(({ body, time, via }) => `${numberOf(body)} ${via} ${time}`))}`]
    })
  ]
}

/** Between what is missing and the next join there must be as much as the room can have told then, or the end of its memory. */
function untold ({ said }: Evidence, { limit, forgottenAt, joinedAt }: NonNullable<Evidence['history']>, missing: readonly number[]): string[] {
  return missing.flatMap((place, index) => {
    const isForgotten = forgottenAt.some(count => place + 1 === count || place + 2 === count)
    const next = missing[index + 1] ?? said.length
    if (next === place + 1 || isForgotten) return []
    const joined = joinedAt.find(at => at > (said[place]?.at ?? 0)) ?? Infinity
    const told = said.slice(place + 1, next).filter(({ at }) => at <= joined).length
    return told + SAID_MEANWHILE >= limit ? [] : [`after ${said[place]?.n}, which is missing, the room told ${limit}, of which ${told} are recorded`]
  })
}

function list (things: ReadonlyArray<string | number | undefined>): string {
  return things.length <= SHOWN ? things.join(', ') : `${things.slice(0, SHOWN).join(', ')} … (${things.length} in all)`
}

function inWords ({ from, to }: Pick<Gap, 'from' | 'to'>): string {
  return `${from} – ${to ?? 'open'}`
}
