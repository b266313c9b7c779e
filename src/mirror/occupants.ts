import type { BareJid } from '../model/address.ts'
import { BOUNDS } from './bounds.ts'

/** One session of an account in a mirror room. */
export interface Occupant {
  /** The full address, normalised: what the session is known by. */
  readonly session: string
  readonly account: BareJid
  readonly nick: string
}

export type Refusal = 'nick taken' | 'room full' | 'too many sessions' | 'too many of the server'

/** Who is in one mirror room. A nick belongs to an account: all its sessions may have it, and nobody else. */
export interface Occupants<O extends Occupant> {
  readonly size: number
  find (session: string): O | undefined
  all (): O[]
  /** Takes the session in, or in the place that it had; when it is refused, nothing changes. */
  enter (occupant: O): Refusal | undefined
  leave (session: string): O | undefined
}

export function createOccupants<O extends Occupant> (): Occupants<O> {
  const sessions = new Map<string, O>()
  const nicks = new Map<string, Set<O>>()
  const accounts = new Map<BareJid, Set<O>>()
  const servers = new Map<string, Set<O>>()

  function leave (session: string): O | undefined {
    const occupant = sessions.get(session)
    if (occupant === undefined) return undefined
    sessions.delete(session)
    remove(nicks, occupant.nick, occupant)
    remove(accounts, occupant.account, occupant)
    remove(servers, serverOf(occupant), occupant)
    return occupant
  }

  function refusalOf (occupant: O): Refusal | undefined {
    const { session, account, nick } = occupant
    if ([...nicks.get(nick) ?? []].some(holder => holder.account !== account)) return 'nick taken'
    if (sessions.has(session)) return undefined
    if ((accounts.get(account)?.size ?? 0) >= BOUNDS.sessionsOfAccount) return 'too many sessions'
    if ((servers.get(serverOf(occupant))?.size ?? 0) >= BOUNDS.sessionsOfServer) return 'too many of the server'
    return sessions.size >= BOUNDS.occupants ? 'room full' : undefined
  }

  return {
    get size () { return sessions.size },
    find: session => sessions.get(session),
    all: () => [...sessions.values()],
    enter (occupant) {
      const refusal = refusalOf(occupant)
      if (refusal !== undefined) return refusal
      leave(occupant.session)
      sessions.set(occupant.session, occupant)
      add(nicks, occupant.nick, occupant)
      add(accounts, occupant.account, occupant)
      add(servers, serverOf(occupant), occupant)
      return undefined
    },
    leave
  }
}

function serverOf ({ account }: Occupant): string {
  return account.slice(account.indexOf('@') + 1)
}

function add<K, O> (index: Map<K, Set<O>>, key: K, occupant: O): void {
  index.set(key, (index.get(key) ?? new Set()).add(occupant))
}

function remove<K, O> (index: Map<K, Set<O>>, key: K, occupant: O): void {
  const all = index.get(key)
  all?.delete(occupant)
  if (all?.size === 0) index.delete(key)
}
