import type Database from 'better-sqlite3'
import type { RoomJid } from '../model/address.ts'
import { foldNick } from './fold.ts'

/** Rooms and nicks have numbers in the index, which are their tokens. */
export interface NameWriter {
  roomId (room: RoomJid): number
  nickId (nick: string): number
  /** Nothing of the nick with this number is left. */
  leave (id: string): void
  /** After a transaction that failed, or when another process has emptied the index. */
  forget (): void
}

const MOST_CACHED = 50_000

export function createNameWriter (db: Database.Database): NameWriter {
  const putRoom = db.prepare<[string]>('INSERT INTO room (jid) VALUES (?) ON CONFLICT DO UPDATE SET jid = jid RETURNING id').pluck()
  const putNick = db.prepare<[string, string]>('INSERT INTO nick (nick, folded) VALUES (?, ?) ON CONFLICT DO UPDATE SET nick = nick RETURNING id').pluck()
  const removeNick = db.prepare<[string]>('DELETE FROM nick WHERE id = ?')
  const rooms = new Map<string, number>()
  const nicks = new Map<string, number>()

  function cached (ids: Map<string, number>, name: string, put: () => unknown): number {
    let id = ids.get(name)
    if (id === undefined) {
      id = put() as number
      if (ids.size >= MOST_CACHED) ids.clear()
      ids.set(name, id)
    }
    return id
  }

  return {
    roomId: room => cached(rooms, room, () => putRoom.get(room)),
    nickId: nick => cached(nicks, nick, () => putNick.get(nick, foldNick(nick))),
    leave (id) {
      removeNick.run(id)
      nicks.clear()
    },
    forget () {
      rooms.clear()
      nicks.clear()
    }
  }
}
