import type { RoomJid } from '../model/address.ts'
import { defined } from '../model/defined.ts'
import { messageOf } from '../model/errors.ts'
import type { Logger } from '../log.ts'
import { createBackoff } from '../xmpp/backoff.ts'
import type { XmppConnection } from '../xmpp/connection.ts'
import { xml } from '../xmpp/element.ts'
import { buildJoin, buildLeave } from '../xmpp/muc.ts'
import type { HistoryLimit } from '../xmpp/muc.ts'
import { NS } from '../xmpp/namespaces.ts'
import { StanzaError } from '../xmpp/stanza-error.ts'
import { ofJoinError } from './departure.ts'
import type { Departure } from './departure.ts'
import { createSelfPing } from './self-ping.ts'

/** outside; preparing: we ask before we join; joining: our presence is sent and no answer has come; joined. */
export type Phase = 'outside' | 'preparing' | 'joining' | 'joined'

/** Being in a room, and coming back to it. */
export interface Membership {
  readonly phase: Phase
  /** The nick we have, or try to get. */
  readonly nick: string
  /** Why we are not inside, for people. */
  readonly problem: string | undefined
  /** Joins under the configured nick, and again after every departure until offline() or leave(); resolves at the first outcome. */
  enter (): Promise<void>
  /** The room shows us as this occupant. True when we have joined by that. */
  arrived (nick: string): boolean
  renamed (nick: string): void
  /** The room said something to us. */
  heard (): void
  /** We are not in the room, or no longer; tries again in due time. */
  departed (departure: Departure): void
  offline (): void
  /** The stream goes on where it broke, and nothing was lost (XEP-0198): true when we are in the room as before. */
  resume (): boolean
  /** Leaves and enters again at once, for what only a join brings: the room's history. */
  rejoin (): Promise<void>
  leave (): Promise<void>
}

/** Thrown by `prepare` to say itself what is to happen. */
export class NotToJoin extends Error {
  readonly departure: Departure

  constructor (departure: Departure) {
    super(departure.problem)
    this.departure = departure
  }
}

export interface MembershipOptions {
  readonly jid: RoomJid
  readonly nick: string
  readonly password?: string
  readonly connection: Pick<XmppConnection, 'send' | 'request'>
  /**
   * What must be known before each join; resolves to the history to ask for. A rejection is a failed try. `check` throws when
   * the try is void, because another has begun: to be called after whatever was waited for.
   */
  readonly prepare: (check: () => void) => Promise<HistoryLimit>
  /** Called when the room, asked about it, counts us in. */
  readonly onInside: () => void
  /** Called whenever we cease to be inside, or a try to get there failed. */
  readonly onOutside: (departure: Departure | undefined) => void
  /** How long a room may be silent before it is asked whether we are inside. */
  readonly selfPingMs?: number
  readonly log: Logger
}

const JOIN_TIMEOUT_MS = 30_000
// Who is let in and thrown out again and again comes back more and more slowly.
const STEADY_MS = 60_000
const MAX_RENAMES = 5

export function createMembership ({ jid, connection, prepare, onOutside, log, ...options }: MembershipOptions): Membership {
  const soon = createBackoff({ minMs: 1_000, maxMs: 120_000 })
  const slowly = createBackoff({ minMs: 60_000, maxMs: 900_000 })
  let phase: Phase = 'outside'
  let nick = options.nick
  let problem: string | undefined
  let canResume = false
  // Of two tries only the newer counts; whatever the older still waits for is then void.
  let attempt = 0
  // Of the phase: for the next try, for the room's answer, or until we count as steadily inside.
  let timer: NodeJS.Timeout | undefined
  let settle: () => void = () => {}

  const selfPing = createSelfPing({
    ping: () => connection.request(xml('iq', { type: 'get', to: `${jid}/${nick}` }, xml('ping', { xmlns: NS.PING }))),
    onInside: options.onInside,
    onGone () { departed({ again: 'soon', problem: 'the room does not count us in any more' }) },
    ...defined({ idleMs: options.selfPingMs })
  })

  function halt (next: 'outside' | 'preparing'): void {
    attempt += 1
    clearTimeout(timer)
    selfPing.stop()
    phase = next
    canResume = false
    settle()
  }

  async function join (): Promise<void> {
    halt('preparing')
    const mine = attempt
    try {
      const history = await prepare(() => { if (mine !== attempt) throw new Error('another try has begun') })
      if (mine !== attempt) return
      phase = 'joining'
      const outcome = new Promise<void>(resolve => { settle = resolve })
      timer = setTimeout(() => { departed({ again: 'soon', problem: 'the room does not answer' }) }, JOIN_TIMEOUT_MS)
      await connection.send(buildJoin(`${jid}/${nick}`, { password: options.password, history }))
      await outcome
    } catch (error) {
      if (mine === attempt) departed(departureOf(error))
    }
  }

  function departed (departure: Departure): void {
    const wasJoined = phase === 'joined'
    halt('outside')
    if (problem !== departure.problem) log.warn({ problem: departure.problem, wasJoined }, 'not in the room')
    problem = departure.problem
    const renamed = departure.again === 'rename' ? `${nick}_` : options.nick
    const isHopeless = departure.again === 'slowly' || renamed.length > options.nick.length + MAX_RENAMES
    nick = isHopeless ? options.nick : renamed
    onOutside(departure)
    if (departure.again === 'never') return
    const delay = isHopeless ? slowly.next() : departure.again === 'rename' ? 0 : soon.next()
    timer = setTimeout(() => { join().catch((error: unknown) => { log.error({ err: error }, 'join failed') }) }, delay)
  }

  return {
    get phase () { return phase },
    get nick () { return nick },
    get problem () { return problem },
    departed,

    async enter () {
      nick = options.nick
      await join()
    },

    arrived (as) {
      nick = as
      if (phase !== 'joining') return false
      clearTimeout(timer)
      phase = 'joined'
      problem = undefined
      selfPing.start()
      timer = setTimeout(() => {
        soon.reset()
        slowly.reset()
      }, STEADY_MS)
      settle()
      return true
    },

    renamed (to) { nick = to },
    heard () { selfPing.heard() },

    offline () {
      const wasJoined = phase === 'joined'
      halt('outside')
      canResume = wasJoined
      problem = 'not connected to the server'
    },

    resume () {
      if (!canResume) return false
      phase = 'joined'
      problem = undefined
      selfPing.start()
      return true
    },

    async rejoin () {
      if (phase !== 'joined') return
      halt('outside')
      const mine = attempt
      onOutside(undefined)
      await connection.send(buildLeave(`${jid}/${nick}`))
      if (mine === attempt) await join()
    },

    async leave () {
      const wasInside = phase === 'joining' || phase === 'joined'
      halt('outside')
      onOutside(undefined)
      if (wasInside) await connection.send(buildLeave(`${jid}/${nick}`))
    }
  }
}

function departureOf (error: unknown): Departure {
  if (error instanceof NotToJoin) return error.departure
  return error instanceof StanzaError ? ofJoinError(error) : { again: 'soon', problem: messageOf(error) }
}
