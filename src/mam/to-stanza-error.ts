import type { Logger } from '../log.ts'
import { HansardError } from '../model/errors.ts'
import { StanzaError } from '../xmpp/stanza-error.ts'

/** The one place where our errors become stanza errors. What is our fault is logged here and told without details. */
export function toStanzaError (error: unknown, log: Logger): StanzaError {
  if (error instanceof StanzaError) return error
  if (error instanceof HansardError) {
    switch (error.code) {
      case 'ERR_ITEM_NOT_FOUND':
      case 'ERR_ROOM_NOT_FOUND':
        return new StanzaError('item-not-found', 'cancel')
      case 'ERR_FORBIDDEN':
        return new StanzaError('forbidden', 'auth')
      case 'ERR_QUERY':
      case 'ERR_TIME':
      case 'ERR_JID':
        return new StanzaError('bad-request', 'modify', error.message)
      case 'ERR_SEARCH_TIMEOUT':
        return new StanzaError('resource-constraint', 'wait', 'The search takes too long: use rarer words or a time range')
      case 'ERR_XMPP_OFFLINE': // with the stream the asker has gone too
        return new StanzaError('internal-server-error', 'wait')
      default:
    }
  }
  log.error({ err: error }, 'request failed')
  return new StanzaError('internal-server-error', 'wait')
}
