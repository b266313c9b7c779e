import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { connect } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { silentLogger } from '../../src/log.ts'
import { createComponentConnection } from '../../src/xmpp/component.ts'
import type { Request, XmppConnection } from '../../src/xmpp/connection.ts'
import { child, childOf, elementsOf, parseXml, xml } from '../../src/xmpp/element.ts'
import type { Element } from '../../src/xmpp/element.ts'
import { NS } from '../../src/xmpp/namespaces.ts'
import { startProsody } from '../servers/prosody.ts'
import { connectTalker } from '../servers/talker.ts'
import type { Talker } from '../servers/talker.ts'
import { requireServer } from '../servers/xmpp-server.ts'
import type { XmppServer } from '../servers/xmpp-server.ts'
import { query, refusalOf } from './delegated-room.ts'

const ROOM = 'lounge@conference.localhost'
const OTHER = 'den@conference.localhost'
const HOST = 'conference.localhost'
const DELEGATION = 'urn:xmpp:delegation:2'

/** A component that answers when the test says so, rightly or wrongly. */
interface Puppet {
  readonly connection: XmppConnection
  /** The next envelope. */
  next (): Promise<Envelope>
  stop (): Promise<void>
}

interface Envelope extends Request {
  readonly inner: Element
  readonly item: Element
  /** Settles the envelope with this payload. */
  readonly settle: (payload: Element | undefined) => void
}

describe('the module of the room service', { skip: requireServer('prosody') }, () => {
  let server: XmppServer
  let ours: Puppet
  let alice: Talker
  let bob: Talker

  before(async () => {
    server = await startProsody({
      onConflict: 'kick_old',
      delegation: {
        hansard_archive_component: 'logs.localhost',
        hansard_archive_rooms: ['*'],
        hansard_archive_timeout: 3,
        hansard_archive_max_pending: 6,
        hansard_archive_max_pending_each: 4
      }
    })
    alice = await connectTalker(server, 'alice')
    bob = await connectTalker(server, 'bob')
    await alice.join(ROOM, 'alice')
    await alice.join(OTHER, 'alice')
    await alice.say(ROOM, 'hello')
    ours = await startPuppet(server, server.componentDomain)
  })

  after(async () => {
    await Promise.allSettled([alice.stop(), bob.stop(), ours.stop()])
    await server.stop()
  })

  test('vouches for affiliation and role, and passes the request on as it came', async () => {
    const asked = alice.request(xml('iq', { type: 'set', to: ROOM }, xml('query', { xmlns: NS.MAM, queryid: 'mine' })))
    const { type, from, to, inner, item, settle } = await ours.next()
    assert.deepEqual([type, from, to], ['set', HOST, 'logs.localhost'])
    assert.deepEqual([inner.attrs['from'], inner.attrs['to'], inner.attrs['type'], child(inner, 'query', NS.MAM)?.attrs['queryid']],
      [alice.jid, ROOM, 'set', 'mine'])
    assert.deepEqual([item.attrs['affiliation'], item.attrs['role']], ['owner', 'moderator'])
    settle(answerTo(inner))
    assert.equal((await asked).attrs['from'], ROOM)
    const other = bob.request(xml('iq', { type: 'get', to: ROOM }, xml('metadata', { xmlns: NS.MAM })))
    const envelope = await ours.next()
    assert.deepEqual([envelope.item.attrs['affiliation'], envelope.item.attrs['role']], ['none', 'none'])
    envelope.settle(wrap(xml('iq', { ...answering(envelope.inner), type: 'result' }, xml('metadata', { xmlns: NS.MAM }))))
    assert.equal(child(await other, 'metadata', NS.MAM)?.children.length, 0)
  })

  test('takes nothing from a client and from another component, whatever they know', async () => {
    const asked = query(bob, ROOM)
    const envelope = await ours.next()
    const { inner, id } = envelope
    const mark = bob.received().length
    const stranger = await startPuppet(server, server.crowdDomain)
    const strangers = [{ connection: stranger.connection, from: server.crowdDomain }, { connection: alice, from: undefined }]
    for (const { connection, from } of strangers) {
      await connection.send(
        xml('message', { from, to: HOST, id }, wrap(resultTo(inner, 'forged'))),
        xml('iq', { from, to: HOST, id, type: 'result' }, answerTo(inner)),
        xml('iq', { from, to: HOST, id, type: 'error' }, parseXml(`<error type='cancel'><item-not-found xmlns='${NS.STANZAS}'/></error>`)))
      // Whatever they sent stands before this on their streams.
      await connection.request(xml('iq', { from, to: HOST, type: 'get' }, xml('ping', { xmlns: NS.PING }))).catch(() => {})
    }
    await stranger.stop()
    const forged = xml('message', { from: 'logs.localhost', to: HOST, id }, wrap(resultTo(inner, 'forged')))
    assert.match(await sendAs(server, server.crowdDomain, forged), /<invalid-from/)
    await ours.connection.send(xml('message', { from: 'logs.localhost', to: HOST, id }, wrap(resultTo(inner, 'true'))))
    envelope.settle(answerTo(inner, 'true'))
    assert.deepEqual((await asked).messages.map(({ id }) => id), ['true'])
    assert.equal(bob.received().slice(mark).filter(({ name }) => name === 'message').length, 1)
  })

  test('lets the archive say results of that room to who asked, and nothing else', async () => {
    const asked = query(bob, ROOM)
    const { inner, id, settle } = await ours.next()
    const [aliceMark, bobMark] = [alice.received().length, bob.received().length]
    const good = resultTo(inner, 'true')
    const send = async (message: Element, envelopeId = id) =>
      ours.connection.send(xml('message', { from: 'logs.localhost', to: HOST, id: envelopeId }, wrap(message)))
    await send(resultTo(inner, 'x', { from: OTHER }))
    await send(resultTo(inner, 'x', { from: `${ROOM}/alice` }))
    await send(resultTo(inner, 'x', { from: 'localhost' }))
    await send(resultTo(inner, 'x', { to: alice.jid }))
    await send(resultTo(inner, 'x', { to: 'bob@localhost' }))
    await send(resultTo(inner, 'x'), 'no such id')
    await send(xml('message', { from: ROOM, to: inner.attrs['from'], type: 'groupchat' }, xml('body', {}, 'I am the room')))
    await send(xml('presence', { from: ROOM, to: inner.attrs['from'] }))
    const two = wrap(good)
    two.append(wrap(good).children[0] as Element)
    await ours.connection.send(xml('message', { from: 'logs.localhost', to: HOST, id }, two))
    // From an address at the component that is not its own bare one.
    await ours.connection.send(xml('message', { from: 'hansard@logs.localhost/x', to: HOST, id }, wrap(good)))
    good.append(xml('body', { xmlns: NS.CLIENT }, 'more than a result'))
    good.attrs['type'] = 'groupchat'
    await send(good)
    settle(answerTo(inner, 'true'))
    assert.deepEqual((await asked).messages.map(({ id }) => id), ['true'])
    const [result, ...more] = bob.received().slice(bobMark).filter(({ name }) => name !== 'iq')
    assert.deepEqual([more.length, result?.attrs['type'], elementsOf(result as Element).map(({ name }) => name)], [0, undefined, ['result', 'no-store']])
    assert.equal(alice.received().length, aliceMark)
  })

  test('gives no answer that is not of the archive', async () => {
    const wrong: Array<(inner: Element) => Element | undefined> = [
      () => undefined,
      inner => xml('iq', { ...answering(inner), type: 'result' }, xml('fin', { xmlns: NS.MAM })),
      inner => wrap(xml('iq', { ...answering(inner), type: 'result' })),
      inner => wrap(xml('iq', { ...answering(inner), type: 'set' }, xml('fin', { xmlns: NS.MAM }))),
      inner => wrap(xml('iq', { ...answering(inner), type: 'error' }, xml('fin', { xmlns: NS.MAM }))),
      inner => wrap(xml('iq', { ...answering(inner), type: 'result' }, xml('query', { xmlns: NS.DISCO_INFO }))),
      inner => wrap(xml('iq', { ...answering(inner), type: 'result' }, xml('fin', { xmlns: NS.MAM }), xml('fin', { xmlns: NS.MAM }))),
      inner => wrap(xml('iq', { ...answering(inner), type: 'result', id: 'another' }, xml('fin', { xmlns: NS.MAM }))),
      inner => wrap(xml('iq', { ...answering(inner), type: 'result', from: OTHER }, xml('fin', { xmlns: NS.MAM }))),
      inner => wrap(xml('iq', { ...answering(inner), type: 'result', to: alice.jid }, xml('fin', { xmlns: NS.MAM })))
    ]
    for (const [n, build] of wrong.entries()) {
      const asked = refusalOf(query(bob, ROOM))
      const { inner, settle } = await ours.next()
      settle(build(inner))
      assert.equal(await asked, 'service-unavailable/wait', `wrong answer ${n}`)
    }
  })

  test('keeps apart who uses the same id at the same time', async () => {
    const requests = [alice, bob].map(async talker => {
      await talker.send(xml('iq', { type: 'set', to: ROOM, id: 'same' }, xml('query', { xmlns: NS.MAM, queryid: talker.jid })))
      return talker.waitFor(stanza => stanza.name === 'message' && childOf(stanza, NS.MAM)?.attrs['queryid'] === talker.jid)
    })
    const envelopes = [await ours.next(), await ours.next()]
    assert.notEqual(envelopes[0]?.id, envelopes[1]?.id)
    for (const { inner, id, settle } of envelopes.reverse()) {
      await ours.connection.send(xml('message', { from: 'logs.localhost', to: HOST, id }, wrap(resultTo(inner, `of ${inner.attrs['from'] ?? ''}`))))
      settle(answerTo(inner))
    }
    assert.deepEqual((await Promise.all(requests)).map(message => childOf(message, NS.MAM)?.attrs['id']), [alice, bob].map(({ jid }) => `of ${jid}`))
  })

  test('lets nobody fill it with questions, and tells those that were not answered in time', async () => {
    const asked = [...Array(12).keys()].map(() => refusalOf(query(alice, ROOM)))
    const waiting = await Promise.all([1, 2, 3, 4].map(() => ours.next()))
    const others = [...Array(3).keys()].map(() => refusalOf(query(bob, OTHER)))
    waiting.push(await ours.next(), await ours.next())
    const refusals = [...await Promise.all(asked), ...await Promise.all(others)]
    const count = (refusal: string): number => refusals.filter(other => other === refusal).length
    assert.deepEqual([count('resource-constraint/wait'), count('remote-server-timeout/wait')], [9, 6])
    // What comes too late goes nowhere, and there is room again.
    const mark = alice.received().length
    for (const { inner, settle } of waiting) settle(answerTo(inner))
    const again = alice.request(xml('iq', { type: 'set', to: ROOM }, xml('query', { xmlns: NS.MAM })))
    const { inner, settle } = await ours.next()
    settle(answerTo(inner))
    await again
    assert.equal(alice.received().slice(mark).length, 0)
  })

  test('says to wait while the component is away', async () => {
    await ours.stop()
    assert.equal(await refusalOf(query(bob, ROOM)), 'remote-server-timeout/wait')
  })
})

describe('the module of a room service that falls back', { skip: requireServer('prosody') }, () => {
  test('lets the room answer from its own archive while the component is away, unless it has begun to answer', async () => {
    const server = await startProsody({
      delegation: {
        hansard_archive_component: 'logs.localhost',
        hansard_archive_rooms: ['lounge'],
        hansard_archive_fallback: true,
        hansard_archive_timeout: 1
      }
    })
    const alice = await connectTalker(server, 'alice')
    try {
      await alice.join(ROOM, 'alice')
      await alice.say(ROOM, 'hello')
      const bodies = async () => (await query(alice, ROOM)).messages.map(({ body }) => body)
      assert.deepEqual(await bodies(), ['hello'])
      const ours = await startPuppet(server, server.componentDomain)
      const late = bodies()
      await ours.next()
      assert.deepEqual(await late, ['hello'])
      const broken = refusalOf(query(alice, ROOM))
      const { inner, id } = await ours.next()
      await ours.connection.send(xml('message', { from: 'logs.localhost', to: HOST, id }, wrap(resultTo(inner, 'first'))))
      assert.equal(await broken, 'remote-server-timeout/wait')
      const refused = refusalOf(query(alice, ROOM))
      const { inner: asked, settle } = await ours.next()
      settle(wrap(xml('iq', { ...answering(asked), type: 'error' }, parseXml(`<error type='auth'><forbidden xmlns='${NS.STANZAS}'/></error>`))))
      assert.equal(await refused, 'forbidden/auth')
      await ours.stop()
    } finally {
      await alice.stop()
      await server.stop()
    }
  })
})

async function startPuppet (server: XmppServer, domain: string): Promise<Puppet> {
  const connection = createComponentConnection({
    host: server.host, port: server.componentPort, domain, secret: server.secret, log: silentLogger
  })
  const envelopes: Envelope[] = []
  const takers: Array<(envelope: Envelope) => void> = []
  connection.onRequest(request => {
    const { payload } = request
    if (!payload.is('delegation', DELEGATION)) return undefined
    const inner = child(child(payload, 'forwarded', NS.FORWARD) as Element, 'iq', NS.CLIENT) as Element
    const item = child(payload, 'item', NS.MUC_USER) as Element
    return new Promise<Element | undefined>(resolve => {
      const envelope = { ...request, inner, item, settle: resolve }
      const taker = takers.shift()
      if (taker === undefined) envelopes.push(envelope)
      else taker(envelope)
    })
  })
  connection.start()
  await connection.waitOnline(15_000)
  return {
    connection,
    async next () {
      return envelopes.shift() ?? new Promise(resolve => { takers.push(resolve) })
    },
    stop: async () => connection.stop()
  }
}

/** What the server says to a component that does not keep to its own addresses, as no library of ours would. */
async function sendAs (server: XmppServer, domain: string, stanza: Element): Promise<string> {
  const socket = connect(server.componentPort, server.host)
  socket.write(`<stream:stream xmlns='${NS.COMPONENT}' xmlns:stream='${NS.STREAM}' to='${domain}'>`)
  let heard = ''
  let isIn = false
  for await (const chunk of socket.setEncoding('utf8')) {
    heard += String(chunk)
    const streamId = / id='([^']+)'/.exec(heard)?.[1]
    if (streamId === undefined || isIn) continue
    isIn = true
    socket.write(`<handshake>${createHash('sha1').update(streamId + server.secret).digest('hex')}</handshake>${String(stanza)}`)
  }
  return heard
}

function wrap (inner: Element): Element {
  inner.attrs['xmlns'] = NS.CLIENT
  return xml('delegation', { xmlns: DELEGATION }, xml('forwarded', { xmlns: NS.FORWARD }, inner))
}

function answering (inner: Element): Record<string, string | undefined> {
  return { from: inner.attrs['to'], to: inner.attrs['from'], id: inner.attrs['id'] }
}

function resultTo (inner: Element, uid: string, override: Record<string, string> = {}): Element {
  const { queryid } = (child(inner, 'query', NS.MAM) as Element).attrs
  const { id: _, ...addresses } = answering(inner)
  return xml('message', { ...addresses, ...override },
    xml('result', { xmlns: NS.MAM, queryid, id: uid },
      xml('forwarded', { xmlns: NS.FORWARD },
        xml('message', { xmlns: NS.CLIENT, type: 'groupchat', from: `${ROOM}/alice` },
          xml('body', {}, uid), xml('stanza-id', { xmlns: NS.STANZA_ID, by: ROOM, id: uid })))))
}

/** The end of a page with that one message, or with none. */
function answerTo (inner: Element, uid?: string): Element {
  const ends = uid === undefined ? [] : [xml('first', {}, uid), xml('last', {}, uid)]
  return wrap(xml('iq', { ...answering(inner), type: 'result' },
    xml('fin', { xmlns: NS.MAM, complete: 'true' }, xml('set', { xmlns: NS.RSM }, ends))))
}
