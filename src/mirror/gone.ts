import type { StanzaError } from '../xmpp/stanza-error.ts'

// Others, such as that a message is not liked, tell that somebody is there.
const GONE = new Set([
  'gone', 'internal-server-error', 'item-not-found', 'jid-malformed', 'recipient-unavailable', 'redirect', 'remote-server-not-found',
  'remote-server-timeout', 'service-unavailable', 'undefined-condition'
])

/** Whether an error that comes back tells that nobody is there any more. */
export function isGone ({ condition }: Pick<StanzaError, 'condition'>): boolean {
  return GONE.has(condition)
}
