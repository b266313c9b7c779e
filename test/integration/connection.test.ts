import assert from 'node:assert/strict'
import { connect } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import { silentLogger } from '../../src/log.ts'
import { createBotConnection } from '../../src/xmpp/bot.ts'
import { createComponentConnection } from '../../src/xmpp/component.ts'
import type { XmppConnection } from '../../src/xmpp/connection.ts'
import { textOf, xml } from '../../src/xmpp/element.ts'
import { NS } from '../../src/xmpp/namespaces.ts'
import { StanzaError, buildStanzaError } from '../../src/xmpp/stanza-error.ts'
import { connectionContract, hear } from '../xmpp/connection-contract.ts'
import type { Bench } from '../xmpp/connection-contract.ts'
import { startEjabberd } from '../servers/ejabberd.ts'
import { startProsody } from '../servers/prosody.ts'
import { connectTalker } from '../servers/talker.ts'
import { requireServer } from '../servers/xmpp-server.ts'
import type { XmppServer } from '../servers/xmpp-server.ts'

const SERVERS = [{ name: 'prosody', start: async () => startProsody() }, { name: 'ejabberd', start: startEjabberd }] as const
const QUICK = { backoff: { minMs: 50, maxMs: 500 }, log: silentLogger }

for (const { name, start } of SERVERS) {
  const skip = requireServer(name)
  for (const mode of ['component', 'bot'] as const) {
    connectionContract(`a ${mode} of ${name}`, async () => startRealBench(mode, start), skip)
  }

  describe(`${name}`, { skip }, () => {
    it('resumes the session of a bot whose connection was cut, without losing a message', async t => {
      const server = await start()
      t.after(async () => server.stop())
      const cable = await startCable(server.c2sPort)
      t.after(async () => cable.stop())
      const bot = botOf(server, 'carol', { port: cable.port })
      t.after(async () => bot.stop())
      bot.start()
      await bot.waitOnline(20_000)
      const alice = await connectTalker(server, 'alice')
      t.after(async () => alice.stop())

      const heard = hear(bot, 3)
      const online = new Promise<boolean>(resolve => { bot.onOnline(({ isResumed }) => { resolve(isResumed) }) })
      const offline = new Promise<void>(resolve => { bot.onOffline(resolve) })
      const chat = async (text: string): Promise<void> => alice.send(xml('message', { to: bot.address, type: 'chat' }, xml('body', {}, text)))
      await chat('before the cut')
      cable.cut()
      await offline
      await chat('while it is away')
      cable.mend()
      assert.equal(await online, true)
      await chat('after the cut')
      assert.deepEqual((await heard).map(({ body }) => body), ['before the cut', 'while it is away', 'after the cut'])

      const got = alice.waitFor(stanza => textOf(stanza, 'body') === 'and it still sends')
      await bot.send(xml('message', { to: alice.jid, type: 'chat' }, xml('body', {}, 'and it still sends')))
      await got
    })

    it('brings back the ping of the watchdog, from a component and from a bot', async t => {
      const server = await start()
      t.after(async () => server.stop())
      const component = componentOf(server)
      const bot = botOf(server, 'bob')
      const own = xml('iq', { type: 'get', from: server.componentDomain, to: server.componentDomain }, xml('ping', { xmlns: NS.PING }))
      const toServer = xml('iq', { type: 'get', to: server.domain }, xml('ping', { xmlns: NS.PING }))
      component.onRequest(({ payload, from }) => payload.name === 'ping' && from === server.componentDomain ? Promise.resolve(undefined) : undefined)
      for (const [connection, ping] of [[component, own], [bot, toServer]] as const) {
        t.after(async () => connection.stop())
        connection.start()
        await connection.waitOnline(20_000)
        assert.equal((await connection.request(ping)).attrs['type'], 'result')
      }
    })
  })
}

async function startRealBench (mode: 'component' | 'bot', start: () => Promise<XmppServer>): Promise<Bench> {
  const server = await start()
  let alice = await connectTalker(server, 'alice')
  return {
    connection: ({ secret } = {}) => mode === 'component' ? componentOf(server, secret) : botOf(server, 'bob', { password: secret }),
    async deliver (connection, texts) {
      await alice.send(...texts.map(text => xml('message', { to: connection.address, type: 'chat' }, xml('body', {}, text))))
    },
    async ask (connection, payload) {
      try {
        return await alice.request(xml('iq', { type: 'get', to: connection.address }, payload))
      } catch (error) {
        if (!(error instanceof StanzaError)) throw error
        return xml('iq', { type: 'error' }, buildStanzaError(error))
      }
    },
    async restart () {
      await alice.stop()
      await server.restart()
      alice = await connectTalker(server, 'alice')
    },
    async stop () {
      await alice.stop()
      await server.stop()
    }
  }
}

function componentOf (server: XmppServer, secret = server.secret): XmppConnection {
  return createComponentConnection({ host: server.host, port: server.componentPort, domain: server.componentDomain, secret, ...QUICK })
}

function botOf (
  server: XmppServer,
  user: string,
  { password = user, port = server.c2sPort }: { readonly password?: string | undefined, readonly port?: number } = {}
): XmppConnection {
  return createBotConnection({ jid: `${user}@localhost`, password, service: `${server.host}:${port}`, tls: 'optional', ...QUICK })
}

/** A way to the port that can be cut and mended. */
async function startCable (port: number): Promise<{ readonly port: number, cut (): void, mend (): void, stop (): Promise<void> }> {
  const sockets = new Set<Socket>()
  let isCut = false
  const cable = createServer(near => {
    if (isCut) return near.destroy()
    const far = connect(port, '127.0.0.1')
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        sockets.delete(socket)
        near.destroy()
        far.destroy()
      })
    }
    near.pipe(far)
    far.pipe(near)
  }).listen(0, '127.0.0.1')
  await once(cable, 'listening')
  return {
    port: (cable.address() as AddressInfo).port,
    cut () {
      isCut = true
      for (const socket of sockets) socket.resetAndDestroy()
    },
    mend () { isCut = false },
    async stop () {
      for (const socket of sockets) socket.destroy()
      await new Promise(resolve => cable.close(resolve))
    }
  }
}
