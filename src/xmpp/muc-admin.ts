import { bareOf, tryParseJid } from '../model/address.ts'
import type { BareJid, RoomJid } from '../model/address.ts'
import type { Affiliation } from '../model/affiliation.ts'
import { attribute, child, children, xml } from './element.ts'
import type { Element } from './element.ts'
import { NS } from './namespaces.ts'

/** XEP-0045 §9.2, §9.5, §10.5, §10.8: asks a room for all who have this affiliation. */
export function buildAffiliationRequest (room: RoomJid, affiliation: Affiliation): Element {
  return xml('iq', { type: 'get', to: room }, xml('query', { xmlns: NS.MUC_ADMIN }, xml('item', { affiliation })))
}

/** Reads the result iq; what has another affiliation or no address is left out. Undefined when there is no list in it. */
export function parseAffiliationList (result: Element, affiliation: Affiliation): BareJid[] | undefined {
  const query = child(result, 'query', NS.MUC_ADMIN)
  return query === undefined
    ? undefined
    : children(query, 'item').flatMap(item => {
      const jid = attribute(item, 'affiliation') === affiliation ? tryParseJid(attribute(item, 'jid')) : undefined
      return jid === undefined ? [] : bareOf(jid)
    })
}
