import type { Affiliation } from '../access/can-read.ts'
import { bareOf, tryParseJid } from '../model/address.ts'
import type { BareJid, Jid, RoomJid } from '../model/address.ts'
import type { Request } from '../xmpp/connection.ts'
import { attribute, children, copy, elementsOf, xml } from '../xmpp/element.ts'
import type { Element } from '../xmpp/element.ts'
import { NS } from '../xmpp/namespaces.ts'
import { StanzaError } from '../xmpp/stanza-error.ts'

/** XEP-0355, whose envelope is used here for requests to rooms, by agreement with the host's module. */
export const DELEGATION = 'urn:xmpp:delegation:2'

/** A request that a room got, as its host hands it on. */
export interface Delegated {
  /** With the addresses as the host writes them, which answers repeat letter by letter. */
  readonly request: Request
  readonly room: RoomJid
  readonly requester: Jid
  /** What the host vouches for; no role means that the requester is not in the room now. */
  readonly affiliation: Affiliation
  readonly isInRoom: boolean
}

const AFFILIATIONS: readonly Affiliation[] = ['owner', 'admin', 'member', 'none', 'outcast']
const ROLES = ['moderator', 'participant', 'visitor', 'none']

/** Reads what a host delegates. Throws the StanzaError that answers an envelope that is wrong, or of a room of another host. */
export function parseDelegation (delegation: Element, host: BareJid): Delegated {
  const forwarded = only(children(delegation, 'forwarded', NS.FORWARD))
  const iq = forwarded === undefined ? undefined : only(children(forwarded, 'iq', NS.CLIENT))
  const payload = iq === undefined ? undefined : only(elementsOf(iq))
  const item = only(children(delegation, 'item', NS.MUC_USER))
  const { type, id, from, to } = iq?.attrs ?? {}
  const room = tryParseJid(to)
  const requester = tryParseJid(from)
  const affiliation = AFFILIATIONS.find(name => name === attribute(item, 'affiliation'))
  const role = ROLES.find(name => name === attribute(item, 'role'))
  if (payload === undefined || (type !== 'get' && type !== 'set') || id === undefined || id === '') {
    throw wrong('one request with an id')
  }
  if (from === undefined || requester === undefined) throw wrong('a request from a valid address')
  if (to === undefined || room === undefined || room.local === '' || room.resource !== '' || room.domain !== host) {
    throw wrong(`a request to a room at ${host}`)
  }
  if (affiliation === undefined || role === undefined) throw wrong('an item with the affiliation and role of the requester')
  return { request: { type, id, from, to, payload }, room: bareOf(room) as RoomJid, requester, affiliation, isInRoom: role !== 'none' }
}

/** A stanza for the host to send on in the room's name. */
export function buildDelegated (stanza: Element): Element {
  const inner = copy(stanza)
  inner.attrs['xmlns'] = NS.CLIENT
  return xml('delegation', { xmlns: DELEGATION }, xml('forwarded', { xmlns: NS.FORWARD }, inner))
}

function only<T> (found: readonly T[]): T | undefined {
  return found.length === 1 ? found[0] : undefined
}

function wrong (expected: string): StanzaError {
  return new StanzaError('bad-request', 'modify', `A delegation that cannot be read: expected ${expected}`)
}
