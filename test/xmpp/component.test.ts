import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { TestContext } from 'node:test'
import { silentLogger } from '../../src/log.ts'
import { createComponentConnection } from '../../src/xmpp/component.ts'
import type { ComponentOptions } from '../../src/xmpp/component.ts'
import type { XmppConnection } from '../../src/xmpp/connection.ts'
import { textOf, xml } from '../../src/xmpp/element.ts'
import { hear } from './connection-contract.ts'
import { startFakeServer } from './helpers/fake-server.ts'
import type { FakeServer, Peer } from './helpers/fake-server.ts'
import { createJournal } from './helpers/journal.ts'

const HEADER = "<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' id='s1'>"

interface Scene {
  readonly server: FakeServer
  readonly connection: XmppConnection
}

/** A started component whose server has not yet said anything. */
async function begin (t: TestContext, options: Partial<ComponentOptions> = {}): Promise<Scene> {
  const server = await startFakeServer()
  t.after(async () => server.stop())
  const connection = createComponentConnection({
    host: '127.0.0.1',
    port: server.port,
    domain: 'logs.localhost',
    secret: 'secret',
    log: silentLogger,
    backoff: { minMs: 1, maxMs: 20 },
    ...options
  })
  t.after(async () => connection.stop())
  connection.start()
  return { server, connection }
}

async function beginOnline (t: TestContext, options: Partial<ComponentOptions> = {}): Promise<Scene & { readonly peer: Peer }> {
  const { server, connection } = await begin(t, options)
  const peer = await server.next()
  await peer.acceptComponent('secret')
  await connection.waitOnline(10_000)
  return { server, connection, peer }
}

const chat = (body: string, attributes = "from='alice@localhost/phone' to='hansard@logs.localhost/hansard'"): string => `<message ${attributes}><body>${body}</body></message>`

describe('a component', () => {
  it('has the address it was given, or one of its own', async t => {
    const { connection } = await begin(t)
    assert.equal(connection.address, 'hansard@logs.localhost/hansard')
    assert.equal(connection.domain, 'logs.localhost')
    assert.equal((await begin(t, { resource: 'second' })).connection.address, 'hansard@logs.localhost/second')
    assert.equal((await begin(t, { address: 'x@logs.localhost/y' })).connection.address, 'x@logs.localhost/y')
  })

  it('puts characters together that come in pieces of one byte', async t => {
    const { connection, peer } = await beginOnline(t)
    peer.socket.setNoDelay(true)
    const heard = hear(connection, 1)
    for (const byte of Buffer.from(chat('é漢🎉'))) {
      peer.socket.write(Buffer.from([byte]))
      await new Promise(resolve => { setImmediate(resolve) })
    }
    assert.equal((await heard)[0]?.body, 'é漢🎉')
  })

  it('writes stanzas in their order, from its own address where they say none', async t => {
    const { connection, peer } = await beginOnline(t)
    const message = (n: number): ReturnType<typeof xml> => xml('message', { to: 'a@b', id: n })
    await Promise.all([connection.send(message(1), message(2)), connection.send(message(3)), connection.send(xml('message', { to: 'a@b', id: 4, from: 'r\\40c@logs.localhost/n' }))])
    const [all] = await peer.reads(/<message.*id="4".*?\/>/)
    assert.equal(all, [1, 2, 3].map(n => `<message to="a@b" id="${n}" from="hansard@logs.localhost/hansard"/>`).join('') + '<message to="a@b" id="4" from="r\\40c@logs.localhost/n"/>')
  })

  it('is online for its listeners before they hear what came in the same packet', async t => {
    const { server, connection } = await begin(t)
    const events: string[] = []
    connection.onOnline(({ isResumed }) => { events.push(`online ${isResumed}`) })
    connection.onStanza(stanza => { events.push(textOf(stanza, 'body') ?? '') })
    const heard = hear(connection, 2)
    const peer = await server.next()
    await peer.reads(/<stream:stream[^>]*>/)
    peer.write(HEADER)
    await peer.reads(/<handshake>.*<\/handshake>/)
    peer.write(`<handshake/>${chat('1')}${chat('2')}`)
    await heard
    assert.deepEqual(events, ['online false', '1', '2'])
  })

  for (const [what, from] of [['malformed', '@@//'], ['empty', ''], ['with a space', 'a b@c'], ['missing', undefined]] as const) {
    it(`hears on behind stanzas whose sender is ${what}`, async t => {
      const { connection, peer } = await beginOnline(t)
      const sender = from === undefined ? '' : `from='${from}'`
      const heard = hear(connection, 2)
      peer.write(`${chat('1', sender)}<iq type='get' id='x' ${sender}><ping xmlns='urn:xmpp:ping'/></iq><iq type='result' id='y' ${sender}/><presence ${sender}/>${chat('2')}`)
      assert.deepEqual((await heard).map(({ body }) => body), ['1', '2'])
    })
  }

  it('takes the answer only from the one that was asked', async t => {
    const { connection, peer } = await beginOnline(t)
    const asked = connection.request(xml('iq', { type: 'get', to: 'r@c' }, xml('query', { xmlns: 'urn:example' })))
    const [, id = ''] = await peer.reads(/id="([^"]+)"/)
    peer.write(`<iq type='result' id='${id}' from='evil@c' to='logs.localhost'><forged/></iq><iq type='result' id='${id}' to='logs.localhost'><forged/></iq>`)
    peer.write(`<iq type='result' id='${id}' from='r@c' to='logs.localhost'><genuine/></iq>`)
    assert.match(String(await asked), /<genuine\/>/)
  })

  it('answers bad requests as such, once, and does not answer what has no id', async t => {
    const { connection, peer } = await beginOnline(t)
    connection.onRequest(({ to }) => Promise.resolve(xml('ok', { xmlns: 'urn:example', to })))
    const request = (id: string, inner: string): string => `<iq type='get' ${id} from='alice@localhost/phone' to='r\\40c@logs.localhost'>${inner}</iq>`
    peer.write(request('', '<a/>') + request("id='1'", '') + request("id='2'", '<a/><b/>') + request("id='3'", '<a/>'))
    await peer.reads(/^<iq type="error" from="r\\40c@logs\.localhost" to="alice@localhost\/phone" id="1"><error type="modify"><bad-request .*?<\/iq>/)
    await peer.reads(/^<iq type="error" [^>]*id="2"><error type="modify"><bad-request .*?<\/iq>/)
    await peer.reads(/^<iq type="result" [^>]*id="3"><ok xmlns="urn:example" to="r\\40c@logs\.localhost"\/><\/iq>$/)
  })

  it('answers an error when the answer itself cannot be sent', async t => {
    const { connection, peer } = await beginOnline(t)
    connection.onRequest(() => Promise.resolve(xml('ok', { xmlns: 'urn:example' }, 'x'.repeat(600_000))))
    peer.write("<iq type='get' id='1' from='alice@localhost/phone' to='logs.localhost'><a/></iq>")
    await peer.reads(/^<iq type="error" [^>]*id="1"><error type="wait"><internal-server-error /)
  })

  for (const [what, stanza] of [
    ['too long', chat('x'.repeat(5_000_000))],
    ['too deep', `<message>${'<a>'.repeat(5000)}${'</a>'.repeat(5000)}</message>`]
  ] as const) {
    it(`leaves out a stanza that is ${what} and stays online`, async t => {
      const { connection, peer } = await beginOnline(t)
      const heard = hear(connection, 1)
      peer.write(stanza + chat('next'))
      assert.equal((await heard)[0]?.body, 'next')
      assert.equal(connection.isOnline, true)
    })
  }

  it('fails a request whose answer is too long', async t => {
    const { connection, peer } = await beginOnline(t)
    const asked = connection.request(xml('iq', { type: 'get', to: 'r@c' }, xml('query', { xmlns: 'urn:example' })))
    const [, id = ''] = await peer.reads(/id="([^"]+)"/)
    peer.write(`<iq type='result' id='${id}' from='r@c' to='logs.localhost'><a>${'x'.repeat(5_000_000)}</a></iq>`)
    await assert.rejects(asked, { name: 'StanzaError' })
  })

  for (const [what, text] of [
    ['a document type with entities', '<!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><message><body>&b;</body></message>'],
    ['a comment', '<message><!-- x --></message>'],
    ['a processing instruction', '<?php ?><message/>'],
    ['what is not well-formed', '<message></iq>'],
    ['an unknown entity', '<message>&nbsp;</message>'],
    ['the end of the stream and more behind it', '</stream:stream><message/></stream:stream>']
  ] as const) {
    it(`comes back after ${what}`, async t => {
      const { server, connection, peer } = await beginOnline(t)
      peer.write(`${text}${chat('behind it')}`)
      const next = await server.next()
      await next.acceptComponent('secret')
      await connection.waitOnline(10_000)
      const heard = hear(connection, 1)
      next.write(chat('again'))
      assert.equal((await heard)[0]?.body, 'again')
    })
  }

  it('comes back when the connection is reset, and fails what waits', async t => {
    const { server, connection, peer } = await beginOnline(t)
    const asked = connection.request(xml('iq', { type: 'get', to: 'r@c' }, xml('query', { xmlns: 'urn:example' })))
    await peer.reads(/<iq /)
    peer.cut()
    await assert.rejects(asked, { code: 'ERR_XMPP_OFFLINE' })
    await (await server.next()).acceptComponent('secret')
    await connection.waitOnline(10_000)
  })

  it('gives up a server that takes connections and says nothing', async t => {
    const { server, connection } = await begin(t, { connectTimeoutMs: 300 })
    const silent = await server.next()
    await silent.closed()
    assert.match(connection.status().problem ?? '', /did not finish the handshake in time/)
    const halfway = await server.next()
    await halfway.reads(/<stream:stream[^>]*>/)
    halfway.write(HEADER)
    await halfway.closed()
    await (await server.next()).acceptComponent('secret')
    await connection.waitOnline(10_000)
  })

  it('waits for a handshake that comes late', async t => {
    const { server, connection } = await begin(t, { connectTimeoutMs: 20_000 })
    const peer = await server.next()
    await peer.reads(/<stream:stream[^>]*>/)
    // Longer than the two seconds after which the library by itself would be stuck.
    await new Promise(resolve => { setTimeout(resolve, 2200) })
    peer.write(HEADER)
    await peer.reads(/<handshake>.*<\/handshake>/)
    peer.write('<handshake/>')
    await connection.waitOnline(10_000)
    assert.equal(peer.socket.destroyed, false)
  })

  it('pings itself through a silent server, and gives a dead one up', async t => {
    const { server, connection, peer } = await beginOnline(t, { idleMs: 10, pingTimeoutMs: 500 })
    connection.onRequest(({ payload }) => payload.name === 'ping' ? Promise.resolve(undefined) : undefined)
    for (let n = 0; n < 3; n += 1) {
      const [, id = ''] = await peer.reads(/<iq type="get" to="logs\.localhost" from="logs\.localhost" id="([^"]+)"><ping xmlns="urn:xmpp:ping"\/><\/iq>/)
      peer.write(`<iq type='get' to='logs.localhost' from='logs.localhost' id='${id}'><ping xmlns='urn:xmpp:ping'/></iq>`)
      await peer.reads(new RegExp(`<iq type="result" from="logs.localhost" to="logs.localhost" id="${id}"/>`))
      peer.write(`<iq type='result' to='logs.localhost' from='logs.localhost' id='${id}'/>`)
    }
    assert.equal(connection.isOnline, true)
    await peer.closed()
    assert.match(connection.status().problem ?? '', /no longer answers/)
    await (await server.next()).acceptComponent('secret')
    await connection.waitOnline(10_000)
  })

  const refusals = [
    ['conflict', /another connection of this component/],
    ['host-unknown', /no such component/],
    ['invalid-namespace', /not one for components/]
  ] as const
  for (const [condition, remedy] of refusals) {
    it(`says what to do about ${condition}, and keeps trying`, async t => {
      const { server, connection } = await begin(t)
      const refused = assert.rejects(connection.waitOnline(10_000), { code: 'ERR_XMPP_REFUSED', message: remedy })
      const peer = await server.next()
      await peer.reads(/<stream:stream[^>]*>/)
      peer.write(`${HEADER}<stream:error><${condition} xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>`)
      await refused
      assert.match(connection.status().problem ?? '', remedy)
      const online = new Promise<void>(resolve => { connection.onOnline(() => { resolve() }) })
      await (await server.next()).acceptComponent('secret')
      await online
      assert.deepEqual(connection.status(), { state: 'online' })
    })
  }

  it('says that nothing listens, and connects when something does', async t => {
    const { server, connection } = await begin(t)
    await server.deafen()
    const problem = new Promise<void>(resolve => {
      const look = (): void => {
        if (/nothing listens there/.test(connection.status().problem ?? '')) resolve()
        else setImmediate(look)
      }
      look()
    })
    await problem
    await server.listen()
    const online = connection.waitOnline(10_000)
    const accepting = (async () => {
      for (;;) await (await server.next()).acceptComponent('secret').catch(() => {})
    })()
    await Promise.race([online, accepting])
  })

  it('logs a problem once, however often it comes, and says when it is over', async t => {
    const { log, lines } = createJournal()
    const { server, connection } = await begin(t, { log })
    for (let n = 0; n < 5; n += 1) await (await server.next()).acceptComponent('another secret')
    connection.onOnline(() => {})
    const online = new Promise<void>(resolve => { connection.onOnline(() => { resolve() }) })
    await (await server.next()).acceptComponent('secret')
    await online
    assert.deepEqual(lines.filter(({ level }) => level >= 30).map(({ msg }) => msg), ['The XMPP stream is down', 'The XMPP stream is up'])
  })

  it('never writes secrets or texts into the log', async t => {
    const { log, lines } = createJournal()
    const { connection, peer } = await beginOnline(t, { log, secret: 'secret' })
    const heard = hear(connection, 1)
    peer.write(chat('between you and me'))
    await heard
    await connection.send(xml('message', { to: 'a@b' }, xml('body', {}, 'between us')))
    const text = JSON.stringify(lines)
    assert.ok(lines.some(({ msg, xml }) => msg === 'Received' && xml?.includes('…18')))
    assert.ok(lines.some(({ msg }) => msg === 'Sent'))
    assert.doesNotMatch(text, /between|secret/)
  })

  it('takes its times from the clock it is given', async t => {
    let micros = 41
    const { connection, peer } = await beginOnline(t, { now: () => { micros += 1; return micros } })
    const heard = hear(connection, 3)
    peer.write(chat('1') + chat('2') + chat('3'))
    const times = (await heard).map(({ readAt }) => readAt)
    const [first = 0] = times
    assert.ok(first > 41 && first < 100)
    assert.deepEqual(times, [first, first + 1, first + 2])
    assert.equal(connection.heardAt, first + 2)
  })

  it('closes its stream when it pauses, and can start again', async t => {
    const { server, connection, peer } = await beginOnline(t)
    const stopping = connection.pause()
    await peer.reads(/<\/stream:stream>$/)
    peer.socket.end('</stream:stream>')
    await stopping
    connection.start()
    await (await server.next()).acceptComponent('secret')
    await connection.waitOnline(10_000)
  })

  it('can be started while its old stream is still closing', async t => {
    const { server, connection, peer } = await beginOnline(t)
    const events: string[] = []
    connection.onOnline(() => { events.push('online') })
    connection.onOffline(() => { events.push('offline') })
    connection.onStanza(stanza => { events.push(textOf(stanza, 'body') ?? '') })
    const stopping = connection.pause()
    connection.start()
    const next = await server.next()
    await next.acceptComponent('secret')
    await connection.waitOnline(10_000)
    peer.socket.end('</stream:stream>')
    await stopping
    const heard = hear(connection, 1)
    next.write(chat('new'))
    await heard
    assert.deepEqual(events, ['offline', 'online', 'new'])
  })

  it('stops at once while it is connecting or waiting', async t => {
    const { server, connection } = await begin(t, { backoff: { minMs: 60_000 } })
    const peer = await server.next()
    const waiting = assert.rejects(connection.waitOnline(10_000), { code: 'ERR_XMPP_OFFLINE' })
    await connection.pause()
    await peer.closed()
    connection.start()
    const second = await server.next()
    second.cut()
    await second.closed()
    await connection.stop()
    await waiting
    connection.start()
    assert.deepEqual(connection.status(), { state: 'stopped' })
  })
})
