import { createHash, randomBytes } from 'node:crypto'
import type { RoomJid } from '../model/address.ts'
import type { Uid } from '../model/event.ts'

/** An id of our own for a live event: 128 unpredictable bits. */
export function randomUid (): Uid {
  return randomBytes(16).toString('base64url')
}

/** An id of our own for something the room will tell again after the next join: the same words give the same id. */
export function historyUid (room: RoomJid, ...parts: readonly string[]): Uid {
  return createHash('sha256').update(JSON.stringify([room, ...parts])).digest('base64url').slice(0, 22)
}
