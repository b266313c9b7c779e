import { xml } from '../xmpp/element.ts'
import type { Element } from '../xmpp/element.ts'
import { NS } from '../xmpp/namespaces.ts'

export function buildOccupantId (id: string): Element {
  return xml('occupant-id', { xmlns: NS.OCCUPANT_ID, id })
}
