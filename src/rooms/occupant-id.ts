import { attribute, children } from '../xmpp/element.ts'
import type { Element } from '../xmpp/element.ts'
import { NS } from '../xmpp/namespaces.ts'
import type { RoomInfo } from './room-info.ts'

const MAX_LENGTH = 128 // XEP-0421 §3

/** Who it is behind the nick. Believed only where the room advertises the feature, and takes away what senders put there. */
export function occupantIdOf (stanza: Element, info: Pick<RoomInfo, 'hasOccupantIds'>): string | undefined {
  if (!info.hasOccupantIds) return undefined
  const [element, another] = children(stanza, 'occupant-id', NS.OCCUPANT_ID)
  const id = another === undefined ? attribute(element, 'id') : undefined
  return id === undefined || id.length > MAX_LENGTH ? undefined : id
}
