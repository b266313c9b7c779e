import { formatTime } from '../../src/model/archive-time.ts'
import type { ArchiveTime } from '../../src/model/archive-time.ts'
import type { RoomJid } from '../../src/model/address.ts'
import type { RoomEvent } from '../../src/model/event.ts'

export const LOUNGE = 'lounge@conference.example.org' as RoomJid
export const ANNEX = 'annex@conference.example.org' as RoomJid

/** Rooms whose addresses are hard on ids, keys and files. */
export const ODD_ROOMS = [
  '_first@conference.example.org',
  '!room@conference.example.org',
  "o'hara\"@conference.example.org",
  'room\\40conference.example.org@logs.example.org',
  '😀🏳️‍🌈@conference.example.org',
  'é@conference.example.org',
  'e\u0301@conference.example.org',
  'a\u200bb@conference.example.org',
  'ab@conference.example.org',
  'a+b %2f?x=1&y#z@conference.example.org',
  'conference.example.org',
  `${'x'.repeat(1000)}@conference.example.org`,
  `${'語'.repeat(340)}@conference.example.org`
] as RoomJid[]

const START = Date.UTC(2026, 10, 21, 7, 14, 9) * 1000

/** Seconds after 2026-11-21T07:14:09Z. */
export function at (seconds: number): ArchiveTime {
  return formatTime(START + Math.round(seconds * 1e6))
}

export function message (seconds: number, fields: Partial<RoomEvent> = {}): RoomEvent {
  return { kind: 'message', room: LOUNGE, time: at(seconds), uid: `uid-${seconds}`, nick: 'alice', via: 'live', body: `said at ${seconds}`, ...fields }
}

export function join (seconds: number, fields: Partial<RoomEvent> = {}): RoomEvent {
  return { kind: 'join', room: LOUNGE, time: at(seconds), uid: `join-${seconds}`, nick: 'alice', via: 'live', role: 'participant', ...fields }
}

/** Messages one minute apart, uids `uid-0`, `uid-60` … */
export function messages (count: number, fields: Partial<RoomEvent> = {}): RoomEvent[] {
  return Array.from({ length: count }, (_, n) => message(n * 60, fields))
}
