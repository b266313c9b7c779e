import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'

/** One connection to the fake server; the test says what the server does with it. */
export interface Peer {
  readonly socket: Socket
  /** Waits until what came has this in it, and forgets everything up to its end. */
  reads (pattern: RegExp): Promise<RegExpExecArray>
  /** What came and was not read. */
  unread (): string
  write (text: string | Buffer): void
  /** XEP-0114: answers the header and, when the secret is right, the handshake. */
  acceptComponent (secret: string): Promise<void>
  /** RFC 6120: header, PLAIN with this password, bind; with stream management when `sm` names a session. */
  acceptClient (password: string, options?: { readonly jid?: string, readonly sm?: string }): Promise<void>
  /** The part of that up to the features after the login; false when the password is wrong. */
  login (password: string): Promise<boolean>
  /** Drops the connection as a cut cable would look to the other side: by a reset. */
  cut (): void
  closed (): Promise<void>
}

export interface FakeServer {
  readonly port: number
  readonly service: string
  /** The next connection, in the order in which they come. */
  next (): Promise<Peer>
  /** Refuses connections until `listen` is called. */
  deafen (): Promise<void>
  listen (): Promise<void>
  stop (): Promise<void>
}

const COMPONENT_HEADER = "<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' id='s1' from='logs.localhost'>"
const CLIENT_HEADER = "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' id='c1' from='localhost' version='1.0'>"

/** A scripted XMPP server on a loopback port: the program under test connects to the test. */
export async function startFakeServer (): Promise<FakeServer> {
  const waiting: Array<(peer: Peer) => void> = []
  const arrived: Peer[] = []
  const sockets = new Set<Socket>()
  const server: Server = createServer(socket => {
    sockets.add(socket)
    socket.once('close', () => { sockets.delete(socket) })
    const peer = createPeer(socket)
    const taker = waiting.shift()
    if (taker === undefined) arrived.push(peer)
    else taker(peer)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo

  async function deafen (): Promise<void> {
    for (const socket of sockets) socket.destroy()
    if (server.listening) await new Promise(resolve => server.close(resolve))
  }

  return {
    port,
    service: `127.0.0.1:${port}`,
    next: async () => arrived.shift() ?? new Promise(resolve => { waiting.push(resolve) }),
    deafen,
    async listen () {
      server.listen(port, '127.0.0.1')
      await once(server, 'listening')
    },
    stop: deafen
  }
}

export function createPeer (socket: Socket): Peer {
  let text = ''
  const waiting = new Set<() => void>()
  const wake = (): void => {
    for (const look of waiting) look()
    waiting.clear()
  }
  socket.setEncoding('utf8')
  socket.on('error', () => {})
  socket.on('data', chunk => {
    text += String(chunk)
    wake()
  })
  const closed = once(socket, 'close')
  socket.once('close', wake)

  async function reads (pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(text)
      if (match !== null) {
        text = text.slice(match.index + match[0].length)
        return match
      }
      if (socket.destroyed) assert.fail(`the connection was closed before ${String(pattern)} came; unread: ${text.slice(0, 500)}`)
      await new Promise<void>(resolve => { waiting.add(resolve) })
    }
  }

  const write = (piece: string | Buffer): void => { socket.write(piece) }

  async function login (password: string): Promise<boolean> {
    await reads(/<stream:stream[^>]*to="localhost"[^>]*>/)
    write(`${CLIENT_HEADER}<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism></mechanisms></stream:features>`)
    const [, given = ''] = await reads(/<auth [^>]*mechanism="PLAIN"[^>]*>([^<]+)<\/auth>/)
    if (Buffer.from(given, 'base64').toString() !== `\0bot\0${password}`) {
      write("<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/></failure>")
      return false
    }
    write("<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>")
    await reads(/<stream:stream[^>]*>/)
    write(CLIENT_HEADER)
    return true
  }

  return {
    socket,
    reads,
    unread: () => text,
    write,
    async acceptComponent (secret) {
      await reads(/<stream:stream[^>]*>/)
      write(COMPONENT_HEADER)
      const [, given] = await reads(/<handshake>(.*?)<\/handshake>/)
      const right = given === createHash('sha1').update(`s1${secret}`).digest('hex')
      write(right
        ? '<handshake/>'
        : "<stream:error><not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>")
    },
    login,
    async acceptClient (password, { jid = 'bot@localhost/hansard', sm } = {}) {
      if (!await login(password)) return
      write(`<stream:features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>${sm === undefined ? '' : "<sm xmlns='urn:xmpp:sm:3'/>"}</stream:features>`)
      const [, id] = await reads(/<iq[^>]*id="([^"]*)"[^>]*><bind .*?<\/iq>/)
      write(`<iq type='result' id='${id ?? ''}'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>${jid}</jid></bind></iq>`)
      if (sm === undefined) return
      await reads(/<enable [^>]*\/>/)
      write(`<enabled xmlns='urn:xmpp:sm:3' id='${sm}' resume='true'/>`)
    },
    cut () { socket.resetAndDestroy() },
    async closed () { if (!socket.destroyed) await closed }
  }
}
