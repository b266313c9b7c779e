import { client } from '@xmpp/client'
import type { Authenticate, ClientEntity, SmSession } from '@xmpp/client'
import { child, Element, parseXml } from './element.ts'
import { NS } from './namespaces.ts'
import { isGenuine, PlainMechanism, SCRAM_HASHES, scramMechanism } from './sasl.ts'
import type { Service } from './service.ts'
import { sayGoodbye, tuneSocket } from './socket.ts'
import { upgradeToTls } from './start-tls.ts'
import type { Stream, StreamEvents } from './stream.ts'
import { streamParser } from './stream-parser.ts'
import { isStreamError, parseStreamError, StreamFailure } from './stream-problem.ts'

export interface ClientStreamOptions {
  readonly service: Service
  readonly username: string
  readonly domain: string
  readonly password: string
  readonly resource: string
  readonly tls: 'required' | 'optional' | 'insecure'
  /** Whether the password may cross a connection without TLS. */
  readonly allowPlain: boolean
  readonly timeoutMs: number
  /** What the stream before left; undefined when there is nothing to resume. */
  readonly session: ClientSession | undefined
}

/** A session that another stream may resume (XEP-0198 §5). */
export interface ClientSession extends SmSession {
  readonly address: string
}

export interface ClientStream extends Stream {
  /** To be asked when the stream is over. */
  session (): ClientSession | undefined
}

const NS_SASL2 = 'urn:xmpp:sasl:2'

/**
 * One stream of an account. xmpp.js logs in, binds and resumes, with a fresh entity for each stream: its waits and
 * listeners of a broken stream would reach into the next one.
 */
export function openClientStream (options: ClientStreamOptions, events: StreamEvents): ClientStream {
  const { service, domain, resource, tls } = options
  const entity = client({ service: 'xmpp://server', domain, resource, credentials: logIn })
  const { streamManagement: sm, iqCaller } = entity
  let hasSm = false
  let isBound = false
  let signature: Buffer | undefined

  entity.reconnect.stop()
  entity.timeout = options.timeoutMs
  entity.saslFactory._mechs.length = 0
  for (const name of Object.keys(SCRAM_HASHES) as Array<keyof typeof SCRAM_HASHES>) {
    entity.saslFactory.use(name, scramMechanism(name, expected => { signature = expected }))
  }
  entity.saslFactory.use('PLAIN', PlainMechanism)
  entity.socketParameters = () => ({ host: service.host, port: service.port })
  if (options.session !== undefined) {
    const { address, ...resumable } = options.session
    Object.assign(sm, resumable)
    entity._jid(address)
  }

  const Parser = streamParser({
    heard: events.heard,
    element (element, pass) {
      if (isStreamError(element)) events.closed(parseStreamError(element))
      else if (entity.isStanza(element)) takeStanza(element, pass)
      else if (element.is('features', NS.STREAM)) takeFeatures(element, pass)
      else if (element.getNS() === NS.TLS) takeTls(element)
      else if (element.is('success', NS.SASL)) takeSuccess(element, pass)
      else {
        pass(element)
        // Only now the library counts what we send, as the server does; a turn later, for it takes the answer by promise.
        if (isBound && (element.is('enabled', NS.SM) || element.is('failed', NS.SM))) setImmediate(begin)
      }
    },
    refused (head, reason, pass) {
      pass(new Element('message'))
      events.refused(head, reason)
    },
    ended () { events.closed(new StreamFailure('closed')) },
    broken: events.closed
  })

  // The library needs the answers to its own requests, and one stanza of any kind to count for each that came. The stanzas
  // themselves it does not see: its routing throws on a malformed address and answers every request.
  function takeStanza (stanza: Element, pass: (element: Element) => void): void {
    const { id, type } = stanza.attrs
    if (stanza.name === 'iq' && type !== 'get' && type !== 'set' && id !== undefined && iqCaller.handlers.has(id)) return pass(stanza)
    pass(new Element('message'))
    events.stanza(stanza)
  }

  function takeFeatures (features: Element, pass: (element: Element) => void): void {
    if (!isSecure(entity)) {
      if (child(features, 'starttls', NS.TLS) !== undefined) {
        entity.write(`<starttls xmlns='${NS.TLS}'/>`).catch(events.closed)
        return
      }
      if (tls === 'required') return events.closed(new StreamFailure('no-tls'))
    }
    hasSm = child(features, 'sm', NS.SM) !== undefined
    // RFC 6120 logs in everywhere; what XEP-0388 adds is not needed.
    features.children = features.children.filter(feature => typeof feature === 'string' || feature.getNS() !== NS_SASL2)
    pass(features)
  }

  function takeTls (element: Element): void {
    if (!element.is('proceed', NS.TLS)) return events.closed(new StreamFailure('no-tls'))
    secure().then(async () => entity.restart()).catch(events.closed)
  }

  async function secure (): Promise<void> {
    const { socket } = entity
    if (socket === null) throw new StreamFailure('closed')
    entity._detachSocket()
    entity._detachParser()
    const secured = await upgradeToTls(socket, { domain, isChecked: tls !== 'insecure' })
    tuneSocket(secured)
    entity._attachSocket(secured)
  }

  // In the order in which the mechanisms were registered below.
  async function logIn (authenticate: Authenticate, [mechanism]: readonly string[]): Promise<void> {
    if (mechanism === undefined || (mechanism === 'PLAIN' && !isSecure(entity) && !options.allowPlain)) {
      throw new StreamFailure('no-mechanism')
    }
    await authenticate({ username: options.username, password: options.password }, mechanism)
  }

  function takeSuccess (success: Element, pass: (element: Element) => void): void {
    if (signature !== undefined && !isGenuine(success.getText(), signature)) events.closed(new StreamFailure('server-not-genuine'))
    else pass(success)
  }

  // The presence makes us reachable for invitations and private messages, RFC 6121 §4.2.
  function begin (): void {
    write(['<presence/>']).catch(events.closed)
    events.online({ address: String(entity.jid), isResumed: false })
  }

  async function write (texts: readonly string[]): Promise<void> {
    const written = entity.write(texts.join(''))
    // What the library sends again after a break, in the order of the stream.
    if (sm.enabled) for (const text of texts) entity.emit('send', parseXml(text))
    await written
  }

  entity.on('online', () => {
    isBound = true
    if (!hasSm) begin()
  })
  sm.on('resumed', () => {
    setImmediate(() => { events.online({ address: String(entity.jid), isResumed: true }) })
  })
  entity.on('error', events.closed)
  entity.on('disconnect', () => { events.closed(new StreamFailure('closed')) })

  entity.connect('xmpp://server')
    .then(async () => {
      entity.Parser = Parser
      if (entity.socket !== null) tuneSocket(entity.socket)
      if (service.isDirectTls) await secure()
      await entity.open({ domain, lang: 'en' })
    })
    .catch(events.closed)

  return {
    write,
    close: async () => {
      const words = sm.enabled ? `<a xmlns='${NS.SM}' h='${sm.inbound}'/></stream:stream>` : '</stream:stream>'
      sm.id = ''
      await sayGoodbye(entity.socket, words)
    },
    destroy () {
      const { socket } = entity
      const gone = new StreamFailure('closed')
      // Ends what the library still waits for, and with it the timers.
      for (const waiting of iqCaller.handlers.values()) waiting.reject(gone)
      entity.emit('error', gone)
      socket?.destroy()
    },
    session () {
      const { id, inbound, outbound, outbound_q: queue } = sm
      return id === '' ? undefined : { id, inbound, outbound, outbound_q: queue, address: String(entity.jid) }
    }
  }
}

function isSecure (entity: ClientEntity): boolean {
  return entity.socket !== null && 'secure' in entity.socket && entity.socket.secure === true
}
