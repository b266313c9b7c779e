import type { Micros } from '../model/archive-time.ts'
import type { XmppConnection } from '../xmpp/connection.ts'
import { xml } from '../xmpp/element.ts'
import { NS } from '../xmpp/namespaces.ts'
import { StanzaError } from '../xmpp/stanza-error.ts'
import { BOUNDS } from './bounds.ts'
import { isGone } from './gone.ts'

/** Finds visitors that went without a word, as when a server lost its connection to ours: where nothing is said, nothing comes back. */
export interface RollCall {
  /** A sign of life. */
  heard (session: string): void
  start (): void
  stop (): void
}

export interface Present {
  readonly session: string
  readonly to: string
  /** The room that asks. */
  readonly archive: string
}

export interface RollCallOptions {
  readonly connection: Pick<XmppConnection, 'request'>
  /** All that are in any room. */
  readonly present: () => readonly Present[]
  readonly onGone: (session: string) => void
  readonly now: () => Micros
}

const ROUND_MS = 60_000

export function createRollCall ({ connection, present, onGone, now }: RollCallOptions): RollCall {
  const known = new Map<string, { heardAt: Micros, hasAnswered: boolean }>()
  let timer: NodeJS.Timeout | undefined

  function round (): void {
    const here = new Map(present().map(one => [one.session, one]))
    for (const session of [...known.keys()]) if (!here.has(session)) known.delete(session)
    // Who is new is asked soon: an absence is certain only of those that have answered before.
    const due = [...here.values()].filter(({ session }) => now() - (known.get(session)?.heardAt ?? -Infinity) >= BOUNDS.silence)
    for (const one of due.slice(0, BOUNDS.asked)) void ask(one)
  }

  async function ask ({ session, to, archive }: Present): Promise<void> {
    const state = { heardAt: now(), hasAnswered: known.get(session)?.hasAnswered ?? false }
    known.set(session, state)
    try {
      await connection.request(xml('iq', { type: 'get', from: archive, to }, xml('ping', { xmlns: NS.PING })))
      state.hasAnswered = true
    } catch (error) {
      if (!(error instanceof StanzaError)) return
      // A client that knows no pings may answer so too, as its server does for one that is gone (XEP-0199 §4.2).
      if (error.condition === 'service-unavailable' && !state.hasAnswered) return
      if (isGone(error)) onGone(session)
    }
  }

  return {
    heard (session) {
      const state = known.get(session)
      if (state !== undefined) state.heardAt = now()
    },
    start () { timer ??= setInterval(round, ROUND_MS).unref() },
    stop () {
      clearInterval(timer)
      timer = undefined
    }
  }
}
