import { createHmac } from 'node:crypto'
import type { BareJid, RoomJid } from '../model/address.ts'
import type { RoomEvent } from '../model/event.ts'

/**
 * XEP-0421 ids of the archives at a component, live in their mirror rooms and in what their MAM finds: the same for the same
 * person, and nothing can be learnt from them elsewhere.
 */
export interface OccupantIds {
  /** Whoever did it: by the room's own id where it gives any, otherwise by the nick. Undefined when it was the room itself. */
  ofEvent (event: Pick<RoomEvent, 'room' | 'nick' | 'occupant'>): string | undefined
  ofVisitor (room: RoomJid, account: BareJid): string
}

/** The key must stay the same over restarts, and secret. */
export function createOccupantIds (key: string | Buffer): OccupantIds {
  const hash = (...parts: readonly string[]): string => createHmac('sha256', key).update(parts.join('\0')).digest('base64url')
  return {
    ofEvent ({ room, nick, occupant }) {
      if (occupant !== undefined) return hash(room, 'occupant', occupant)
      return nick === '' ? undefined : hash(room, 'nick', nick)
    },
    ofVisitor: (room, account) => hash(room, 'visitor', account)
  }
}
