import type { RoomJid } from '../model/address.ts'
import { messageOf } from '../model/errors.ts'
import type { Logger } from '../log.ts'
import { createBackoff } from '../xmpp/backoff.ts'
import type { XmppConnection } from '../xmpp/connection.ts'
import { buildJoin, buildLeave } from '../xmpp/muc.ts'
import type { HistoryLimit } from '../xmpp/muc.ts'
import { StanzaError } from '../xmpp/stanza-error.ts'
import { ofJoinError } from './departure.ts'
import type { Departure } from './departure.ts'

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
  /** We are not in the room, or no longer; tries again in due time. */
  departed (departure: Departure): void
  offline (): void
  /** The stream goes on where it broke, and nothing was lost (XEP-0198): true when we are in the room as before. */
  resume (): boolean
  leave (): Promise<void>
}

export interface MembershipOptions {
  readonly jid: RoomJid
  readonly nick: string
  readonly password?: string
  readonly connection: Pick<XmppConnection, 'send'>
  /** What must be known before each join; resolves to the history to ask for. A rejection is a failed try. */
  readonly prepare: () => Promise<HistoryLimit>
  /** Called whenever we cease to be inside. */
  readonly onOutside: () => void
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

  function halt (next: 'outside' | 'preparing'): void {
    attempt += 1
    clearTimeout(timer)
    phase = next
    canResume = false
    settle()
  }

  async function join (): Promise<void> {
    halt('preparing')
    const mine = attempt
    try {
      const history = await prepare()
      if (mine !== attempt) return
      phase = 'joining'
      const outcome = new Promise<void>(resolve => { settle = resolve })
      timer = setTimeout(() => { departed({ again: 'soon', problem: 'the room does not answer' }) }, JOIN_TIMEOUT_MS)
      await connection.send(buildJoin(`${jid}/${nick}`, { password: options.password, history }))
      await outcome
    } catch (error) {
      if (mine === attempt) departed(error instanceof StanzaError ? ofJoinError(error) : { again: 'soon', problem: messageOf(error) })
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
    const delay = isHopeless ? slowly.next() : departure.again === 'rename' ? 0 : soon.next()
    timer = setTimeout(() => { join().catch((error: unknown) => { log.error({ err: error }, 'join failed') }) }, delay)
    onOutside()
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
      timer = setTimeout(() => {
        soon.reset()
        slowly.reset()
      }, STEADY_MS)
      settle()
      return true
    },

    renamed (to) { nick = to },

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
      return true
    },

    async leave () {
      const wasInside = phase === 'joining' || phase === 'joined'
      halt('outside')
      onOutside()
      if (wasInside) await connection.send(buildLeave(`${jid}/${nick}`))
    }
  }
}
