import type { RoomJid } from '../model/address.ts'
import type { ArchiveTime, Micros } from '../model/archive-time.ts'
import type { XmppConnection } from '../xmpp/connection.ts'
import type { Element } from '../xmpp/element.ts'
import { forbidsRecord } from '../xmpp/hints.ts'
import type { CatchUpReport, Progress } from './absences.ts'
import { createRoom, senderOf } from './room.ts'
import type { Room, RoomOptions, RoomServices, RoomStatus } from './room.ts'
import { createTurns } from './turns.ts'

export interface Rooms {
  /** Listens to the connection from now on; joins when it is online. */
  start (): void
  /** Leaves all rooms politely. What was heard has been handed to the record by then. */
  stop (): Promise<void>
  status (): RoomStatus[]
  /** The record takes no more events for now. */
  overflow (): void
  /** An event that had waited stands at this time now: what the room says next comes after it. */
  placed (room: RoomJid, time: ArchiveTime): void
  /** Tries once more what is missing of these rooms, of all without a list; waits for those that are being joined. */
  catchUp (rooms: readonly RoomJid[] | undefined, onProgress: (progress: Progress) => void): Promise<readonly CatchUpReport[]>
}

export interface RoomsOptions extends Omit<RoomServices, 'connection' | 'turns'> {
  readonly connection: Pick<XmppConnection, 'send' | 'request' | 'domain' | 'address' | 'heardAt' | 'onStanza' | 'onOnline' | 'onOffline'>
  readonly rooms: readonly RoomOptions[]
}

// Hundreds of joins at once look like an attack to a server.
const JOINS_AT_ONCE = 10
// One that waits for the store must not keep the others out.
const ENTER_MS = 30_000
// A page of an archive may keep a server busy for long.
const CATCH_UPS_AT_ONCE = 4

export function createRooms ({ connection, rooms: configured, ...services }: RoomsOptions): Rooms {
  const turns = createTurns(CATCH_UPS_AT_ONCE)
  const rooms = new Map(configured.map(options => [options.jid, createRoom(options, { ...services, connection, turns })]))
  let isStopping = false
  let round = 0
  let entering: Promise<unknown> = Promise.resolve()

  async function enterAll (waiting: Room[]): Promise<void> {
    const mine = ++round
    const worker = async (): Promise<void> => {
      for (let room = waiting.shift(); room !== undefined && mine === round; room = waiting.shift()) await inTime(room.enter())
    }
    await Promise.all(Array.from({ length: JOINS_AT_ONCE }, worker))
  }

  // One poisonous stanza stops neither its room nor the others.
  function hear (stanza: Element, readAt: Micros): void {
    // What is addressed to other addresses of our domain is no business of an occupant.
    const sender = (stanza.attrs['to'] ?? connection.address) === connection.address ? senderOf(stanza) : undefined
    const room = sender === undefined ? undefined : rooms.get(sender.room)
    if (sender === undefined || room === undefined) return
    try {
      room.hear(stanza, sender.nick, readAt)
    } catch (error) {
      services.log.error({ err: error, room: sender.room, stanza: stanza.name }, 'a stanza could not be understood; it is put aside')
      const isTalk = stanza.name === 'message' && stanza.attrs['type'] === 'groupchat' && !forbidsRecord(stanza)
      if (isTalk || stanza.name === 'presence') services.quarantine(sender.room, stanza.toString(), error)
    }
  }

  return {
    start () {
      connection.onStanza(hear)
      connection.onOnline(({ isResumed }) => {
        if (isStopping) return
        const lost = [...rooms.values()].filter(room => !isResumed || !room.resume())
        entering = enterAll(lost).catch((error: unknown) => { services.log.error({ err: error }, 'joining the rooms failed') })
      })
      connection.onOffline(() => {
        round += 1
        for (const room of rooms.values()) room.offline(connection.heardAt ?? services.now())
      })
    },
    async stop () {
      isStopping = true
      round += 1
      await Promise.allSettled([...rooms.values()].map(room => room.leave()))
    },
    status: () => [...rooms.values()].map(room => room.status()),
    overflow () { for (const room of rooms.values()) room.overflow() },
    placed (room, time) { rooms.get(room)?.placed(time) },
    async catchUp (wanted, onProgress) {
      const asked = services.now()
      await entering
      const chosen = wanted === undefined ? [...rooms.values()] : wanted.flatMap(jid => rooms.get(jid) ?? [])
      return Promise.all(chosen.map(room => room.catchUp(onProgress, asked)))
    }
  }
}

async function inTime (entered: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>(resolve => { timer = setTimeout(resolve, ENTER_MS) })
  await Promise.race([entered, late])
  clearTimeout(timer)
}
