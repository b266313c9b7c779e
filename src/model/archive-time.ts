import { HansardError } from './errors.ts'

/**
 * Archive time: UTC with microseconds, always written in the 27 characters of `2026-11-21T07:14:09.372180Z`,
 * so that comparing the texts compares the times. Strictly increasing within a room.
 */
export type ArchiveTime = string & { readonly __brand: 'ArchiveTime' }

/** Microseconds since 1970-01-01T00:00:00Z; exact in a double until the year 2255. */
export type Micros = number

const EARLIEST: Micros = Date.UTC(1970, 0, 1) * 1000
const LATEST: Micros = Date.UTC(2255, 0, 1) * 1000

// XEP-0082 DateTime; a missing offset is refused, as the profile demands one.
const DATE_TIME = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/

const DAY: Micros = 86_400_000_000
const TWO_DIGITS = Array.from({ length: 60 }, (_, n) => String(n).padStart(2, '0'))

// Times come in crowds of the same day, and a Date for each would cost as much as recording it.
let latest = { day: NaN, date: '' }

function knowDay (day: number, date: string): typeof latest {
  latest = { day, date }
  return latest
}

export function formatTime (micros: Micros): ArchiveTime {
  const day = Math.floor(micros / DAY)
  const { date } = day === latest.day ? latest : knowDay(day, new Date(day * 86_400_000).toISOString().slice(0, 10))
  const rest = micros - day * DAY
  const seconds = Math.floor(rest / 1_000_000)
  const minutes = Math.floor(seconds / 60)
  const clock = `${TWO_DIGITS[Math.floor(minutes / 60)]}:${TWO_DIGITS[minutes % 60]}:${TWO_DIGITS[seconds % 60]}`
  return `${date}T${clock}.${String(rest - seconds * 1_000_000).padStart(6, '0')}Z` as ArchiveTime
}

export function toMicros (time: ArchiveTime): Micros {
  const date = time.slice(0, 10)
  const { day } = date === latest.date ? latest : knowDay(Date.parse(date) / 86_400_000, date)
  const seconds = (Number(time.slice(11, 13)) * 60 + Number(time.slice(14, 16))) * 60 + Number(time.slice(17, 19))
  return day * DAY + seconds * 1_000_000 + Number(time.slice(20, 26))
}

/**
 * Reads an XEP-0082 DateTime (0 to 9 fractional digits, `Z` or ±hh:mm) into microseconds; digits past the
 * sixth are cut. Throws ERR_TIME.
 */
export function parseDateTime (text: string): Micros {
  const match = DATE_TIME.exec(text)
  if (match === null) throw invalidTime(text)
  const [, year, month, day, hour, minute, second, fraction = '', zone = 'Z'] = match
  const fields = [year, month, day, hour, minute, second].map(Number) as [number, number, number, number, number, number]
  const millis = Date.UTC(fields[0], fields[1] - 1, fields[2], fields[3], fields[4], Math.min(fields[5], 59))
  const back = new Date(millis)
  const isReal = back.getUTCFullYear() === fields[0] && back.getUTCMonth() === fields[1] - 1 && back.getUTCDate() === fields[2] &&
    fields[3] < 24 && fields[4] < 60 && fields[5] <= 60
  if (!isReal) throw invalidTime(text)
  const micros = (millis - offsetMillis(zone, text)) * 1000 + Number(fraction.padEnd(6, '0').slice(0, 6))
  if (micros < EARLIEST || micros >= LATEST) throw invalidTime(text)
  return micros
}

function offsetMillis (zone: string, text: string): number {
  if (zone === 'Z') return 0
  const hours = Number(zone.slice(1, 3))
  const minutes = Number(zone.slice(4, 6))
  if (hours > 14 || minutes > 59) throw invalidTime(text)
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000
}

function invalidTime (text: string): HansardError {
  return new HansardError('ERR_TIME', `Cannot read the time "${text.slice(0, 40)}": expected a form such as 2026-11-21T07:14:09.372180Z`)
}

/** Whole seconds of a time: the key under which anchors are counted. */
export function secondOf (time: ArchiveTime): string {
  return time.slice(0, 19)
}
