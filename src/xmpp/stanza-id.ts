import { bareOf, tryParseJid } from '../model/address.ts'
import { attribute, child, children, xml } from './element.ts'
import type { Element } from './element.ts'
import { NS } from './namespaces.ts'

/**
 * XEP-0359: the id that `by` gave the stanza. Undefined unless there is exactly one: of two, at least one is forged. Whether
 * `by` may be trusted at all is told by its disco#info, which the caller has asked.
 */
export function stanzaIdBy (stanza: Element, by: string): string | undefined {
  const ids = stanzaIdsBy(stanza, by)
  return ids.length === 1 ? attribute(ids[0], 'id') : undefined
}

/** The <stanza-id/> elements that claim to be by this address, however they write it. */
export function stanzaIdsBy (stanza: Element, by: string): Element[] {
  const wanted = normal(by)
  return children(stanza, 'stanza-id', NS.STANZA_ID).filter(id => wanted !== undefined && normal(attribute(id, 'by')) === wanted)
}

/** The id that the sender's own program gave; any sender may write anything here. */
export function originIdOf (stanza: Element): string | undefined {
  return attribute(child(stanza, 'origin-id', NS.STANZA_ID), 'id')
}

export function buildStanzaId (id: string, by: string): Element {
  return xml('stanza-id', { xmlns: NS.STANZA_ID, by, id })
}

function normal (text: string | undefined): string | undefined {
  const jid = tryParseJid(text)
  return jid === undefined ? undefined : jid.resource === '' ? bareOf(jid) : `${bareOf(jid)}/${jid.resource}`
}
