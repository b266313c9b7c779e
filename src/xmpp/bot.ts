import { bareOf, parseJid } from '../model/address.ts'
import type { Logger } from '../log.ts'
import { openClientStream } from './client-stream.ts'
import type { ClientSession } from './client-stream.ts'
import type { XmppConnection } from './connection.ts'
import { xml } from './element.ts'
import { createLiveConnection } from './live-connection.ts'
import type { ConnectionTiming } from './live-connection.ts'
import { NS } from './namespaces.ts'
import { findServices, formatService, isLoopback, parseService } from './service.ts'
import type { Service } from './service.ts'
import type { OpenStream, Stream } from './stream.ts'
import { StreamFailure } from './stream-problem.ts'

export interface BotOptions extends ConnectionTiming {
  /** The account. */
  readonly jid: string
  readonly password: string
  readonly resource?: string
  /** `host:port`, `xmpp://host:port`, or `xmpps://host:port` for TLS from the first byte; undefined: found by DNS. */
  readonly service?: string | undefined
  /** required: a valid certificate or no stream; optional: plain text where the server has no TLS; insecure: any certificate. */
  readonly tls?: 'required' | 'optional' | 'insecure'
  /** Whether the password may cross a connection without TLS; only to this machine unless given. */
  readonly allowPlain?: boolean
  readonly log: Logger
}

/** An account as people have one, RFC 6120. Short breaks are bridged by stream management (XEP-0198) where the server has it. */
export function createBotConnection (options: BotOptions): XmppConnection {
  const { password, resource = 'hansard', tls = 'required', connectTimeoutMs = 30_000 } = options
  const account = parseJid(options.jid)
  const { local: username, domain } = account
  const configured = options.service === undefined ? undefined : parseService(options.service, { plain: 5222, tls: 5223 })
  let session: ClientSession | undefined
  let attempts = 0

  const open: OpenStream = (events, canResume) => {
    if (!canResume) session = undefined
    let inner: ReturnType<typeof openClientStream> | undefined
    let isOver = false
    chooseService().then(service => {
      if (isOver) return
      const allowPlain = options.allowPlain ?? isLoopback(service.host)
      const login = { username, domain, password, resource, tls, allowPlain }
      inner = openClientStream({ service, ...login, timeoutMs: connectTimeoutMs, session }, events)
    }).catch(events.closed)
    return {
      write: async texts => {
        if (inner === undefined) throw new StreamFailure('closed')
        return inner.write(texts)
      },
      close: async () => inner?.close(),
      destroy () {
        isOver = true
        session = inner === undefined ? session : inner.session()
        inner?.destroy()
      }
    } satisfies Stream
  }

  /** One after the other, so that a server that is down does not hide its neighbour. */
  async function chooseService (): Promise<Service> {
    if (configured !== undefined) return configured
    const services = await findServices(domain)
    attempts += 1
    return services[(attempts - 1) % services.length] as Service
  }

  return createLiveConnection({
    ...options,
    mode: 'bot',
    address: `${bareOf(account)}/${resource}`,
    service: configured === undefined ? domain : formatService(configured),
    open,
    ping: () => xml('iq', { type: 'get', to: domain }, xml('ping', { xmlns: NS.PING }))
  })
}
