import { parseRoomJid } from '../../src/model/address.ts'
import type { ArchiveTime } from '../../src/model/archive-time.ts'
import type { RoomEvent } from '../../src/model/event.ts'

export const LOUNGE = parseRoomJid('lounge@conference.example.org')

/** A message event; everything that a test does not care about has a default. */
export function message (fields: Partial<RoomEvent> = {}): RoomEvent {
  return {
    kind: 'message',
    room: LOUNGE,
    time: '2026-11-21T07:14:09.372180Z' as ArchiveTime,
    uid: 'uid-1',
    nick: 'alice',
    via: 'live',
    body: 'good morning',
    ...fields
  }
}
