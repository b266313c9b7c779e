/**
 * Every error this program throws on purpose. `code` is stable and is what callers and tests look at;
 * the message is for people: «Cannot <do what> <which>: <state now>, expected <state>».
 */
export type ErrorCode =
  | 'ERR_CONFIG'
  | 'ERR_USAGE'
  | 'ERR_JID'
  | 'ERR_TIME'
  | 'ERR_QUERY'
  | 'ERR_EVENT'
  | 'ERR_ITEM_NOT_FOUND'
  | 'ERR_ROOM_NOT_FOUND'
  | 'ERR_FORBIDDEN'
  | 'ERR_STORE'
  | 'ERR_STORE_UNAVAILABLE'
  | 'ERR_STORE_CLOSED'
  | 'ERR_SPOOL_FULL'
  | 'ERR_RUNNING'
  | 'ERR_SEARCH'
  | 'ERR_SEARCH_TIMEOUT'
  | 'ERR_XMPP_OFFLINE'
  | 'ERR_XMPP_TIMEOUT'
  | 'ERR_XMPP_REFUSED'
  | 'ERR_STANZA'
  | 'ERR_IMPORT'

export class HansardError extends Error {
  readonly code: ErrorCode

  constructor (code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'HansardError'
    this.code = code
  }
}

export function hasCode (error: unknown, ...codes: ErrorCode[]): error is HansardError {
  return error instanceof HansardError && codes.includes(error.code)
}

/** A short text of anything thrown, for one log line or one line on a terminal. */
export function messageOf (error: unknown): string {
  if (error instanceof AggregateError && error.message === '') {
    return error.errors.map(messageOf).join('; ')
  }
  return error instanceof Error ? error.message : String(error)
}
