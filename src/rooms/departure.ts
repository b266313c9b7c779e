import type { ArchiveTime } from '../model/archive-time.ts'
import type { GapCause } from '../model/gap.ts'
import type { StanzaError } from '../xmpp/stanza-error.ts'
import type { HeardPresence } from './presence.ts'

/** What to do when we are not, or no longer, in a room. */
export interface Departure {
  /** soon: a passing fault; slowly: somebody must act first; rename: under another nick, at once; never: the room is no more. */
  readonly again: 'soon' | 'slowly' | 'rename' | 'never'
  /** One line for people: what is the matter, and what helps. */
  readonly problem: string
}

const JOIN_ERRORS: ReadonlyMap<string, Departure> = new Map(Object.entries<Departure>({
  conflict: { again: 'rename', problem: 'our nick is taken; another is tried' },
  'not-acceptable': { again: 'rename', problem: 'the room does not allow our nick; another is tried' },
  'not-authorized': { again: 'slowly', problem: 'the room wants a password: set rooms[].password' },
  forbidden: { again: 'slowly', problem: 'we are banned from the room: ask its owner to lift the ban' },
  'registration-required': { again: 'slowly', problem: 'the room is members-only: ask its owner to make us a member' },
  'item-not-found': { again: 'soon', problem: 'the room does not exist: check rooms[].jid, or create the room' },
  gone: { again: 'slowly', problem: 'the room was destroyed: take it from the configuration, or create it anew' },
  'not-allowed': { again: 'slowly', problem: 'the server does not let us in: create the room from a client, or check the domain in rooms[].jid' },
  'remote-server-not-found': { again: 'soon', problem: 'the server of the room cannot be found: check rooms[].jid' },
  'remote-server-timeout': { again: 'soon', problem: 'the server of the room does not answer' },
  'service-unavailable': { again: 'soon', problem: 'the room is full, or its server does not offer rooms' }
}))

export function ofJoinError (error: StanzaError): Departure {
  const known = JOIN_ERRORS.get(error.condition) ?? { again: 'soon' as const, problem: `the room refused us (${error.condition})` }
  return error.text === '' ? known : { ...known, problem: `${known.problem} («${error.text.slice(0, 120)}»)` }
}

/**
 * What exists under the address of a destroyed room is another one, whose owner never agreed to this record: to go on
 * is for the administrator to say.
 */
export function ofDestroyed (time: ArchiveTime): Departure {
  return {
    again: 'never',
    problem: `the room was destroyed at ${time}; if it was made anew and belongs in the same record, set rooms[].recreated_after: ${time}`
  }
}

/** Why nobody listens from now on. */
export function gapCauseOf ({ again }: Departure): GapCause {
  return again === 'soon' ? 'disconnected' : 'removed'
}

/** Our own unavailable presence. XEP-0045 §15.6.1: 332 and 333 are faults, 301, 321 and 322 the will of somebody. */
export function ofPresence (presence: HeardPresence): Departure {
  const by = presence.actor === undefined ? '' : ` by ${presence.actor}`
  const why = presence.reason === undefined ? '' : ` («${presence.reason.slice(0, 120)}»)`
  if (presence.destroy !== undefined) {
    const { alternate } = presence.destroy
    return { again: 'never', problem: `the room was destroyed${alternate === undefined ? '' : `; it points to ${alternate}`}` }
  }
  if (presence.status.has(301)) return { again: 'slowly', problem: `we were banned${by}${why}` }
  if (presence.status.has(321) || presence.status.has(322)) {
    return { again: 'slowly', problem: 'the room became members-only: ask its owner to make us a member' }
  }
  if (presence.status.has(307) && !presence.status.has(333)) return { again: 'slowly', problem: `we were kicked${by}${why}` }
  return { again: 'soon', problem: 'the room let go of us' }
}
