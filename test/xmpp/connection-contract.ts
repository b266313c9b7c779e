import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { HansardError } from '../../src/model/errors.ts'
import type { XmppConnection } from '../../src/xmpp/connection.ts'
import { childOf, textOf, xml } from '../../src/xmpp/element.ts'
import type { Element } from '../../src/xmpp/element.ts'
import { buildInfoRequest, parseInfo } from '../../src/xmpp/disco.ts'
import { NS } from '../../src/xmpp/namespaces.ts'
import { StanzaError } from '../../src/xmpp/stanza-error.ts'

/** A server, fake or real, as the contract needs it. */
export interface Bench {
  /** A connection that is not started. */
  connection (options?: { readonly secret?: string }): XmppConnection
  /** Has somebody send these texts to the connection, in this order. */
  deliver (connection: XmppConnection, texts: readonly string[]): Promise<void>
  /** Has somebody send the request, and resolves to the whole answer. */
  ask (connection: XmppConnection, payload: Element): Promise<Element>
  /** Stops the server and starts it again at the same place. */
  restart (): Promise<void>
  stop (): Promise<void>
}

/** What XmppConnection promises, for every kind of connection and server. `skip`: the reason why it cannot be run. */
export function connectionContract (name: string, start: () => Promise<Bench>, skip: false | string = false): void {
  describe(`the connection contract: ${name}`, { skip }, () => {
    let bench: Bench
    let connection: XmppConnection
    before(async () => {
      bench = await start()
      connection = bench.connection()
      connection.start()
      await connection.waitOnline(20_000)
    })
    after(async () => {
      await connection?.stop()
      await bench?.stop()
    })

    it('is online and tells its address', () => {
      assert.equal(connection.isOnline, true)
      assert.deepEqual(connection.status(), { state: 'online' })
      assert.match(connection.address, /^[^@/]+@[^/]+\/.+$/)
      assert.equal(connection.domain === undefined, connection.mode === 'bot')
    })

    it('hears 1,000 messages in their order, at times that do not run backwards', async () => {
      const texts = Array.from({ length: 1000 }, (_, n) => `number ${n}`)
      const heard = hear(connection, texts.length)
      await bench.deliver(connection, texts)
      const messages = await heard
      assert.deepEqual(messages.map(({ body }) => body), texts)
      const times = messages.map(({ readAt }) => readAt)
      assert.deepEqual(times, times.toSorted((a, b) => a - b))
      assert.ok(Math.abs(Date.now() * 1000 - (times[0] ?? 0)) < 3600e6, 'microseconds since 1970')
    })

    it('hears what people write as they wrote it', async () => {
      const texts = [
        '🎉👩‍👩‍👧‍👦é漢字'.repeat(4000),
        'it\'s "quoted" &amp; <b>not markup</b> &#38; ]]> \\u0000',
        'two\nlines\tand a tab',
        '\u00a0spaces around \u2003'
      ]
      const heard = hear(connection, texts.length)
      await bench.deliver(connection, texts)
      assert.deepEqual((await heard).map(({ body }) => body), texts)
    })

    it('gives stanzas the namespace jabber:client, whatever the stream has', async () => {
      const heard = hear(connection, 1)
      await bench.deliver(connection, ['namespace'])
      assert.equal((await heard)[0]?.stanza.getNS(), NS.CLIENT)
    })

    it('asks and gets the answer', async () => {
      const info = parseInfo(await connection.request(buildInfoRequest('conference.localhost')))
      assert.equal(info.features.has(NS.MUC), true)
    })

    it('rejects with the error that was answered', async () => {
      const request = xml('iq', { type: 'get', to: 'conference.localhost' }, xml('query', { xmlns: 'urn:example:unknown' }))
      await assert.rejects(connection.request(request), (error: unknown) => error instanceof StanzaError && error.type === 'cancel')
    })

    it('lets the first responder that wants a request answer it', async () => {
      connection.onRequest(({ payload }) => payload.is('hello', 'urn:example:hello') ? Promise.resolve(xml('world', { xmlns: 'urn:example:hello' })) : undefined)
      connection.onRequest(({ payload }) => payload.is('hello', 'urn:example:hello') ? Promise.reject(new Error('never asked')) : undefined)
      const answer = await bench.ask(connection, xml('hello', { xmlns: 'urn:example:hello' }))
      assert.equal(answer.attrs['type'], 'result')
      assert.equal(childOf(answer, 'urn:example:hello')?.name, 'world')
    })

    it('answers with the StanzaError of a responder, and hides any other error', async () => {
      connection.onRequest(({ payload }) => payload.is('no', 'urn:example:no') ? Promise.reject(new StanzaError('forbidden', 'auth')) : undefined)
      connection.onRequest(({ payload }) => {
        if (payload.is('bug', 'urn:example:bug')) throw new Error('details that nobody should see')
        return undefined
      })
      assert.match(String(await bench.ask(connection, xml('no', { xmlns: 'urn:example:no' }))), /type="error".*<forbidden /)
      const bug = String(await bench.ask(connection, xml('bug', { xmlns: 'urn:example:bug' })))
      assert.match(bug, /<internal-server-error /)
      assert.doesNotMatch(bug, /details/)
    })

    it('answers service-unavailable for nobody', async () => {
      assert.match(String(await bench.ask(connection, xml('what', { xmlns: 'urn:example:what' }))), /type="error".*<service-unavailable /)
    })

    it('goes on when a listener throws', async () => {
      let throws = 0
      connection.onStanza(stanza => {
        if (textOf(stanza, 'body') !== 'poison') return
        throws += 1
        throw new Error('a bug of the listener')
      })
      const heard = hear(connection, 3)
      await bench.deliver(connection, ['before', 'poison', 'after'])
      assert.deepEqual((await heard).map(({ body }) => body), ['before', 'poison', 'after'])
      assert.equal(throws, 1)
    })

    it('refuses to send what would break the stream, and goes on', async () => {
      const bad = [
        xml('message', { to: 'not an address@@' }, xml('body', {}, 'x')),
        xml('message', { to: 'alice@localhost' }, xml('a:b', {})),
        xml('message', { to: 'alice@localhost' }, xml('body', {}, 'x'.repeat(600_000))),
        xml('handshake', {})
      ]
      for (const stanza of bad) await assert.rejects(connection.send(stanza), { code: 'ERR_STANZA' })
      const heard = hear(connection, 1)
      await bench.deliver(connection, ['still here'])
      assert.equal((await heard)[0]?.body, 'still here')
    })

    it('comes back by itself after the server was restarted, and fails what waited', async () => {
      const events: string[] = []
      connection.onOffline(() => { events.push('offline') })
      const online = new Promise<boolean>(resolve => { connection.onOnline(({ isResumed }) => { resolve(isResumed) }) })
      const unanswered = connection.request(xml('iq', { type: 'get', to: 'silent@localhost/nobody' }, xml('ping', { xmlns: NS.PING })))
        .then(() => 'answered', (error: unknown) => error instanceof StanzaError ? 'answered' : (error as HansardError).code)
      await bench.restart()
      assert.equal(await online, false)
      assert.deepEqual(events, ['offline'])
      assert.match(await unanswered, /^(?:ERR_XMPP_OFFLINE|answered)$/)
      const heard = hear(connection, 1)
      await bench.deliver(connection, ['again'])
      assert.equal((await heard)[0]?.body, 'again')
    })

    it('says what to do about a wrong secret, and does not wait', async () => {
      const refused = bench.connection({ secret: 'wrong' })
      refused.start()
      await assert.rejects(refused.waitOnline(20_000), { code: 'ERR_XMPP_REFUSED', message: /^Cannot connect to .*: the server refuses .*(?:xmpp\.secret|xmpp\.password)/ })
      assert.equal(refused.status().state, 'waiting')
      await refused.stop()
      assert.equal(refused.status().state, 'stopped')
    })

    it('rejects, and does not throw, when it sends without a stream', async () => {
      const never = bench.connection()
      const sending = never.send(xml('message', { to: 'alice@localhost' }, xml('body', {}, 'x')))
      await assert.rejects(sending, { code: 'ERR_XMPP_OFFLINE' })
      await assert.rejects(never.request(buildInfoRequest('conference.localhost')), { code: 'ERR_XMPP_OFFLINE' })
      await assert.rejects(never.waitOnline(1), { code: 'ERR_XMPP_TIMEOUT' })
    })

    it('stays away when it was stopped', async () => {
      const stopped = bench.connection()
      let offline = 0
      stopped.onOffline(() => { offline += 1 })
      await connection.stop()
      stopped.start()
      await stopped.waitOnline(20_000)
      await stopped.stop()
      assert.equal(offline, 1)
      assert.deepEqual(stopped.status(), { state: 'stopped' })
      await assert.rejects(stopped.send(), HansardError)
    })
  })
}

/** The next messages with a text. */
export async function hear (connection: XmppConnection, count: number): Promise<Array<{ body: string, readAt: number, stanza: Element }>> {
  const heard: Array<{ body: string, readAt: number, stanza: Element }> = []
  return new Promise(resolve => {
    connection.onStanza((stanza, readAt) => {
      const body = textOf(stanza, 'body')
      if (body === undefined || heard.length === count) return
      heard.push({ body, readAt, stanza })
      if (heard.length === count) resolve(heard)
    })
  })
}
