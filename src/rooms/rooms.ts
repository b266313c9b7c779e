import type { XmppConnection } from '../xmpp/connection.ts'
import { createRoom, senderOf } from './room.ts'
import type { Room, RoomOptions, RoomServices, RoomStatus } from './room.ts'

export interface Rooms {
  /** Listens to the connection from now on; joins when it is online. */
  start (): void
  /** Leaves all rooms politely. What was heard has been handed to the record by then. */
  stop (): Promise<void>
  status (): RoomStatus[]
}

export interface RoomsOptions extends Omit<RoomServices, 'connection'> {
  readonly connection: XmppConnection
  readonly rooms: readonly RoomOptions[]
}

// Hundreds of joins at once look like an attack to a server, and their histories would all arrive together.
const JOINS_AT_ONCE = 10

export function createRooms ({ connection, rooms: configured, ...services }: RoomsOptions): Rooms {
  const rooms = new Map(configured.map(options => [options.jid, createRoom(options, { ...services, connection })]))
  let isStopping = false
  let round = 0

  async function enterAll (waiting: Room[]): Promise<void> {
    const mine = ++round
    const worker = async (): Promise<void> => {
      for (let room = waiting.shift(); room !== undefined && mine === round; room = waiting.shift()) await room.enter()
    }
    await Promise.all(Array.from({ length: JOINS_AT_ONCE }, worker))
  }

  return {
    start () {
      connection.onStanza((stanza, readAt) => {
        // What is addressed to other addresses of our domain is no business of an occupant.
        const sender = (stanza.attrs['to'] ?? connection.address) === connection.address ? senderOf(stanza) : undefined
        if (sender !== undefined) rooms.get(sender.room)?.hear(stanza, sender.nick, readAt)
      })
      connection.onOnline(({ isResumed }) => {
        if (isStopping) return
        const lost = [...rooms.values()].filter(room => !isResumed || !room.resume())
        enterAll(lost).catch((error: unknown) => { services.log.error({ err: error }, 'joining the rooms failed') })
      })
      connection.onOffline(() => {
        round += 1
        for (const room of rooms.values()) room.offline()
      })
    },
    async stop () {
      isStopping = true
      round += 1
      await Promise.allSettled([...rooms.values()].map(room => room.leave()))
    },
    status: () => [...rooms.values()].map(room => room.status())
  }
}
