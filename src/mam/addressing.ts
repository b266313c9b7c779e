import { archiveJidOf, bareOf, roomOfArchiveJid, tryParseJid } from '../model/address.ts'
import type { Jid, RoomJid } from '../model/address.ts'
import type { Request } from '../xmpp/connection.ts'
import type { DiscoItem, Identity } from '../xmpp/disco.ts'
import { attribute } from '../xmpp/element.ts'
import { NS } from '../xmpp/namespaces.ts'

/** What a request is addressed to. */
export type Target =
  | { readonly kind: 'service' }
  /** `room` is undefined where the name is none of a room; `isBare` is false for an occupant of the archive. */
  | { readonly kind: 'archive', readonly room: RoomJid | undefined, readonly isBare: boolean, readonly node?: string }
  /** A part that we do not have. */
  | { readonly kind: 'nowhere', readonly hint?: string }

/** How requests name our archives. */
export interface Addressing {
  readonly identity: Identity
  /** What the service itself says it can do because of its archives. */
  readonly features: readonly string[]
  /** Undefined for what is addressed to others. */
  readonly locate: (request: Request, to: Jid) => Target | undefined
  readonly itemOf: (room: { readonly jid: RoomJid, readonly title: string }) => DiscoItem
  /** The address whose occupants speak in the archive that was asked at `to`. */
  readonly occupantsOf: (room: RoomJid, to: string) => string
}

/** At a component each archive has an address of its own; nodes there are none: who asks for commands must not get rooms. */
export function addressesAtDomain (domain: string, title: string): Addressing {
  return {
    identity: { category: 'component', type: 'generic', name: title },
    // Of its rooms, not of itself: Libervia looks for MAM here before it asks a room's archive, as Prosody's services say it too.
    features: [NS.MUC, NS.MAM],
    locate (request, to) {
      if (to.domain !== domain) return undefined
      const room = to.local === '' ? undefined : roomOfArchiveJid(to)
      if (to.local !== '' && room === undefined) return undefined
      if (nodeOf(request) !== undefined) return { kind: 'nowhere' }
      return room === undefined ? { kind: 'service' } : { kind: 'archive', room, isBare: to.resource === '' }
    },
    itemOf: ({ jid, title: name }) => ({ jid: archiveJidOf(jid, domain), name }),
    occupantsOf: (_room, to) => to
  }
}

/** A bot has one address, which its server may change; the node names the room, by its own address. */
export function addressesAtBot (address: () => string, title: string): Addressing {
  return {
    identity: { category: 'client', type: 'bot', name: title },
    features: [],
    locate (request, to) {
      const own = tryParseJid(address())
      if (own === undefined || bareOf(to) !== bareOf(own) || to.resource !== own.resource) return undefined
      const node = nodeOf(request)
      if (node === undefined) {
        return request.payload.getNS() === NS.MAM ? { kind: 'nowhere', hint: 'Name the room by the attribute node' } : { kind: 'service' }
      }
      const room = tryParseJid(node)
      const isRoom = room !== undefined && room.local !== '' && room.resource === ''
      return { kind: 'archive', room: isRoom ? bareOf(room) as RoomJid : undefined, isBare: true, node }
    },
    itemOf: ({ jid, title: name }) => ({ jid: address(), node: jid, name }),
    occupantsOf: room => room
  }
}

// Other payloads with a node, such as a command, are for whoever knows them.
function nodeOf ({ payload }: Request): string | undefined {
  const isOurs = payload.is('query') || payload.getNS() === NS.MAM
  return isOurs ? attribute(payload, 'node') : undefined
}
