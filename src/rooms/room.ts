import { bareOf, parseJid } from '../model/address.ts'
import type { RoomJid } from '../model/address.ts'
import { formatTime, toMicros } from '../model/archive-time.ts'
import type { ArchiveTime, Micros } from '../model/archive-time.ts'
import { messageOf } from '../model/errors.ts'
import type { ArchivedEvent, RoomEvent } from '../model/event.ts'
import type { Logger } from '../log.ts'
import { createBackoff } from '../xmpp/backoff.ts'
import type { XmppConnection } from '../xmpp/connection.ts'
import type { Element } from '../xmpp/element.ts'
import { buildJoin, buildLeave, parseMucUser } from '../xmpp/muc.ts'
import { StanzaError } from '../xmpp/stanza-error.ts'
import { ofJoinError, ofPresence } from './departure.ts'
import type { Departure } from './departure.ts'
import { createHistory } from './history.ts'
import type { History } from './history.ts'
import { hearMessage } from './message.ts'
import type { HeardMessage } from './message.ts'
import { createOccupants } from './occupants.ts'
import type { PresenceEvent } from './occupants.ts'
import { hearPresence } from './presence.ts'
import type { HeardPresence } from './presence.ts'
import { createQueue } from './queue.ts'
import { createRoomClock } from './room-clock.ts'
import type { RoomClock } from './room-clock.ts'
import { askRoomInfo } from './room-info.ts'
import type { RoomInfo } from './room-info.ts'
import { historyUid, randomUid } from './uid.ts'

export interface RoomOptions {
  readonly jid: RoomJid
  readonly nick: string
  readonly password?: string
  /** How many messages of history to ask for when joining. */
  readonly history: number
  /** Keep the real addresses that the room shows us, in the protected field. */
  readonly keepRealJids: boolean
}

export interface RoomServices {
  readonly connection: Pick<XmppConnection, 'send' | 'request'>
  /** Makes an event durable; resolves to its recorded form. */
  readonly record: (event: RoomEvent) => Promise<ArchivedEvent>
  /** The newest recorded talk since the time, at most `limit`, oldest first. */
  readonly recall: (room: RoomJid, since: ArchiveTime | undefined, limit: number) => Promise<readonly ArchivedEvent[]>
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
  /** The stream is gone: so are we. */
  offline (): void
  leave (): Promise<void>
  /** Resolves when all that was heard is recorded. */
  drained (): Promise<void>
  status (): RoomStatus
}

const JOIN_TIMEOUT_MS = 30_000
const SINCE_MARGIN: Micros = 300_000_000
const MAX_RECALLED = 1_000

export function createRoom (options: RoomOptions, services: RoomServices): Room {
  const { connection } = services
  const log = services.log.child({ room: options.jid })
  const queue = createQueue(error => { log.error({ err: error }, 'event not recorded') })
  const occupants = createOccupants()
  const soon = createBackoff({ minMs: 1_000, maxMs: 120_000 })
  const slowly = createBackoff({ minMs: 60_000, maxMs: 900_000 })

  let state: RoomStatus['state'] = 'outside'
  let problem: string | undefined
  let nick = options.nick
  let clock: RoomClock | undefined
  let info: RoomInfo | undefined
  let history: Promise<History> | undefined
  // Between our own presence and the subject the room repeats its past; only then are its stamps believed.
  let isRepeating = false
  let subject: string | undefined
  let attempt = 0
  let timer: NodeJS.Timeout | undefined
  let settle: () => void = () => {}

  async function enter (): Promise<void> {
    const mine = ++attempt
    clearTimeout(timer)
    state = 'joining'
    occupants.clear()
    try {
      const last = await services.lastTime(options.jid)
      clock ??= createRoomClock(last)
      // Joining a room that does not exist would create it, so it is asked first (XEP-0045 §10.1.1).
      const found = await askRoomInfo(connection, options.jid)
      if (mine !== attempt) return
      info = found
      services.onInfo(options.jid, found)
      const since = last === undefined ? undefined : formatTime(toMicros(last) - SINCE_MARGIN)
      history = services.recall(options.jid, since, MAX_RECALLED).then(createHistory)
      history.catch(() => {}) // reported by the tasks that wait for it
      isRepeating = true
      await connection.send(buildJoin(`${options.jid}/${nick}`, {
        password: options.password,
        history: { maxstanzas: options.history, ...(since === undefined ? {} : { since: toMicros(since) }) }
      }))
      timer = setTimeout(() => { depart({ again: 'soon', problem: 'the room does not answer' }) }, JOIN_TIMEOUT_MS)
      await new Promise<void>(resolve => { settle = resolve })
    } catch (error) {
      if (mine !== attempt) return
      depart(error instanceof StanzaError ? ofJoinError(error) : { again: 'soon', problem: messageOf(error) })
    }
  }

  function depart (departure: Departure): void {
    const wasJoined = state === 'joined'
    state = 'outside'
    attempt += 1
    clearTimeout(timer)
    occupants.clear()
    if (problem !== departure.problem) log.warn({ problem: departure.problem, wasJoined }, 'not in the room')
    problem = departure.problem
    if (departure.again === 'rename') nick = `${nick}_`
    const isHopeless = departure.again === 'slowly' || nick.length > options.nick.length + 5
    if (isHopeless) nick = options.nick
    const delay = isHopeless ? slowly.next() : departure.again === 'rename' ? 0 : soon.next()
    timer = setTimeout(() => { enter().catch(error => { log.error({ err: error }, 'join failed') }) }, delay)
    settle()
  }

  function joined (): void {
    clearTimeout(timer)
    state = 'joined'
    problem = undefined
    soon.reset()
    slowly.reset()
    log.info({ nick, occupants: occupants.size }, 'joined')
    settle()
  }

  function hear (stanza: Element, from: string, readAt: Micros): void {
    if (state === 'outside' || info === undefined || clock === undefined) return
    if (stanza.getName() === 'presence') {
      const presence = hearPresence(stanza, from, info)
      if (presence !== undefined) hearOccupant(presence, readAt)
    } else if (stanza.getName() === 'message') {
      const message = hearMessage(stanza, options.jid, from, info)
      if (message !== undefined) hearTalk(message, readAt)
      else if (from === '') hearRoom(stanza, readAt)
    }
  }

  function hearOccupant (presence: HeardPresence, readAt: Micros): void {
    const isOurs = presence.status.has(110) || presence.nick === nick
    if (presence.type === 'error') {
      if (state === 'joining' && presence.error !== undefined) depart(ofJoinError(presence.error))
      return
    }
    if (presence.nick === '') return // ejabberd: the room's own capabilities
    const event = occupants.hear(presence)
    if (isOurs) hearOurselves(presence, event, readAt)
    else if (state === 'joined' && event !== undefined) add(event, presence, readAt)
  }

  function hearOurselves (presence: HeardPresence, event: PresenceEvent | undefined, readAt: Micros): void {
    if (presence.type === 'available') {
      nick = presence.nick
      if (state !== 'joining') return
      if (presence.status.has(201)) log.warn('the room did not exist and was created by our join; configure it from a client')
      joined()
    } else if (presence.newNick !== undefined) {
      nick = presence.newNick
    } else {
      if (presence.destroy !== undefined) addDestroy(presence.destroy, readAt)
      else if (event?.kind === 'kick' || event?.kind === 'ban') add(event, presence, readAt)
      depart(ofPresence(presence))
    }
  }

  function add (event: PresenceEvent, presence: HeardPresence, readAt: Micros): void {
    const jid = options.keepRealJids && presence.jid !== undefined ? { private: { jid: presence.jid } } : {}
    enqueue({ ...event, ...jid }, readAt)
  }

  function addDestroy (destroy: NonNullable<HeardPresence['destroy']>, readAt: Micros): void {
    const { alternate, reason } = destroy
    enqueue({
      kind: 'destroy',
      nick: '',
      ...(alternate === undefined ? {} : { alternate }),
      ...(reason === undefined ? {} : { reason })
    }, readAt)
  }

  // XEP-0045 §10.2.1: 104 and 170 to 174 tell occupants that the room's configuration changed.
  function hearRoom (stanza: Element, readAt: Micros): void {
    if (stanza.attrs['type'] !== 'groupchat') return
    const status = [...parseMucUser(stanza)?.statuses ?? []].filter(code => code === 104 || (code >= 170 && code <= 174))
    if (status.length === 0) return
    enqueue({ kind: 'configuration', nick: '', status }, readAt)
    askRoomInfo(connection, options.jid).then(found => {
      info = found
      services.onInfo(options.jid, found)
    }).catch(error => { log.warn({ problem: messageOf(error) }, 'the room does not tell its configuration') })
  }

  function hearTalk (message: HeardMessage, readAt: Micros): void {
    if (isRepeating && message.saidAt !== undefined && message.kind === 'message') {
      queue.push(() => recordRepeated(message, message.saidAt ?? readAt, readAt))
    } else if (isRepeating && message.kind === 'subject') {
      isRepeating = false
      const before = subject
      subject = message.fields.body ?? ''
      queue.push(() => recordStandingSubject(message, before, readAt))
    } else {
      isRepeating &&= message.saidAt !== undefined
      if (message.kind === 'subject') subject = message.fields.body ?? ''
      const claimed = message.saidAt === undefined ? {} : { claimedTime: formatTime(message.saidAt) }
      enqueue({ ...claimed, ...talkOf(message), uid: message.stanzaId ?? randomUid() }, readAt)
    }
  }

  async function recordRepeated (message: HeardMessage, saidAt: Micros, readAt: Micros): Promise<void> {
    const past = await history
    if (past === undefined) return
    const { body = '', message: id = '' } = message.fields
    const uid = message.stanzaId ?? historyUid(options.jid, formatTime(saidAt), message.kind, message.nick, id, body)
    const time = past.timeOf(Math.min(saidAt, readAt))
    past.passed(past.find(message) ?? await services.record({ ...talkOf(message), room: options.jid, uid, time, via: 'catch-up' }))
  }

  // After every join the room repeats its subject, mostly without saying since when: only a new one is an event.
  async function recordStandingSubject (message: HeardMessage, before: string | undefined, readAt: Micros): Promise<void> {
    const past = await history
    const text = message.fields.body ?? ''
    const known = before ?? past?.lastSubject
    if (past === undefined || text === known || (known === undefined && (text === '' || message.saidAt === undefined))) return
    if (past.find(message) !== undefined) return
    await recordRepeated(message, message.saidAt ?? readAt, readAt)
  }

  function talkOf (message: HeardMessage): Omit<RoomEvent, 'room' | 'time' | 'uid' | 'via'> {
    const occupant = message.occupant === undefined ? {} : { occupant: message.occupant }
    return { kind: message.kind, nick: message.nick, ...occupant, ...message.fields }
  }

  function enqueue (event: Omit<RoomEvent, 'room' | 'time' | 'uid' | 'via'> & { uid?: string }, readAt: Micros): void {
    if (clock === undefined) return
    const placed: RoomEvent = { ...event, room: options.jid, uid: event.uid ?? randomUid(), time: clock.next(readAt), via: 'live' }
    queue.push(async () => { await services.record(placed) })
  }

  return {
    enter,
    hear,
    offline () {
      attempt += 1
      clearTimeout(timer)
      state = 'outside'
      problem = 'not connected to the server'
      occupants.clear()
      settle()
    },
    async leave () {
      const wasInside = state !== 'outside'
      attempt += 1
      clearTimeout(timer)
      state = 'outside'
      settle()
      if (wasInside) await connection.send(buildLeave(`${options.jid}/${nick}`))
    },
    drained: () => queue.drained(),
    status: () => ({ jid: options.jid, state, occupants: occupants.size, ...(problem === undefined ? {} : { problem }) })
  }
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
