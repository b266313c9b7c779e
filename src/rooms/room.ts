import { bareOf, parseJid } from '../model/address.ts'
import type { RoomJid } from '../model/address.ts'
import { formatTime, toMicros } from '../model/archive-time.ts'
import type { ArchiveTime, Micros } from '../model/archive-time.ts'
import { defined } from '../model/defined.ts'
import { messageOf } from '../model/errors.ts'
import type { RoomEvent } from '../model/event.ts'
import type { Logger } from '../log.ts'
import type { XmppConnection } from '../xmpp/connection.ts'
import type { Element } from '../xmpp/element.ts'
import { parseMucUser, STATUS } from '../xmpp/muc.ts'
import type { HistoryLimit } from '../xmpp/muc.ts'
import { ofJoinError, ofPresence } from './departure.ts'
import { createMembership } from './membership.ts'
import { hearMessage } from './message.ts'
import { createOccupants } from './occupants.ts'
import type { PresenceEvent } from './occupants.ts'
import { hearPresence } from './presence.ts'
import type { HeardPresence } from './presence.ts'
import { askRoomInfo } from './room-info.ts'
import type { RoomInfo } from './room-info.ts'
import { createScribe } from './scribe.ts'
import { createTalk } from './talk.ts'

export interface RoomOptions {
  readonly jid: RoomJid
  readonly nick: string
  readonly password?: string
  /** How many messages of history to ask for when joining. */
  readonly history: number
  /** Keep the real addresses that the room shows us, in the protected field. */
  readonly keepRealJids: boolean
}

interface Range {
  readonly start?: ArchiveTime
  readonly end?: ArchiveTime
}

export interface RoomServices {
  readonly connection: Pick<XmppConnection, 'send' | 'request'>
  /** Takes an event, in the order of the calls; resolves when it is durable. */
  readonly record: (event: RoomEvent) => Promise<unknown>
  /** The newest recorded talk of the time, at most `limit`, oldest first. */
  readonly recall: (room: RoomJid, range: Range, limit: number) => Promise<readonly RoomEvent[]>
  readonly lastTime: (room: RoomJid) => Promise<ArchiveTime | undefined>
  /** Called with what the room says of itself, before each join and after each change. */
  readonly onInfo: (room: RoomJid, info: RoomInfo) => void
  readonly log: Logger
}

export interface RoomStatus {
  readonly jid: RoomJid
  readonly state: 'outside' | 'joining' | 'joined'
  readonly occupants: number
  readonly problem?: string
}

export interface Room {
  /** Joins, and comes back after every departure until offline() or leave(). Resolves when the first try has an outcome. */
  enter (): Promise<void>
  /** Takes a stanza from the room, synchronously and in the order of the stream. */
  hear (stanza: Element, nick: string, readAt: Micros): void
  /** The stream is gone: so are we, unless it is resumed. */
  offline (): void
  /** The stream goes on and nothing was lost: true when we are in the room as before. */
  resume (): boolean
  leave (): Promise<void>
  /** Resolves when all that was heard so far is recorded. */
  drained (): Promise<void>
  status (): RoomStatus
}

const SINCE_MARGIN: Micros = 300_000_000
const MAX_RECALLED = 1_000

export function createRoom (options: RoomOptions, services: RoomServices): Room {
  const { jid } = options
  const { connection, record } = services
  const log = services.log.child({ room: jid })
  const scribe = createScribe({ room: jid, record, onError (error) { log.error({ err: error }, 'event not recorded') } })
  const talk = createTalk({ room: jid, scribe, recall: (start, end) => services.recall(jid, { start, end }, MAX_RECALLED) })
  const occupants = createOccupants()
  const membership = createMembership({ ...options, connection, prepare, onOutside () { talk.outside() }, log })
  let info: RoomInfo | undefined

  async function prepare (): Promise<HistoryLimit> {
    occupants.clear()
    talk.expect()
    await scribe.drained()
    const last = await services.lastTime(jid)
    if (last !== undefined) scribe.recorded(last)
    // Joining a room that does not exist would create it, so it is asked first (XEP-0045 §10.1.1).
    await learn()
    // Imported talk may stand in the future, from where no room tells anything.
    const since = last === undefined ? undefined : Math.min(toMicros(last), Date.now() * 1000) - SINCE_MARGIN
    // The clocks may differ: what the room tells first may stand before that in the record.
    talk.recalled(await services.recall(jid, since === undefined ? {} : { start: formatTime(since - SINCE_MARGIN) }, MAX_RECALLED))
    return { maxstanzas: options.history, ...defined({ since }) }
  }

  async function learn (): Promise<void> {
    info = await askRoomInfo(connection, jid)
    services.onInfo(jid, info)
  }

  function hear (stanza: Element, from: string, readAt: Micros): void {
    // Before we have joined, the room may still count on us from an earlier stream and tell what is said.
    if (membership.phase === 'outside' || info === undefined) return
    if (stanza.getName() === 'presence') {
      const presence = hearPresence(stanza, from, info)
      if (presence !== undefined && membership.phase !== 'preparing') hearOccupant(presence, readAt)
    } else if (stanza.getName() === 'message') {
      const message = hearMessage(stanza, jid, from, info)
      if (message !== undefined) talk.hear(message, readAt)
      if (from === '') hearRoom(stanza, readAt)
    }
  }

  function hearOccupant (presence: HeardPresence, readAt: Micros): void {
    if (presence.type === 'error') {
      if (membership.phase === 'joining' && presence.error !== undefined) membership.departed(ofJoinError(presence.error))
      return
    }
    if (presence.nick === '') return // ejabberd: the room's own capabilities
    // Once inside we know our nick, as each change of it is told to us under the old one.
    const isOurs = presence.nick === membership.nick || (membership.phase === 'joining' && presence.status.has(STATUS.SELF))
    const event = occupants.hear(presence)
    if (isOurs) hearOurselves(presence, event, readAt)
    else if (membership.phase === 'joined' && event !== undefined) add(event, presence, readAt)
  }

  function hearOurselves (presence: HeardPresence, event: PresenceEvent | undefined, readAt: Micros): void {
    if (presence.type === 'available') {
      if (!membership.arrived(presence.nick)) return
      if (presence.status.has(STATUS.CREATED)) log.warn('the room did not exist and was created by our join; configure it from a client')
      log.info({ nick: presence.nick, occupants: occupants.size }, 'joined')
      talk.joined()
    } else if (presence.newNick !== undefined) {
      membership.renamed(presence.newNick)
    } else {
      if (presence.destroy !== undefined) addDestroy(presence.destroy, readAt)
      else if (event?.kind === 'kick' || event?.kind === 'ban') add(event, presence, readAt)
      membership.departed(ofPresence(presence))
      // What is members-only now is not to be read on until we come back and ask.
      if (presence.status.has(STATUS.AFFILIATION_CHANGED) || presence.status.has(STATUS.MEMBERS_ONLY)) learnAgain()
    }
  }

  function add (event: PresenceEvent, presence: HeardPresence, readAt: Micros): void {
    const real = options.keepRealJids && presence.jid !== undefined ? { private: { jid: presence.jid } } : {}
    scribe.live({ ...event, ...real }, readAt)
  }

  function addDestroy ({ alternate, reason }: NonNullable<HeardPresence['destroy']>, readAt: Micros): void {
    scribe.live({ kind: 'destroy', nick: '', ...defined({ alternate, reason }) }, readAt)
  }

  function hearRoom (stanza: Element, readAt: Micros): void {
    if (stanza.attrs['type'] !== 'groupchat') return
    const status = [...parseMucUser(stanza)?.statuses ?? []].filter(isConfiguration)
    if (status.length === 0) return
    scribe.live({ kind: 'configuration', nick: '', status }, readAt)
    learnAgain()
  }

  function learnAgain (): void {
    learn().catch((error: unknown) => { log.warn({ problem: messageOf(error) }, 'the room does not tell its configuration') })
  }

  return {
    enter: () => membership.enter(),
    hear,
    offline () { membership.offline() },
    resume: () => membership.resume(),
    leave: () => membership.leave(),
    drained: () => scribe.drained(),
    status () {
      const { phase, problem } = membership
      return {
        jid,
        state: phase === 'preparing' ? 'joining' : phase,
        occupants: phase === 'joined' ? occupants.size : 0,
        ...defined({ problem })
      }
    }
  }
}

// XEP-0045 §10.2.1: what tells occupants that the room's configuration changed.
function isConfiguration (status: number): boolean {
  return status === STATUS.CONFIGURATION_CHANGED || (status >= 170 && status <= 174)
}

/** The room and nick a stanza comes from; the nick is empty when the room itself speaks. */
export function senderOf (stanza: Element): { room: RoomJid, nick: string } | undefined {
  try {
    const jid = parseJid(stanza.attrs['from'] ?? '')
    return { room: bareOf(jid) as RoomJid, nick: jid.resource }
  } catch {
    return undefined
  }
}
