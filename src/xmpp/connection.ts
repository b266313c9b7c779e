import type { Micros } from '../model/archive-time.ts'
import type { Element } from './element.ts'

/**
 * A stream to an XMPP server, as a component (XEP-0114) or as a client (bot). It connects, notices a dead peer within
 * 90 s and connects again by itself, backing off with jitter, until stop(). It never throws from a listener and never
 * lets a listener's exception reach the stream.
 */
export interface XmppConnection {
  readonly mode: 'component' | 'bot'

  /** The full address that joins rooms. For a bot known after the first onOnline; before, the configured one. */
  readonly address: string

  /** Our own domain in component mode; undefined for a bot, which hosts no addresses. */
  readonly domain: string | undefined

  readonly isOnline: boolean

  /** When the server was last heard, by the clock that stanzas are timed with; undefined before the first stream. */
  readonly heardAt: Micros | undefined

  /** Begins to connect, also after pause(), and returns at once; what goes wrong is logged and shown by `status()`. */
  start (): void

  /** Resolves when the first stream is up; rejects when trying again cannot help (wrong secret, conflict) or after the time. */
  waitOnline (timeoutMs: number): Promise<void>

  /** Closes the stream politely and connects no more until start(); the next stream is a new one, nothing is resumed. */
  pause (): Promise<void>

  /** Closes the stream politely and stops connecting for good. */
  stop (): Promise<void>

  status (): ConnectionStatus

  /** A stream is up: anew, so that all rooms must be joined, or resumed (XEP-0198), when nothing was lost. */
  onOnline (listener: (stream: { readonly isResumed: boolean }) => void): void

  onOffline (listener: () => void): void

  /**
   * Messages and presences in the order of the stream, synchronously as they are read, with the time of reading.
   * The element is the listener's to keep. It is in the namespace jabber:client, whichever stream brought it; nothing in
   * it has been checked, its addresses least of all.
   */
  onStanza (listener: (stanza: Element, readAt: Micros) => void): void

  /**
   * Requests addressed to us. The first responder that returns a promise answers: it resolves to the payload of the
   * result (undefined: an empty result) or rejects with a StanzaError; another error becomes
   * internal-server-error. Nobody: service-unavailable.
   */
  onRequest (responder: Responder): void

  /**
   * Writes in the given order, in one write. Without a `from` a component sends from `address`. Rejects with
   * ERR_XMPP_OFFLINE when there is no stream, and with ERR_STANZA, having written nothing, when one of them would break
   * the stream: not well-formed, without a valid `to`, from a domain that is not ours, or longer than servers take.
   */
  send (...stanzas: readonly Element[]): Promise<void>

  /**
   * Sends an iq (the id is set here) and resolves to the result iq. Replies are matched by id and by sender.
   * Rejects with a StanzaError, ERR_XMPP_TIMEOUT, or ERR_XMPP_OFFLINE, also when the stream breaks meanwhile.
   */
  request (iq: Element, options?: { timeoutMs?: number }): Promise<Element>
}

export interface ConnectionStatus {
  readonly state: 'connecting' | 'online' | 'waiting' | 'stopped'
  /** Why it is not online, for people: one line with the remedy. */
  readonly problem?: string
}

export interface Request {
  readonly type: 'get' | 'set'
  readonly from: string
  /** As the requester wrote it. */
  readonly to: string
  readonly id: string
  readonly payload: Element
}

export type Responder = (request: Request) => Promise<Element | undefined> | undefined
