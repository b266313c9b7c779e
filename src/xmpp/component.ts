import { component } from '@xmpp/component'
import type { Logger } from '../log.ts'
import type { XmppConnection } from './connection.ts'
import { xml } from './element.ts'
import { createLiveConnection } from './live-connection.ts'
import type { ConnectionTiming } from './live-connection.ts'
import { NS } from './namespaces.ts'
import { formatService } from './service.ts'
import { sayGoodbye, tuneSocket } from './socket.ts'
import type { Stream, StreamEvents } from './stream.ts'
import { streamParser } from './stream-parser.ts'
import { isStreamError, parseStreamError, StreamFailure } from './stream-problem.ts'

export interface ComponentOptions extends ConnectionTiming {
  /** Where the server accepts components; an IPv6 address has no brackets. */
  readonly host: string
  readonly port: number
  readonly domain: string
  readonly secret: string
  readonly resource?: string
  /** The full address that joins rooms; `hansard@<domain>/<resource>` unless given. */
  readonly address?: string
  readonly log: Logger
}

/** An external component, XEP-0114. The server buffers nothing for it: each stream begins anew. */
export function createComponentConnection (options: ComponentOptions): XmppConnection {
  const { host, port, domain, secret, resource = 'hansard', address = `hansard@${domain}/${resource}` } = options

  const service = formatService({ host, port })

  // xmpp.js is used for the socket, the stream header and the handshake, with a fresh entity for each stream. It sees no
  // stanza: its own routing throws on a malformed address and answers requests that are not meant for it.
  function open (events: StreamEvents): Stream {
    const entity = component({ service, domain, password: secret })
    entity.reconnect.stop()
    entity.timeout = options.connectTimeoutMs ?? 30_000
    entity.socketParameters = () => ({ host, port })
    entity.Parser = streamParser({
      heard: events.heard,
      element (element, pass) {
        if (isStreamError(element)) events.closed(parseStreamError(element))
        else if (entity.isStanza(element)) events.stanza(element)
        else pass(element)
      },
      refused: events.refused,
      ended () { events.closed(new StreamFailure('closed')) },
      broken: events.closed
    })
    entity.on('connect', () => { if (entity.socket !== null) tuneSocket(entity.socket) })
    entity.on('online', () => { events.online({ address, isResumed: false }) })
    entity.on('error', events.closed)
    entity.on('disconnect', () => { events.closed(new StreamFailure('closed')) })
    // Not start(), which leaves a promise behind that nobody handles when the stream is refused.
    entity.connect(service)
      .then(async () => entity.open({ domain, lang: 'en' }))
      .catch(events.closed)
    return {
      write: async texts => entity.write(texts.join('')),
      close: async () => sayGoodbye(entity.socket, '</stream:stream>'),
      destroy () {
        const { socket } = entity
        // Ends what the library still waits for, and with it the timers.
        entity.emit('error', new StreamFailure('closed'))
        socket?.destroy()
      }
    }
  }

  return createLiveConnection({
    ...options,
    mode: 'component',
    address,
    service,
    open,
    // To ourselves: the server has to route it, and no other host needs to answer.
    ping: () => xml('iq', { type: 'get', to: domain, from: domain }, xml('ping', { xmlns: NS.PING }))
  })
}
