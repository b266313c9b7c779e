import type { Hat } from '../model/content.ts'
import type { EventKind } from '../model/event.ts'
import type { HeardPresence } from './presence.ts'

export interface Occupant {
  readonly role: string | undefined
  readonly affiliation: string | undefined
  readonly occupant: string | undefined
}

/** What a presence means for the record; time, uid and room are added by the room. */
export interface PresenceEvent {
  readonly kind: Exclude<EventKind, 'message' | 'subject' | 'configuration' | 'destroy'>
  readonly nick: string
  readonly newNick?: string
  readonly occupant?: string
  readonly role?: string
  readonly affiliation?: string
  readonly hats?: readonly Hat[]
  readonly actor?: string
  readonly reason?: string
  readonly status?: readonly number[]
}

/** Who is in a room. */
export interface Occupants {
  readonly size: number
  has (nick: string): boolean
  /** Takes a presence in and says what happened; undefined when nothing did (a status text, a second client, a repeat). */
  hear (presence: HeardPresence): PresenceEvent | undefined
  clear (): void
}

// XEP-0045 §15.6.1: why somebody left without wanting to. 333 beside 307 is a lost connection, not a kick.
const FORCED = [321, 322, 332, 333]

export function createOccupants (): Occupants {
  const present = new Map<string, Occupant>()

  function arrive (presence: HeardPresence): PresenceEvent | undefined {
    const before = present.get(presence.nick)
    const { role, affiliation, occupant, hats } = presence
    present.set(presence.nick, { role, affiliation, occupant })
    if (before === undefined) return describe('join', presence, { role, affiliation, hats })
    if (before.affiliation !== affiliation) return describe('affiliation', presence, { affiliation, role, ...causeOf(presence) })
    if (before.role !== role) return describe('role', presence, { role, affiliation, ...causeOf(presence) })
    return undefined
  }

  function depart (presence: HeardPresence): PresenceEvent | undefined {
    const before = present.get(presence.nick)
    present.delete(presence.nick)
    const known = { ...presence, occupant: presence.occupant ?? before?.occupant }
    if (presence.newNick !== undefined) {
      // The presence under the new nick that follows is then no join.
      if (before !== undefined) present.set(presence.newNick, before)
      return describe('nick', known, { newNick: presence.newNick })
    }
    if (presence.status.has(301)) return describe('ban', known, causeOf(presence))
    if (presence.status.has(307) && !presence.status.has(333)) return describe('kick', known, causeOf(presence))
    if (before === undefined) return undefined
    const status = FORCED.filter(code => presence.status.has(code))
    return describe('leave', known, { reason: presence.reason, status: status.length > 0 ? status : undefined })
  }

  return {
    get size () { return present.size },
    has: nick => present.has(nick),
    hear: presence => presence.type === 'available' ? arrive(presence) : presence.type === 'unavailable' ? depart(presence) : undefined,
    clear: () => { present.clear() }
  }
}

function causeOf (presence: HeardPresence): { actor: string | undefined, reason: string | undefined } {
  return { actor: presence.actor, reason: presence.reason }
}

type Details = { readonly [K in keyof Omit<PresenceEvent, 'kind' | 'nick'>]?: PresenceEvent[K] | undefined }

function describe (kind: PresenceEvent['kind'], presence: Pick<HeardPresence, 'nick' | 'occupant'>, details: Details): PresenceEvent {
  const known = Object.entries({ occupant: presence.occupant, ...details }).filter(([, value]) => value !== undefined)
  return { kind, nick: presence.nick, ...Object.fromEntries(known) }
}
