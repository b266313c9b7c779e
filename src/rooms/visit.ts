import type { RoomJid } from '../model/address.ts'
import type { Logger } from '../log.ts'
import { createClock } from '../xmpp/clock.ts'
import type { XmppConnection } from '../xmpp/connection.ts'
import { createRoom } from './room.ts'
import type { Room, RoomOptions } from './room.ts'
import type { RoomInfo } from './room-info.ts'
import { createTurns } from './turns.ts'

export interface VisitOptions extends Pick<RoomOptions, 'jid' | 'nick' | 'password'> {
  readonly connection: Pick<XmppConnection, 'send' | 'request' | 'domain'>
  readonly onInfo: (room: RoomJid, info: RoomInfo) => void
  readonly log: Logger
}

/** Enters a room as the archive does, to see whether it can be, and keeps nothing of it. */
export function createVisit ({ connection, onInfo, log, ...room }: VisitOptions): Room {
  return createRoom({ ...room, history: 0, catchUp: 'none', keepRealJids: false }, {
    connection,
    record: async () => {},
    append: async () => [],
    hold: async () => {},
    release: async () => {},
    recall: async () => [],
    get: async () => undefined,
    lastTime: async () => undefined,
    lastDestroy: async () => undefined,
    quarantine () {},
    ledger: {
      leave () {},
      absence: async () => undefined,
      progress () {},
      split () {},
      filled () {},
      lost () {},
      holes: async () => [],
      put () {}
    },
    turns: createTurns(1),
    onInfo,
    log,
    now: createClock()
  })
}
