import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import type { TestContext } from 'node:test'
import { createServer } from 'node:tls'
import type { TLSSocket } from 'node:tls'
import { TLSSocket as ServerTls } from 'node:tls'
import { silentLogger } from '../../src/log.ts'
import { createBotConnection } from '../../src/xmpp/bot.ts'
import type { BotOptions } from '../../src/xmpp/bot.ts'
import type { XmppConnection } from '../../src/xmpp/connection.ts'
import { xml } from '../../src/xmpp/element.ts'
import { hear } from './connection-contract.ts'
import { createPeer, startFakeServer } from './helpers/fake-server.ts'
import type { FakeServer, Peer } from './helpers/fake-server.ts'

const HEADER = "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' id='c1' from='localhost' version='1.0'>"
const STARTTLS = "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"
const PLAIN = "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism></mechanisms>"
const CERTIFICATE = {
  key: readFileSync(join(import.meta.dirname, 'fixtures/localhost.key')),
  cert: readFileSync(join(import.meta.dirname, 'fixtures/localhost.crt'))
}

interface Scene {
  readonly server: FakeServer
  readonly connection: XmppConnection
}

async function begin (t: TestContext, options: Partial<BotOptions> = {}): Promise<Scene> {
  const server = await startFakeServer()
  t.after(async () => server.stop())
  const connection = createBotConnection({
    jid: 'bot@localhost',
    password: 'secret',
    service: server.service,
    tls: 'optional',
    log: silentLogger,
    backoff: { minMs: 1, maxMs: 20 },
    ...options
  })
  t.after(async () => connection.stop())
  connection.start()
  return { server, connection }
}

async function beginOnline (
  t: TestContext,
  session: { readonly jid?: string, readonly sm?: string } = {}
): Promise<Scene & { readonly peer: Peer }> {
  const { server, connection } = await begin(t)
  const peer = await server.next()
  await peer.acceptClient('secret', session)
  await connection.waitOnline(10_000)
  await peer.reads(/<presence\/>/)
  return { server, connection, peer }
}

async function offer (server: FakeServer, features: string): Promise<Peer> {
  const peer = await server.next()
  await peer.reads(/<stream:stream[^>]*>/)
  peer.write(`${HEADER}<stream:features>${features}</stream:features>`)
  return peer
}

/** Takes the peer's connection through STARTTLS. */
async function secure (peer: Peer): Promise<Peer> {
  await peer.reads(/<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'\/>/)
  peer.socket.removeAllListeners('data')
  peer.write("<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
  return createPeer(new ServerTls(peer.socket, { isServer: true, ...CERTIFICATE }))
}

const chat = (body: string, attributes = "from='alice@localhost/phone'"): string => `<message ${attributes}><body>${body}</body></message>`

describe('a bot', () => {
  it('takes the address that the server gives it', async t => {
    const { connection } = await beginOnline(t, { jid: 'bot@localhost/other' })
    assert.equal(connection.address, 'bot@localhost/other')
    assert.equal(connection.domain, undefined)
  })

  it('writes no sender, and takes answers that its server signs in any of its names', async t => {
    const { connection, peer } = await beginOnline(t)
    for (const from of ['', "from='bot@localhost'", "from='localhost'", "from='bot@localhost/hansard'"]) {
      const asked = connection.request(xml('iq', { type: 'get', from: 'bot@localhost/hansard' }, xml('query', { xmlns: 'urn:example' })))
      const [, id = ''] = await peer.reads(/^<iq type="get" id="([^"]+)"><query xmlns="urn:example"\/><\/iq>/)
      peer.write(`<iq type='result' id='${id}' from='evil@localhost'/><iq type='result' id='${id}' ${from}><genuine/></iq>`)
      assert.match(String(await asked), /genuine/)
    }
  })

  it('answers a request once, also a ping and one from a sender that is malformed', async t => {
    const { connection, peer } = await beginOnline(t)
    connection.onRequest(({ payload }) => payload.name === 'mine' ? Promise.resolve(undefined) : undefined)
    peer.write("<iq type='get' id='1' from='@@'><other/></iq><iq type='get' id='2' from='localhost'><ping xmlns='urn:xmpp:ping'/></iq><iq type='get' id='3' from='a@b/c'><mine xmlns='urn:example'/></iq>")
    await peer.reads(/^<iq type="error" to="localhost" id="2"><error type="cancel"><service-unavailable .*?<\/iq>/)
    await peer.reads(/^<iq type="result" to="a@b\/c" id="3"\/>$/)
  })

  it('pings its server', async t => {
    const { server, connection } = await begin(t, { idleMs: 10, pingTimeoutMs: 500 })
    const peer = await server.next()
    await peer.acceptClient('secret')
    await connection.waitOnline(10_000)
    const [, id = ''] = await peer.reads(/<iq type="get" to="localhost" id="([^"]+)"><ping xmlns="urn:xmpp:ping"\/><\/iq>/)
    peer.write(`<iq type='result' id='${id}' from='localhost'/>`)
    await peer.reads(/<ping /)
    await peer.closed()
    assert.match(connection.status().problem ?? '', /no longer answers/)
  })

  it('resumes: counts every stanza, sends again what was not acknowledged, and nothing twice', async t => {
    const { server, connection, peer } = await beginOnline(t, { sm: 'session-1' })
    const online: boolean[] = []
    const resumed = new Promise<void>(resolve => {
      connection.onOnline(({ isResumed }) => {
        online.push(isResumed)
        resolve()
      })
    })
    const heard = hear(connection, 4)
    peer.write(chat('1') + chat('2', "from='@@'") + "<presence from=''/><iq type='result' id='unknown' from='@@'/>" + chat('3'))
    await connection.send(xml('message', { to: 'a@b', id: 'acknowledged' }))
    await peer.reads(/id="acknowledged"/)
    peer.write("<r xmlns='urn:xmpp:sm:3'/><a xmlns='urn:xmpp:sm:3' h='2'/>")
    await peer.reads(/<a xmlns="urn:xmpp:sm:3" h="5"\/>/)
    await connection.send(xml('message', { to: 'a@b', id: 'lost' }, xml('body', {}, 'x')))
    await peer.reads(/id="lost"/)
    peer.cut()

    const second = await server.next()
    assert.equal(await second.login('secret'), true)
    second.write("<stream:features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/><sm xmlns='urn:xmpp:sm:3'/></stream:features>")
    const [resume] = await second.reads(/<resume [^>]*\/>/)
    assert.match(resume, /h="5"/)
    assert.match(resume, /previd="session-1"/)
    second.write(`<resumed xmlns='urn:xmpp:sm:3' previd='session-1' h='2'/>${chat('4')}`)
    await resumed
    const [again] = await second.reads(/<message .*?<\/message>/)
    assert.match(again, /id="lost".*<body>x<\/body>/)
    assert.deepEqual((await heard).map(({ body }) => body), ['1', '2', '3', '4'])
    assert.deepEqual(online, [true])
    await connection.send(xml('message', { to: 'a@b', id: 'next' }))
    await second.reads(/^[^]*?<message to="a@b" id="next"\/>/)
    assert.doesNotMatch(second.unread(), /acknowledged|lost/)
  })

  it('begins anew when the server no longer knows the session', async t => {
    const { server, connection, peer } = await beginOnline(t, { sm: 'session-1' })
    const online = new Promise<boolean>(resolve => { connection.onOnline(({ isResumed }) => { resolve(isResumed) }) })
    peer.cut()
    const second = await server.next()
    await second.login('secret')
    second.write("<stream:features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/><sm xmlns='urn:xmpp:sm:3'/></stream:features>")
    await second.reads(/<resume [^>]*\/>/)
    second.write("<failed xmlns='urn:xmpp:sm:3'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>")
    const [, id = ''] = await second.reads(/<iq[^>]*id="([^"]*)"[^>]*><bind .*?<\/iq>/)
    second.write(`<iq type='result' id='${id}'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>bot@localhost/new</jid></bind></iq>`)
    await second.reads(/<enable [^>]*\/>/)
    second.write("<enabled xmlns='urn:xmpp:sm:3' id='session-2' resume='true'/>")
    assert.equal(await online, false)
    assert.equal(connection.address, 'bot@localhost/new')
    await second.reads(/<presence\/>/)
  })

  for (const state of ['up', 'broken'] as const) {
    it(`does not go on where it was paused while its stream was ${state}`, async t => {
      const { server, connection, peer } = await beginOnline(t, { sm: 'session-1' })
      if (state === 'broken') {
        peer.cut()
        await server.next()
      }
      const paused = connection.pause()
      if (state === 'up') {
        await peer.reads(/<a xmlns='urn:xmpp:sm:3' h='0'\/><\/stream:stream>$/)
        peer.socket.end()
      }
      await paused
      const online = new Promise<boolean>(resolve => { connection.onOnline(({ isResumed }) => { resolve(isResumed) }) })
      connection.start()
      const next = await server.next()
      await next.acceptClient('secret', { sm: 'session-2' })
      assert.equal(await online, false)
      assert.doesNotMatch(next.unread(), /<resume/)
      await next.reads(/<presence\/>/)
    })
  }

  it('ends its session when it stops', async t => {
    const { connection, peer } = await beginOnline(t, { sm: 'session-1' })
    peer.write(chat('1'))
    const stopping = hear(connection, 1).then(async () => connection.stop())
    await peer.reads(/<a xmlns='urn:xmpp:sm:3' h='1'\/><\/stream:stream>$/)
    peer.socket.end()
    await stopping
  })

  it('turns TLS on where it is offered, and puts characters together behind it', async t => {
    const { server, connection } = await begin(t, { tls: 'insecure', allowPlain: false })
    const secured = await secure(await offer(server, STARTTLS + PLAIN))
    await secured.acceptClient('secret')
    await connection.waitOnline(10_000)
    const heard = hear(connection, 1)
    for (const byte of Buffer.from(chat('é漢🎉'))) {
      secured.socket.write(Buffer.from([byte]))
      await new Promise(resolve => { setImmediate(resolve) })
    }
    assert.equal((await heard)[0]?.body, 'é漢🎉')
    secured.socket.destroy()
    await (await secure(await offer(server, STARTTLS))).acceptClient('secret')
    await connection.waitOnline(10_000)
  })

  it('takes TLS from the first byte', async t => {
    const tls = createServer(CERTIFICATE).listen(0, '127.0.0.1')
    await once(tls, 'listening')
    t.after(() => tls.close())
    const { connection } = await begin(t, { tls: 'insecure', allowPlain: false, service: `xmpps://127.0.0.1:${(tls.address() as { port: number }).port}` })
    const [socket] = await once(tls, 'secureConnection') as [TLSSocket]
    await createPeer(socket).acceptClient('secret')
    await connection.waitOnline(10_000)
  })

  it('does not take a certificate that nobody vouches for', async t => {
    const { server, connection } = await begin(t, { tls: 'required' })
    const refused = assert.rejects(connection.waitOnline(10_000), { code: 'ERR_XMPP_REFUSED', message: /certificate of the server is not valid/ })
    const secured = await secure(await offer(server, STARTTLS + PLAIN))
    await refused
    assert.equal(secured.unread(), '')
  })

  it('does not go on without TLS where it is required', async t => {
    const { server, connection } = await begin(t, { tls: 'required' })
    const refused = assert.rejects(connection.waitOnline(10_000), { code: 'ERR_XMPP_REFUSED', message: /offers no TLS/ })
    const peer = await offer(server, PLAIN)
    await refused
    await peer.closed()
    assert.equal(peer.unread(), '')
  })

  it('does not go on when the server fails to turn TLS on', async t => {
    const { server, connection } = await begin(t)
    const refused = assert.rejects(connection.waitOnline(10_000), { code: 'ERR_XMPP_REFUSED' })
    const peer = await offer(server, STARTTLS + PLAIN)
    await peer.reads(/<starttls /)
    peer.write("<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
    await refused
  })

  it('does not send its password in plain text where that is not allowed', async t => {
    const { server, connection } = await begin(t, { allowPlain: false })
    const refused = assert.rejects(connection.waitOnline(10_000), { code: 'ERR_XMPP_REFUSED', message: /no way to log in that is safe/ })
    const peer = await offer(server, PLAIN)
    await refused
    await peer.closed()
    assert.equal(peer.unread(), '')
  })

  it('prefers the strongest way to log in, and does not believe a server that cannot prove itself', async t => {
    const { server, connection } = await begin(t)
    const refused = assert.rejects(connection.waitOnline(10_000), { code: 'ERR_XMPP_REFUSED', message: /does not prove that it knows the password/ })
    const peer = await offer(server, "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism><mechanism>SCRAM-SHA-1</mechanism><mechanism>SCRAM-SHA-256</mechanism></mechanisms>" +
      "<authentication xmlns='urn:xmpp:sasl:2'><mechanism>PLAIN</mechanism></authentication>")
    const [, first = ''] = await peer.reads(/<auth [^>]*mechanism="SCRAM-SHA-256"[^>]*>([^<]+)<\/auth>/)
    const nonce = /r=(.*)$/.exec(Buffer.from(first, 'base64').toString())?.[1] ?? ''
    peer.write(`<challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>${Buffer.from(`r=${nonce}x,s=c2FsdA==,i=4096`).toString('base64')}</challenge>`)
    await peer.reads(/<response [^>]*>[^<]+<\/response>/)
    peer.write(`<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>${Buffer.from('v=Zm9yZ2Vk').toString('base64')}</success>`)
    await refused
  })

  it('says that somebody else uses its address, and does not fight for it', async t => {
    const { connection, peer } = await beginOnline(t)
    const offline = new Promise<void>(resolve => { connection.onOffline(resolve) })
    peer.write("<stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><text xmlns='urn:ietf:params:xml:ns:xmpp-streams'>Replaced by new connection</text></stream:error></stream:stream>")
    await offline
    assert.match(connection.status().problem ?? '', /same address and resource/)
  })

  it('is not disturbed by the rest of a login that broke off', async t => {
    const { server, connection } = await begin(t)
    const first = await offer(server, PLAIN)
    await first.reads(/<auth /)
    first.cut()
    const second = await server.next()
    await second.acceptClient('secret')
    await connection.waitOnline(10_000)
    assert.doesNotMatch(second.unread(), /<auth|<response/)
    await second.reads(/^<presence\/>$/)
  })
})
