import type { BareJid } from '../model/address.ts'
import { bareOf, tryParseJid } from '../model/address.ts'
import type { Micros } from '../model/archive-time.ts'
import { hasCode, HansardError } from '../model/errors.ts'
import type { Logger } from '../log.ts'
import { createBackoff } from './backoff.ts'
import type { BackoffOptions } from './backoff.ts'
import type { Clock } from './clock.ts'
import { createClock } from './clock.ts'
import type { ConnectionStatus, XmppConnection } from './connection.ts'
import type { Element } from './element.ts'
import { createIqCaller } from './iq-caller.ts'
import { createListeners } from './listeners.ts'
import { checkStanza } from './outgoing.ts'
import { createResponders } from './responders.ts'
import { traceOf } from './stanza-trace.ts'
import type { OpenStream, Stream, StreamEvents } from './stream.ts'
import { describeProblem, StreamFailure } from './stream-problem.ts'
import { createWatchdog } from './watchdog.ts'

/** Times that both connections have; tests make them short. */
export interface ConnectionTiming {
  readonly backoff?: BackoffOptions
  /** From the first packet to a stream that is up. */
  readonly connectTimeoutMs?: number
  /** A peer that is silent is pinged after this time … */
  readonly idleMs?: number
  /** … and given up after this one more. */
  readonly pingTimeoutMs?: number
  readonly now?: Clock
}

export interface LiveConnectionOptions extends ConnectionTiming {
  readonly mode: XmppConnection['mode']
  readonly address: string
  readonly domain?: string
  /** host:port, for messages. */
  readonly service: string
  readonly log: Logger
  readonly open: OpenStream
  /** A request that the other side answers at once, whatever the answer. */
  readonly ping: () => Element
}

/** Keeps a stream up: everything that the two kinds of connection have in common. */
export function createLiveConnection (options: LiveConnectionOptions): XmppConnection {
  const { mode, domain, log, connectTimeoutMs = 30_000, idleMs = 30_000, pingTimeoutMs = 25_000, now = createClock() } = options
  const target = { mode, service: options.service, name: mode === 'component' ? options.domain ?? '' : options.address }
  const backoff = createBackoff(options.backoff)
  const listeners = createListeners(log)
  const iqCaller = createIqCaller({ write, address: () => address })
  const responders = createResponders({ send, log, account: () => accountOf(address) })
  const watchdog = createWatchdog({
    idleMs,
    timeoutMs: pingTimeoutMs,
    ping () { iqCaller.request(options.ping(), pingTimeoutMs).catch((error: unknown) => { log.debug({ err: error }, 'A ping got no result') }) },
    onDead () { closeCurrent?.(new StreamFailure('silent')) }
  })
  let address = options.address
  let state: ConnectionStatus['state'] = 'stopped'
  let problem: HansardError | undefined
  let stream: Stream | undefined
  let closeCurrent: ((cause: unknown) => void) | undefined
  let retry: NodeJS.Timeout | undefined
  let isUp = false
  let isOver = false
  let halted: Promise<void> | undefined
  let upSince = 0
  let heardAt: Micros | undefined
  // Read before onOnline was called: kept so that its listeners hear of the stream first.
  let early: Array<[Element, Micros]> = []
  const waiting = new Set<(error?: Error) => void>()

  function connect (canResume: boolean): void {
    state = 'connecting'
    let isClosed = false
    let own: Stream | undefined
    const deadline = setTimeout(() => { closed(new StreamFailure('late')) }, connectTimeoutMs)
    const closed = (cause: unknown): void => {
      if (isClosed) return
      isClosed = true
      clearTimeout(deadline)
      own?.destroy()
      if (closeCurrent === closed) wentOffline(cause)
    }
    const whileCurrent = <A extends unknown[]>(act: (...rest: A) => void) => (...rest: A): void => {
      if (closeCurrent === closed) act(...rest)
    }
    const events: StreamEvents = {
      heard: whileCurrent(() => {
        watchdog.heard()
        // A server that answers and does not let us in tells nothing of the rooms.
        if (isUp) heardAt = now()
      }),
      online: whileCurrent(up => {
        clearTimeout(deadline)
        wentOnline(up)
      }),
      stanza: whileCurrent(stanza => {
        const readAt = now()
        if (isUp) heardAt = readAt
        take(stanza, readAt)
      }),
      refused: whileCurrent(takeRefused),
      closed
    }
    closeCurrent = closed
    try {
      own = options.open(events, canResume)
      if (isClosed) own.destroy()
      else stream = own
    } catch (error) {
      closed(error)
    }
  }

  function wentOnline (up: { readonly address: string, readonly isResumed: boolean }): void {
    state = 'online'
    isUp = true
    heardAt = now()
    upSince = performance.now()
    problem = undefined
    address = up.address
    watchdog.start()
    log.info({ service: target.service, address, isResumed: up.isResumed }, 'The XMPP stream is up')
    for (const settle of [...waiting]) settle()
    listeners.online({ isResumed: up.isResumed })
    const held = early
    early = []
    for (const [stanza, readAt] of held) take(stanza, readAt)
  }

  function wentOffline (cause: unknown): void {
    const next = describeProblem(cause, target)
    const isRefused = hasCode(next, 'ERR_XMPP_REFUSED')
    if (problem?.message !== next.message) log.warn({ problem: next.message }, 'The XMPP stream is down')
    problem = next
    state = 'waiting'
    // A server that takes us and drops us again and again is not hurried.
    if (isUp && performance.now() - upSince > 60_000) backoff.reset()
    retry = setTimeout(() => { connect(true) }, isRefused ? backoff.longest() : backoff.next())
    leaveStream(offline('the stream broke before the answer came'))
    if (isRefused) for (const settle of [...waiting]) settle(next)
  }

  function leaveStream (reason: HansardError): void {
    const wasUp = isUp
    isUp = false
    stream = closeCurrent = undefined
    early = []
    watchdog.stop()
    iqCaller.failAll(reason)
    if (wasUp) listeners.offline()
  }

  async function halt (how: 'paused' | 'stopped'): Promise<void> {
    const gone = new HansardError('ERR_XMPP_OFFLINE', `Cannot use the connection to ${target.service}: it was ${how}`)
    // Who waits for a connection that is paused may see it started again in time.
    if (isOver) for (const settle of [...waiting]) settle(gone)
    if (state !== 'stopped') halted = leave(gone)
    await halted
  }

  async function leave (gone: HansardError): Promise<void> {
    const last = isUp ? stream : undefined
    const end = closeCurrent
    state = 'stopped'
    problem = undefined
    clearTimeout(retry)
    leaveStream(gone)
    if (last !== undefined) await last.close()
    end?.(gone)
  }

  function take (stanza: Element, readAt: Micros): void {
    if (state !== 'online') {
      early.push([stanza, readAt])
      return
    }
    if (log.isLevelEnabled('trace')) log.trace({ xml: traceOf(stanza) }, 'Received')
    if (stanza.name !== 'iq') listeners.stanza(stanza, readAt)
    else if (stanza.attrs['type'] === 'get' || stanza.attrs['type'] === 'set') responders.handle(stanza)
    else if (!iqCaller.settle(stanza)) log.debug({ from: stanza.attrs['from'] }, 'An answer came that nobody waits for')
  }

  function takeRefused (head: Element, reason: string): void {
    log.warn({ stanza: head.name, from: head.attrs['from'], reason }, 'A stanza was not read')
    if (head.name !== 'iq') return
    // Without its content, a request is bad and an answer is an error.
    if (head.attrs['type'] === 'result') head.attrs['type'] = 'error'
    take(head, now())
  }

  async function write (stanza: Element, attributes: Readonly<Record<string, string>> = {}): Promise<void> {
    return writeAll([stanza], attributes)
  }

  async function send (...stanzas: readonly Element[]): Promise<void> {
    return writeAll(stanzas, {})
  }

  async function writeAll (stanzas: readonly Element[], attributes: Readonly<Record<string, string>>): Promise<void> {
    if (stream === undefined || state !== 'online') throw offline('there is no stream')
    const texts = stanzas.map(stanza => checkStanza(stanza, { mode, address, domain }, attributes))
    if (log.isLevelEnabled('trace')) for (const stanza of stanzas) log.trace({ xml: traceOf(stanza) }, 'Sent')
    try {
      if (texts.length > 0) await stream.write(texts)
    } catch (cause) {
      throw offline('the stream broke', cause)
    }
  }

  function offline (why: string, cause?: unknown): HansardError {
    return new HansardError('ERR_XMPP_OFFLINE', `Cannot send to ${target.service}: ${problem?.message ?? why}`, { cause })
  }

  return {
    mode,
    domain,
    get address () { return address },
    get isOnline () { return state === 'online' },
    get heardAt () { return heardAt },

    start () {
      if (state === 'stopped' && !isOver) connect(false)
    },

    waitOnline: async timeoutMs => new Promise((resolve, reject) => {
      if (state === 'online') return resolve()
      if (hasCode(problem, 'ERR_XMPP_REFUSED')) return reject(problem)
      const settle = (error?: Error): void => {
        clearTimeout(timer)
        waiting.delete(settle)
        if (error === undefined) resolve()
        else reject(error)
      }
      const timer = setTimeout(() => {
        settle(new HansardError('ERR_XMPP_TIMEOUT', problem?.message ?? `Cannot connect to ${target.service}: no stream within ${timeoutMs / 1000} s`))
      }, timeoutMs)
      waiting.add(settle)
    }),

    pause: async () => halt('paused'),

    async stop () {
      isOver = true
      await halt('stopped')
    },

    status: () => problem === undefined ? { state } : { state, problem: problem.message },
    onOnline: listeners.onOnline,
    onOffline: listeners.onOffline,
    onStanza: listeners.onStanza,
    onRequest: responders.add,
    send,
    request: async (iq, { timeoutMs } = {}) => iqCaller.request(iq, timeoutMs)
  }
}

function accountOf (address: string): BareJid | string {
  const jid = tryParseJid(address)
  return jid === undefined ? address : bareOf(jid)
}
