import type { Affiliation } from '../access/can-read.ts'
import type { BareJid } from '../model/address.ts'
import { xml } from '../xmpp/element.ts'
import type { Element } from '../xmpp/element.ts'
import { buildStatuses, STATUS } from '../xmpp/muc.ts'
import { NS } from '../xmpp/namespaces.ts'
import { buildStanzaError } from '../xmpp/stanza-error.ts'
import type { StanzaError } from '../xmpp/stanza-error.ts'
import { buildOccupantId } from './occupant-id.ts'

/** What is needed to tell a visitor of itself; visitors are not told of each other. */
export interface Self {
  readonly archive: BareJid
  /** Where it is sent: the visitor's full address. */
  readonly to: string
  readonly nick: string
  readonly occupantId: string
}

/** XEP-0045 §7.2.2: a visitor's own presence, which ends the list of who is there. */
export function buildSelf ({ archive, to, nick, occupantId }: Self, codes: readonly number[], said: readonly Element[] = []): Element {
  return xml('presence', { from: `${archive}/${nick}`, to },
    said,
    buildOccupantId(occupantId),
    buildStatuses([STATUS.SELF, ...codes], xml('item', { affiliation: 'none', role: 'visitor' })))
}

/** The visitor is out, or, with a new nick, here under that one from now on. */
export function buildGone (
  { archive, to, nick, occupantId }: Self,
  { codes = [], newNick, affiliation = 'none' }: { readonly codes?: readonly number[], readonly newNick?: string, readonly affiliation?: Affiliation | undefined } = {}
): Element {
  const item = { affiliation, role: newNick === undefined ? 'none' : 'visitor', nick: newNick }
  return xml('presence', { type: 'unavailable', from: `${archive}/${nick}`, to },
    buildOccupantId(occupantId),
    buildStatuses([STATUS.SELF, ...codes], xml('item', item)))
}

/** The answer to a presence or message that is refused: from the address that it was sent to, as it was written. */
export function buildRefusal (name: string, { to, from, id }: Readonly<Record<'to' | 'from', string | undefined>> & { readonly id?: string | undefined }, error: StanzaError): Element {
  return xml(name, { type: 'error', from, to, id },
    name === 'presence' ? xml('x', { xmlns: NS.MUC }) : undefined,
    buildStanzaError(error))
}
