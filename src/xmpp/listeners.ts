import type { Micros } from '../model/archive-time.ts'
import type { Logger } from '../log.ts'
import type { XmppConnection } from './connection.ts'
import type { Element } from './element.ts'

type On = Pick<XmppConnection, 'onOnline' | 'onOffline' | 'onStanza'>

export interface Listeners extends On {
  online (stream: { readonly isResumed: boolean }): void
  offline (): void
  stanza (stanza: Element, readAt: Micros): void
}

/** Calls listeners in the order in which they came; one that throws is logged and harms nobody else. */
export function createListeners (log: Logger): Listeners {
  const [onOnline, online] = channel<[stream: { readonly isResumed: boolean }]>(log)
  const [onOffline, offline] = channel<[]>(log)
  const [onStanza, stanza] = channel<[stanza: Element, readAt: Micros]>(log)
  return { onOnline, online, onOffline, offline, onStanza, stanza }
}

function channel<A extends unknown[]> (log: Logger): [(listener: (...event: A) => void) => void, (...event: A) => void] {
  const listeners: Array<(...event: A) => void> = []
  return [
    listener => { listeners.push(listener) },
    (...event) => {
      for (const listener of listeners) {
        try {
          listener(...event)
        } catch (error) {
          log.error({ err: error }, 'A listener of the XMPP stream failed')
        }
      }
    }
  ]
}
