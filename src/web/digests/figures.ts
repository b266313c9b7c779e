import { daysOfMonth, monthOf } from '../../model/day.ts'
import type { Day, Month } from '../../model/day.ts'
import type { MonthDigest } from './month-digest.ts'

/** What the statistics of a room, or of a year of it, tell. */
export interface Figures {
  readonly messages: number
  readonly days: number
  readonly people: number
  /** Every month from the first to the last, without a hole. */
  readonly months: readonly MonthFigures[]
  /** Messages by weekday, from Monday on, and hour. */
  readonly heat: ReadonlyArray<readonly number[]>
  /** Of all answers, see AnswerFinder. */
  readonly wait: Wait
  /** Those with most messages, most first. */
  readonly busiest: ReadonlyArray<{ readonly day: Day, readonly messages: number }>
}

export interface MonthFigures {
  readonly month: Month
  readonly messages: number
  readonly days: number
  readonly people: number
  /** Nicks that had not been used before; undefined where not all that was before is known. */
  readonly newcomers: number | undefined
  readonly wait: Wait
}

export interface Wait {
  readonly answers: number
  /** Seconds, cut as in roundedWait(); undefined where there are too few answers to tell. */
  readonly median: number | undefined
}

/** Of fewer people, answers or messages of one person nothing is told but that they are fewer. */
export const FEW = 5
const BUSIEST = 10

/** `months` are all that is known of the room, ascending; `isWhole`: that is all there is; `year`: tells of that year alone. */
export function figuresOf (
  months: readonly MonthDigest[], { year, isWhole }: { readonly year?: string | undefined, readonly isWhole: boolean }
): Figures {
  const newcomers = newcomersOf(months)
  const told = year === undefined ? months : months.filter(({ month }) => month.startsWith(year))
  const known = new Map(told.map(digest => [digest.month, digest]))
  const days = told.flatMap(({ days }) => days).filter(({ messages }) => messages > 0)
  return {
    messages: sum(days.map(({ messages }) => messages)),
    days: days.length,
    people: new Set(told.flatMap(({ people }) => people.map(([nick]) => nick))).size,
    months: monthsBetween(told[0]?.month, told.at(-1)?.month).map(month => {
      const digest = known.get(month)
      return {
        month,
        messages: sum(digest?.days.map(({ messages }) => messages) ?? []),
        days: digest?.days.filter(({ messages }) => messages > 0).length ?? 0,
        people: digest?.people.length ?? 0,
        newcomers: isWhole ? newcomers.get(month) ?? 0 : undefined,
        wait: waitOf(digest === undefined ? [] : [digest])
      }
    }),
    heat: Array.from({ length: 7 }, (_, weekday) =>
      Array.from({ length: 24 }, (_, hour) => sum(told.map(({ heat }) => heat[weekday]?.[hour] ?? 0)))),
    wait: waitOf(told),
    busiest: days.map(({ day, messages }) => ({ day, messages }))
      .sort((one, other) => other.messages - one.messages || (one.day < other.day ? -1 : 1)).slice(0, BUSIEST)
  }
}

export interface Ranking {
  readonly named: ReadonlyArray<{ readonly nick: string, readonly messages: number }>
  /** All the others, who are not named. */
  readonly others: { readonly people: number, readonly messages: number }
}

/** Those who said most, for rooms that want it; who said little is not named. */
export function rankingOf (months: readonly MonthDigest[], wanted: number): Ranking {
  const people = new Map<string, number>()
  for (const [nick, messages] of months.flatMap(digest => digest.people)) people.set(nick, (people.get(nick) ?? 0) + messages)
  const all = [...people].sort(([one, most], [other, more]) => more - most || (one < other ? -1 : 1))
  // The room itself is nobody.
  const named = all.filter(([nick, messages]) => nick !== '' && messages >= FEW).slice(0, wanted)
  const said = (ranked: typeof all): number => sum(ranked.map(([, messages]) => messages))
  return {
    named: named.map(([nick, messages]) => ({ nick, messages })),
    others: { people: all.length - named.length, messages: said(all) - said(named) }
  }
}

function newcomersOf (months: readonly MonthDigest[]): Map<Month, number> {
  const seen = new Set<string>()
  return new Map(months.map(({ month, people }) => {
    const before = seen.size
    for (const [nick] of people) seen.add(nick)
    return [month, seen.size - before]
  }))
}

function waitOf (months: readonly MonthDigest[]): Wait {
  const times = new Map<number, number>()
  for (const [seconds, count] of months.flatMap(({ answers }) => answers)) times.set(seconds, (times.get(seconds) ?? 0) + count)
  const answers = sum([...times.values()])
  let passed = 0
  const middle = [...times].sort(([one], [other]) => one - other).find(([, count]) => (passed += count) * 2 >= answers)
  return { answers, median: answers < FEW ? undefined : middle?.[0] }
}

/** The days of a year's months, from the first to the last that has talk, each with its messages. */
export function daysOfYear (months: readonly MonthDigest[], year: string): Array<{ readonly day: Day, readonly messages: number }> {
  const known = new Map(months.flatMap(({ days }) => days.map(({ day, messages }) => [day, messages] as const)))
  return Array.from({ length: 12 }, (_, n) => `${year}-${String(n + 1).padStart(2, '0')}` as Month)
    .flatMap(daysOfMonth).map(day => ({ day, messages: known.get(day) ?? 0 }))
}

function monthsBetween (first: Month | undefined, last: Month | undefined): Month[] {
  if (first === undefined || last === undefined) return []
  const from = numberOf(first)
  return Array.from({ length: numberOf(last) - from + 1 }, (_, n) => {
    const month = from + n
    return monthOf(`${String(Math.floor(month / 12)).padStart(4, '0')}-${String(month % 12 + 1).padStart(2, '0')}-01` as Day)
  })
}

function numberOf (month: Month): number {
  return Number(month.slice(0, 4)) * 12 + Number(month.slice(5)) - 1
}

function sum (numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
