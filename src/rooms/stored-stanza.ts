import { bareOf, tryParseJid } from '../model/address.ts'
import type { RoomJid } from '../model/address.ts'
import type { Uid } from '../model/event.ts'
import { attribute, children, without } from '../xmpp/element.ts'
import type { Element } from '../xmpp/element.ts'
import { NS } from '../xmpp/namespaces.ts'
import { toXml } from '../xmpp/serialize.ts'
import { buildStanzaId } from '../xmpp/stanza-id.ts'

export interface StoredStanzaOptions {
  readonly room: RoomJid
  /** The room's own id of the message; undefined when it gave none that may be trusted. */
  readonly stanzaId: Uid | undefined
  readonly ownDomain: string | undefined
}

// XEP-0033: ejabberd tells the real addresses of senders here when it repeats the history of a non-anonymous room.
const ADDRESSES = 'http://jabber.org/protocol/address'
const DROPPED = new Set<string | undefined>([NS.MUC_USER, NS.LEGACY_DELAY, ADDRESSES, 'urn:xmpp:mam:tmp'])

/**
 * What is kept of a message for MAM: all payloads as they came, in the jabber:client namespace, without what the way to us
 * added, without real addresses that the room told, and without ids that pretend to be from us or from the room.
 */
export function storedStanza (stanza: Element, { room, stanzaId, ownDomain }: StoredStanzaOptions): string {
  const own = tryParseJid(ownDomain)?.domain
  const kept = without(stanza, payload => {
    if (payload.getNS() === NS.STANZA_ID && payload.getName() === 'stanza-id') return !mayStay(attribute(payload, 'by'))
    return DROPPED.has(payload.getNS()) || (payload.getNS() === NS.DELAY && isBy(room, attribute(payload, 'from')))
  })

  // XEP-0359 §6: an id of our archives is ours alone to give, and the room's is put back below when it is genuine.
  function mayStay (by: string | undefined): boolean {
    const jid = tryParseJid(by)
    return jid !== undefined && jid.domain !== own && !isBy(room, by)
  }

  // XEP-0045 of old let rooms name a sender's address here.
  for (const delay of children(kept, 'delay', NS.DELAY)) {
    const from = tryParseJid(delay.attrs['from'])
    if (from === undefined || (from.local !== '' && bareOf(from) !== room)) delete delay.attrs['from']
  }
  if (stanzaId !== undefined) kept.append(buildStanzaId(stanzaId, room))
  delete kept.attrs['to']
  kept.attrs['xmlns'] = NS.CLIENT
  return toXml(kept)
}

/** Whether the address is the room's own. */
export function isBy (room: RoomJid, from: string | undefined): boolean {
  const jid = tryParseJid(from)
  return jid !== undefined && jid.resource === '' && bareOf(jid) === room
}
