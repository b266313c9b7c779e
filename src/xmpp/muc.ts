import { formatTime } from '../model/archive-time.ts'
import type { Micros } from '../model/archive-time.ts'
import { attribute, child, children, textOf, xml } from './element.ts'
import type { Element } from './element.ts'
import { NS } from './namespaces.ts'

/** XEP-0045 §15.6. */
export const STATUS = {
  REAL_JIDS_SHOWN: 100,
  AFFILIATION_CHANGED_WHILE_AWAY: 101,
  CONFIGURATION_CHANGED: 104,
  SELF: 110,
  LOGGING_ON: 170,
  LOGGING_OFF: 171,
  NON_ANONYMOUS: 172,
  SEMI_ANONYMOUS: 173,
  CREATED: 201,
  NICK_SET_BY_ROOM: 210,
  BANNED: 301,
  NICK_CHANGED: 303,
  KICKED: 307,
  AFFILIATION_CHANGED: 321,
  MEMBERS_ONLY: 322,
  SHUTDOWN: 332,
  ERROR: 333
} as const

/** How much history a room sends on joining; all limits hold at once. */
export interface HistoryLimit {
  readonly maxstanzas?: number
  readonly maxchars?: number
  readonly seconds?: number
  readonly since?: Micros
}

/** XEP-0045 §7.2: joins as `room/nick`. Without a limit the room sends what it likes. */
export function buildJoin (
  occupant: string,
  { history, password }: { readonly history?: HistoryLimit, readonly password?: string | undefined } = {}
): Element {
  return xml('presence', { to: occupant },
    xml('x', { xmlns: NS.MUC },
      history === undefined ? undefined : buildHistory(history),
      password === undefined ? undefined : xml('password', {}, password)))
}

function buildHistory ({ maxstanzas, maxchars, seconds, since }: HistoryLimit): Element {
  // Whole seconds, rounded down: servers differ in how they read fractions here.
  const stamp = since === undefined ? undefined : `${formatTime(since).slice(0, 19)}Z`
  return xml('history', { maxstanzas, maxchars, seconds, since: stamp })
}

export function buildLeave (occupant: string, status?: string): Element {
  return xml('presence', { type: 'unavailable', to: occupant },
    status === undefined ? undefined : xml('status', {}, status))
}

/** XEP-0045 §7.2: what a client that joins asks of a mirror room; undefined when the presence does not join. */
export interface JoinRequest {
  readonly history: HistoryRequest
  readonly password: string | undefined
}

/** As the client wrote it, numbers that are none left out. */
export interface HistoryRequest {
  readonly maxstanzas?: number
  readonly maxchars?: number
  readonly seconds?: number
  readonly since?: string
}

export function parseJoin (presence: Element): JoinRequest | undefined {
  const x = child(presence, 'x', NS.MUC)
  if (x === undefined) return undefined
  const history = child(x, 'history')
  const since = attribute(history, 'since')
  return {
    password: textOf(x, 'password'),
    history: {
      ...limit(history, 'maxstanzas'),
      ...limit(history, 'maxchars'),
      ...limit(history, 'seconds'),
      ...(since === undefined ? {} : { since })
    }
  }
}

function limit (history: Element | undefined, name: 'maxstanzas' | 'maxchars' | 'seconds'): HistoryRequest {
  const value = attribute(history, name)
  return value !== undefined && /^\d{1,15}$/.test(value) ? { [name]: Number(value) } : {}
}

export interface MucItem {
  readonly affiliation: string | undefined
  readonly role: string | undefined
  /** The occupant's real address, where the room shows it. */
  readonly jid: string | undefined
  /** The new nick of a nick change. */
  readonly nick: string | undefined
  readonly reason: string | undefined
  /** Who did it: the nick, where the room tells. */
  readonly actor: string | undefined
}

/** The payload that rooms add to what they send. */
export interface MucUser {
  readonly items: readonly MucItem[]
  readonly statuses: ReadonlySet<number>
  readonly destroy: { readonly alternate: string | undefined, readonly reason: string | undefined } | undefined
}

/**
 * Reads <x xmlns='…#user'/>; undefined when there is none. Of several the last counts: rooms put theirs behind what the
 * sender wrote. Only a room's own stanzas may be believed.
 */
export function parseMucUser (stanza: Element): MucUser | undefined {
  const x = children(stanza, 'x', NS.MUC_USER).at(-1)
  if (x === undefined) return undefined
  const destroy = child(x, 'destroy')
  return {
    items: children(x, 'item').map(parseItem),
    statuses: new Set(children(x, 'status').flatMap(statusCode)),
    destroy: destroy === undefined ? undefined : { alternate: attribute(destroy, 'jid'), reason: text(destroy, 'reason') }
  }
}

function parseItem (item: Element): MucItem {
  const actor = child(item, 'actor')
  return {
    affiliation: attribute(item, 'affiliation'),
    role: attribute(item, 'role'),
    jid: attribute(item, 'jid'),
    nick: attribute(item, 'nick'),
    reason: text(item, 'reason'),
    actor: attribute(actor, 'nick')
  }
}

function statusCode (status: Element): number[] {
  const code = attribute(status, 'code')
  return code !== undefined && /^\d{3}$/.test(code) ? [Number(code)] : []
}

function text (parent: Element, name: string): string | undefined {
  const value = textOf(parent, name)
  return value === '' ? undefined : value
}

export function buildStatuses (codes: readonly number[], ...items: readonly Element[]): Element {
  return xml('x', { xmlns: NS.MUC_USER }, items, codes.map(code => xml('status', { code })))
}
