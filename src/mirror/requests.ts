import type { Jid } from '../model/address.ts'
import type { Request } from '../xmpp/connection.ts'
import { buildInfo } from '../xmpp/disco.ts'
import { attribute } from '../xmpp/element.ts'
import type { Element } from '../xmpp/element.ts'
import { NS } from '../xmpp/namespaces.ts'
import { StanzaError } from '../xmpp/stanza-error.ts'

/** What is asked of a mirror room, as far as it is a matter of the room and not of its archive. */
export type Question =
  | 'self-ping' | 'configuration' | 'somebody’s card' | 'info' | 'own nick' | 'traffic'

const CARDS = new Set<string | undefined>(['vcard-temp', 'urn:ietf:params:xml:ns:vcard-4.0', 'http://jabber.org/protocol/pubsub'])
const TRAFFIC = `${NS.MUC}#traffic`
const OWN_NICK = 'x-roomuser-item'

/** Undefined for what others answer. */
export function questionOf ({ type, payload }: Request, to: Jid): Question | undefined {
  const xmlns = payload.getNS()
  if (CARDS.has(xmlns)) return 'somebody’s card'
  if (to.resource !== '') return type === 'get' && payload.is('ping', NS.PING) ? 'self-ping' : undefined
  if (xmlns === NS.MUC_OWNER || xmlns === NS.MUC_ADMIN) return 'configuration'
  if (type === 'set' || !payload.is('query', NS.DISCO_INFO)) return undefined
  switch (attribute(payload, 'node')) {
    case undefined: return 'info'
    case OWN_NICK: return 'own nick'
    case TRAFFIC: return 'traffic'
    default: return undefined
  }
}

export interface Asked {
  /** The nick that is asked about; empty when the room itself is asked. */
  readonly nick: string
  /** The nick under which the asker is here; undefined when it is not. */
  readonly ownNick: string | undefined
  readonly describe: () => Promise<Element>
}

export async function answer (question: Question, { nick, ownNick, describe }: Asked): Promise<Element | undefined> {
  switch (question) {
    case 'self-ping':
      // XEP-0410 §3.2
      if (ownNick === undefined) throw new StanzaError('not-acceptable', 'cancel', 'You are not in this room')
      if (ownNick !== nick) throw new StanzaError('item-not-found', 'cancel', 'You are here under another nick')
      return undefined
    case 'configuration':
      throw new StanzaError('forbidden', 'auth', 'This room is the record of another one: it has no owners and no admins')
    case 'somebody’s card':
      throw new StanzaError('item-not-found', 'cancel')
    case 'info':
      return describe()
    case 'own nick':
      return buildNode(OWN_NICK)
    case 'traffic':
      return buildNode(TRAFFIC)
  }
}

// XEP-0045 §6.6 and §17.1.1: no nick is reserved, and nobody's traffic is let through. Not even disco#info as a feature: here
// features stand for something else.
function buildNode (node: string): Element {
  const query = buildInfo([], [], { node })
  query.children = []
  return query
}
