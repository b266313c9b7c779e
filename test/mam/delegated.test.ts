import assert from 'node:assert/strict'
import test from 'node:test'
import type { TestContext } from 'node:test'
import { createDirectory } from '../../src/access/directory.ts'
import { createOccupantIds } from '../../src/access/occupant-ids.ts'
import { createSqliteStore } from '../../src/archive/sqlite.ts'
import { silentLogger } from '../../src/log.ts'
import { createDelegatedResponder } from '../../src/mam/delegated.ts'
import { DELEGATION, parseDelegation } from '../../src/mam/delegated-envelope.ts'
import { createGuard } from '../../src/mam/guard.ts'
import type { GuardOptions } from '../../src/mam/guard.ts'
import { createMamResponder } from '../../src/mam/responder.ts'
import { archiveJidOf, parseRoomJid } from '../../src/model/address.ts'
import type { BareJid } from '../../src/model/address.ts'
import type { ArchiveTime } from '../../src/model/archive-time.ts'
import { findForm } from '../../src/xmpp/data-form.ts'
import { attribute, child, elementsOf, parseXml, textOf } from '../../src/xmpp/element.ts'
import type { Element } from '../../src/xmpp/element.ts'
import { NS } from '../../src/xmpp/namespaces.ts'
import { checkStanza } from '../../src/xmpp/outgoing.ts'
import { parseStanzaError, StanzaError } from '../../src/xmpp/stanza-error.ts'
import { LOUNGE, message } from '../helpers/events.ts'

const DOMAIN = 'logs.example.org' as BareJid
const HOST = 'conference.example.org' as BareJid
const READER = 'reader@example.net/phone'
const CLOSED = parseRoomJid('den@conference.example.org')
const OFF = parseRoomJid('off@conference.example.org')
const QUERY = '<query xmlns="urn:xmpp:mam:2" queryid="q1"/>'
const ITEM = '<item xmlns="http://jabber.org/protocol/muc#user" affiliation="none" role="none"/>'

interface Asked {
  readonly type?: string
  readonly from?: string
  readonly to?: string
  readonly item?: string
}

function delegation (content: string): Element {
  return parseXml(`<delegation xmlns="${DELEGATION}">${content}</delegation>`)
}

function forwarded (payload: string, { type = 'set', from = READER, to = LOUNGE, item = ITEM }: Asked = {}): string {
  return `<forwarded xmlns="urn:xmpp:forward:0"><iq xmlns="jabber:client" type="${type}" id="theirs" from="${from}" to="${to}">${payload}</iq></forwarded>${item}`
}

function setUp (t: TestContext, limits: GuardOptions = {}) {
  const store = createSqliteStore({ path: ':memory:' })
  t.after(() => store.close())
  const room = { aliases: [], title: undefined, description: undefined, isOpen: true, level: 'public' as const }
  const directory = createDirectory([
    { ...room, jid: LOUNGE, slug: 'lounge' },
    { ...room, jid: CLOSED, slug: 'den', isOpen: false },
    { ...room, jid: OFF, slug: 'off', level: 'off' }
  ])
  const sent: Element[] = []
  const options = {
    connection: {
      address: `hansard@${DOMAIN}/h`,
      async send (...stanzas: readonly Element[]) {
        sent.push(...stanzas.map(stanza => parseXml(checkStanza(stanza, { mode: 'component', address: `hansard@${DOMAIN}/h`, domain: DOMAIN }, {}))))
      }
    },
    domain: DOMAIN,
    directory,
    store,
    index: { search: async () => ({ hits: [], total: 0, totalIsExact: true, complete: true }) },
    occupantIds: createOccupantIds(Buffer.alloc(32)),
    guard: createGuard(limits),
    site: { title: 'Logs', url: 'https://logs.example.org' },
    log: silentLogger
  }
  const respond = createDelegatedResponder({ ...options, hosts: [HOST] })
  const take = async (payload: Element, from: string = HOST) => {
    const answering = respond({ type: 'set', from, to: DOMAIN, id: 'envelope', payload })
    if (answering === undefined) throw new Error('not taken')
    return answering
  }
  /** What the requester is to get at last. */
  const ask = async (payload: string, asked: Asked = {}): Promise<Element> =>
    open(await take(delegation(forwarded(payload, asked))) as Element)
  return { store, sent, respond, take, ask, respondAtDomain: createMamResponder(options) }
}

function open (delegation: Element): Element {
  assert.ok(delegation.is('delegation', DELEGATION))
  const [wrapped, ...more] = elementsOf(delegation)
  assert.ok(wrapped?.is('forwarded', NS.FORWARD) === true && more.length === 0)
  const [inner, ...others] = elementsOf(wrapped)
  assert.ok(inner !== undefined && others.length === 0 && inner.getNS() === NS.CLIENT)
  return inner
}

const refusalOf = (iq: Element): string => {
  assert.equal(iq.attrs['type'], 'error')
  const { condition, type } = parseStanzaError(iq)
  return `${condition}/${type}`
}

test('a delegated query is answered in envelopes to the host, in the order of the archive and with the ids of the room', async t => {
  const { store, sent, ask } = setUp(t)
  await store.append(['a', 'b', 'c'].map(uid => message({
    uid,
    occupant: 'as the host gave it',
    stanza: `<message xmlns="jabber:client"><body>x</body><stanza-id xmlns="urn:xmpp:sid:0" by="${LOUNGE}" id="${uid}"/></message>`
  })))
  const iq = await ask(QUERY)
  assert.deepEqual(iq.attrs, { xmlns: NS.CLIENT, type: 'result', from: LOUNGE, to: READER, id: 'theirs' })
  assert.equal(child(iq, 'fin', NS.MAM)?.attrs['complete'], 'true')
  assert.deepEqual(sent.map(({ name, attrs: { from, to, id } }) => ({ name, from, to, id })), sent.map(() => ({ name: 'message', from: DOMAIN, to: HOST, id: 'envelope' })))
  const inner = sent.map(envelope => open(child(envelope, 'delegation', DELEGATION) as Element))
  assert.ok(inner.every(({ attrs }) => attrs['from'] === LOUNGE && attrs['to'] === READER))
  const results = inner.map(outer => child(outer, 'result', NS.MAM) as Element)
  assert.deepEqual(results.map(({ attrs: { id, queryid } }) => ({ id, queryid })), ['a', 'b', 'c'].map(id => ({ id, queryid: 'q1' })))
  const messages = results.map(result => child(child(result, 'forwarded', NS.FORWARD) as Element, 'message', NS.CLIENT) as Element)
  assert.ok(messages.every(({ attrs }) => attrs['from'] === `${LOUNGE}/alice` && attrs['to'] === undefined))
  assert.deepEqual(messages.map(stanza => child(stanza, 'stanza-id', NS.STANZA_ID)?.attrs), ['a', 'b', 'c'].map(id => ({ xmlns: NS.STANZA_ID, by: LOUNGE, id })))
  assert.ok(messages.every(stanza => attribute(child(stanza, 'occupant-id', NS.OCCUPANT_ID), 'id') === 'as the host gave it'))
})

test('form and metadata are delegated too, and nothing else', async t => {
  const { store, ask } = setUp(t)
  await store.append([message({ uid: 'a' })])
  const form = findForm(child(await ask('<query xmlns="urn:xmpp:mam:2"/>', { type: 'get' }), 'query', NS.MAM) as Element)
  assert.ok(form?.fields.has('{urn:xmpp:fulltext:0}fulltext'))
  const metadata = child(await ask('<metadata xmlns="urn:xmpp:mam:2"/>', { type: 'get' }), 'metadata', NS.MAM) as Element
  assert.equal(attribute(child(metadata, 'start'), 'id'), 'a')
  for (const payload of ['<prefs xmlns="urn:xmpp:mam:2"/>', '<query xmlns="http://jabber.org/protocol/disco#info"/>', '<query xmlns="urn:xmpp:mam:1"/>']) {
    assert.equal(refusalOf(await ask(payload, { type: 'get' })), 'service-unavailable/cancel')
  }
  assert.equal(refusalOf(await ask('<query xmlns="urn:xmpp:mam:2" node="x"/>')), 'item-not-found/cancel')
  assert.equal(refusalOf(await ask('<query xmlns="urn:xmpp:mam:2"><set xmlns="http://jabber.org/protocol/rsm"><after>b</after></set></query>')), 'item-not-found/cancel')
})

const item = (affiliation: string, role: string): string => `<item xmlns="${NS.MUC_USER}" affiliation="${affiliation}" role="${role}"/>`

for (const { room, affiliation, role, reads } of [
  { room: LOUNGE, affiliation: 'none', role: 'none', reads: true },
  { room: LOUNGE, affiliation: 'outcast', role: 'none', reads: false },
  { room: CLOSED, affiliation: 'none', role: 'none', reads: false },
  { room: CLOSED, affiliation: 'none', role: 'participant', reads: true },
  { room: CLOSED, affiliation: 'outcast', role: 'participant', reads: false },
  { room: CLOSED, affiliation: 'member', role: 'none', reads: true },
  { room: CLOSED, affiliation: 'admin', role: 'none', reads: true },
  { room: CLOSED, affiliation: 'owner', role: 'moderator', reads: true },
  { room: OFF, affiliation: 'owner', role: 'moderator', reads: false },
  { room: parseRoomJid('unheard@conference.example.org'), affiliation: 'owner', role: 'none', reads: false }
]) {
  test(`${affiliation} as ${role} ${reads ? 'reads' : 'does not read'} ${room}`, async t => {
    const { ask, sent } = setUp(t)
    for (const [type, payload] of [['set', QUERY], ['get', QUERY], ['get', '<metadata xmlns="urn:xmpp:mam:2"/>']] as const) {
      const iq = await ask(payload, { type, to: room, item: item(affiliation, role) })
      if (reads) assert.equal(iq.attrs['type'], 'result')
      else assert.equal(refusalOf(iq), 'item-not-found/cancel')
    }
    assert.deepEqual(sent, [])
  })
}

test('nobody else delegates: no other host, no room, no user of the host, nobody by another address of ours', async t => {
  const { respond, take, sent } = setUp(t)
  const payload = delegation(forwarded(QUERY))
  for (const from of ['evil.example', 'example.org', `sub.${HOST}`, `${HOST}/x`, LOUNGE, `${LOUNGE}/alice`, `user@${HOST}`, DOMAIN, READER, '']) {
    await assert.rejects(take(payload, from), { condition: 'forbidden', type: 'auth' }, from)
  }
  for (const to of [archiveJidOf(LOUNGE, DOMAIN), `${DOMAIN}/x`, `hansard@${DOMAIN}`, 'elsewhere.example', '@@']) {
    assert.equal(respond({ type: 'set', from: HOST, to, id: 'i', payload }), undefined, to)
  }
  assert.equal(respond({ type: 'get', from: HOST, to: DOMAIN, id: 'i', payload }), undefined)
  assert.deepEqual(sent, [])
})

test('a host speaks for its own rooms only, and not for us', async t => {
  const { take, sent } = setUp(t)
  for (const to of ['lounge@conference.example.com', HOST, `${LOUNGE}/alice`, `@${HOST}`, '', archiveJidOf(LOUNGE, DOMAIN)]) {
    await assert.rejects(take(delegation(forwarded(QUERY, { to }))), { condition: 'bad-request', type: 'modify' }, to)
  }
  for (const from of [`hansard@${DOMAIN}/hansard`, DOMAIN]) {
    await assert.rejects(take(delegation(forwarded(QUERY, { from }))), { condition: 'not-allowed', type: 'cancel' }, from)
  }
  assert.deepEqual(sent, [])
})

test('envelopes that are wrong are refused as a whole', () => {
  const iq = `<iq xmlns="jabber:client" type="set" id="theirs" from="${READER}" to="${LOUNGE}">${QUERY}</iq>`
  const wrap = (content: string): string => `<forwarded xmlns="urn:xmpp:forward:0">${content}</forwarded>`
  assert.equal(parseDelegation(delegation(wrap(iq) + ITEM), HOST).request.from, READER)
  for (const content of [
    '',
    ITEM,
    wrap('') + ITEM,
    wrap(iq),
    wrap(iq + iq) + ITEM,
    wrap(iq) + wrap(iq) + ITEM,
    wrap(iq) + ITEM + ITEM,
    wrap(iq) + item('king', 'none'),
    wrap(iq) + item('member', 'king'),
    wrap(iq) + item('', ''),
    wrap(iq) + ITEM.replace(NS.MUC_USER, NS.MUC),
    wrap(iq.replace(' xmlns="jabber:client"', '')) + ITEM,
    wrap(iq.replace('iq xmlns', 'message xmlns').replace('</iq>', '</message>')) + ITEM,
    wrap(iq.replace('"set"', '"result"')) + ITEM,
    wrap(iq.replace(' id="theirs"', '')) + ITEM,
    wrap(iq.replace('"theirs"', '""')) + ITEM,
    wrap(iq.replace(READER, '@@')) + ITEM,
    wrap(iq.replace(` from="${READER}"`, '')) + ITEM,
    wrap(iq.replace(` to="${LOUNGE}"`, '')) + ITEM,
    wrap(iq.replace(QUERY, '')) + ITEM,
    wrap(iq.replace(QUERY, QUERY + QUERY)) + ITEM
  ]) {
    assert.throws(() => parseDelegation(delegation(content), HOST),
      (error: unknown) => error instanceof StanzaError && error.condition === 'bad-request' && error.type === 'modify', content)
  }
})

test('a message too long for an envelope goes as its text, and does not take its page with it', async t => {
  const { store, sent, ask } = setUp(t)
  const filler = 'x'.repeat(499_000)
  await store.append([
    message({ uid: 'a' }),
    message({ uid: 'b', body: 'short', stanza: `<message xmlns="jabber:client"><body>short</body><junk xmlns="a:b">${filler}</junk></message>` }),
    message({ uid: 'c', time: '2026-11-22T00:00:00.000000Z' as ArchiveTime })
  ])
  assert.equal((await ask(QUERY)).attrs['type'], 'result')
  const results = sent.map(envelope => child(open(child(envelope, 'delegation', DELEGATION) as Element), 'result', NS.MAM) as Element)
  assert.deepEqual(results.map(({ attrs }) => attrs['id']), ['a', 'b', 'c'])
  assert.equal(textOf(child(child(results[1] as Element, 'forwarded', NS.FORWARD) as Element, 'message', NS.CLIENT) as Element, 'body'), 'short')
})

test('who asks through rooms has the same measure as at the component itself', async t => {
  const { ask, respondAtDomain } = setUp(t, { perAsker: { burst: 3, perSecond: 0.001 } })
  await ask(QUERY)
  await ask('<metadata xmlns="urn:xmpp:mam:2"/>', { type: 'get' })
  const atDomain = async () => respondAtDomain({ type: 'set', from: READER, to: archiveJidOf(LOUNGE, DOMAIN), id: 'i', payload: parseXml(QUERY) })
  await atDomain()
  await assert.rejects(atDomain(), { condition: 'resource-constraint' })
  const refused = await ask(QUERY)
  assert.equal(refusalOf(refused), 'resource-constraint/wait')
  assert.ok(parseStanzaError(refused).application?.is('rate-limit', 'urn:hansard:mam:0'))
  assert.equal((await ask(QUERY, { from: 'another@example.net/x' })).attrs['type'], 'result')
})
