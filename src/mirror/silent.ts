import { children, elementsOf } from '../xmpp/element.ts'
import type { Element } from '../xmpp/element.ts'
import { NS } from '../xmpp/namespaces.ts'

const SILENT = new Set<string | undefined>([
  NS.CHAT_STATES, NS.CHAT_MARKERS, NS.RECEIPTS, NS.HINTS, NS.DELAY, NS.STANZA_ID, NS.OCCUPANT_ID, NS.MUC_USER
])

/**
 * Whether a message says nothing, such as that somebody is typing. Clients send these without being asked, and an error
 * would look to people like one of theirs.
 */
export function isSilent (message: Element): boolean {
  const own = message.getNS()
  return elementsOf(message).every(payload => {
    const xmlns = payload.getNS()
    if (xmlns === NS.MUC_USER) return children(payload, 'invite').length === 0
    return SILENT.has(xmlns) || (xmlns === own && payload.getName() === 'thread')
  })
}
