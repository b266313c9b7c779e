import assert from 'node:assert/strict'
import test from 'node:test'
import type { TestContext } from 'node:test'
import { createDirectory } from '../../src/access/directory.ts'
import { createOccupantIds } from '../../src/access/occupant-ids.ts'
import { createSqliteStore } from '../../src/archive/sqlite.ts'
import { silentLogger } from '../../src/log.ts'
import { createGuard } from '../../src/mam/guard.ts'
import { createMamResponder } from '../../src/mam/responder.ts'
import { parseRoomJid } from '../../src/model/address.ts'
import { valueOf } from '../../src/xmpp/data-form.ts'
import { parseInfo, parseItems } from '../../src/xmpp/disco.ts'
import { child, children, elementsOf, parseXml, xml } from '../../src/xmpp/element.ts'
import type { Element } from '../../src/xmpp/element.ts'
import { NS } from '../../src/xmpp/namespaces.ts'
import { parseRsmResult } from '../../src/xmpp/rsm.ts'
import { LOUNGE, message } from '../helpers/events.ts'

const BOT = 'hansard@example.org/Hansard 1'
const SECRET = parseRoomJid('secret@conference.example.org')

function setUp (t: TestContext) {
  const store = createSqliteStore({ path: ':memory:' })
  t.after(() => store.close())
  const room = { aliases: [], title: undefined, description: undefined, isOpen: undefined }
  const sent: Element[] = []
  const connection = { address: BOT, async send (...stanzas: readonly Element[]) { sent.push(...stanzas) } }
  const respond = createMamResponder({
    connection,
    domain: undefined,
    directory: createDirectory([{ ...room, jid: LOUNGE, slug: 'lounge', level: 'public' }, { ...room, jid: SECRET, slug: 'secret', level: 'off' }]),
    store,
    index: { search: async () => ({ hits: [], total: 0, totalIsExact: true, complete: true }) },
    occupantIds: createOccupantIds('key'),
    site: { title: 'Logs', url: 'https://logs.example.org' },
    guard: createGuard({ now: () => 0 }),
    software: { name: 'Hansard', version: '1.2.3' },
    log: silentLogger
  })
  const request = (type: 'get' | 'set', payload: string, to = BOT, from = 'reader@example.net/phone') =>
    respond({ type, from, to, id: 'i1', payload: parseXml(payload) })
  return { store, sent, request, connection }
}

const disco = (what: 'info' | 'items', node = '') => `<query xmlns="http://jabber.org/protocol/disco#${what}"${node === '' ? '' : ` node="${node}"`}/>`
const query = (node: string, content = '') => `<query xmlns="urn:xmpp:mam:2" queryid="q" node="${node}">${content}</query>`

test('a bot names the rooms that are listed as nodes of its own address', async t => {
  const { request } = setUp(t)
  const items = parseItems(xml('iq', {}, await request('get', disco('items'))))
  assert.deepEqual(items, [{ jid: BOT, node: LOUNGE, name: 'lounge' }])
  const info = parseInfo(xml('iq', {}, await request('get', disco('info'))))
  assert.deepEqual(info.identities, [{ category: 'client', type: 'bot', name: 'Logs' }])
  assert.ok(!info.features.has(NS.MAM), 'the bot itself is no archive')
  const version = await request('get', '<query xmlns="jabber:iq:version"/>')
  assert.equal(child(version as Element, 'version')?.getText(), '1.2.3')
  assert.equal(await request('get', '<ping xmlns="urn:xmpp:ping"/>'), undefined)
})

test('a node of a bot tells what the archive of the room can do', async t => {
  const { request } = setUp(t)
  const answer = await request('get', disco('info', LOUNGE)) as Element
  assert.equal(answer.attrs['node'], LOUNGE)
  const info = parseInfo(xml('iq', {}, answer))
  assert.ok(info.features.has(`${NS.MAM}#extended`))
  assert.equal(valueOf(info.forms[0], 'muc#roominfo_logs'), 'https://logs.example.org/r/lounge/')
  const items = await request('get', disco('items', LOUNGE)) as Element
  assert.deepEqual([items.attrs['node'], elementsOf(items)], [LOUNGE, []])
  const form = await request('get', query(LOUNGE)) as Element
  assert.ok(form.attrs['node'] === LOUNGE && String(form).includes('"ids"'))
})

test('the results of a bot are from the bot, and what they hold is from the occupants of the room', async t => {
  const { store, request, sent } = setUp(t)
  const stanza = '<message xmlns="jabber:client"><body>hi</body><occupant-id xmlns="urn:xmpp:occupant-id:0" id="forged"/>' +
    `<stanza-id xmlns="urn:xmpp:sid:0" by="${LOUNGE}" id="b"/></message>`
  await store.append([message({ uid: 'a' }), message({ uid: 'b', occupant: 'o1', stanza }), message({ uid: 'c', nick: '', kind: 'subject', body: 'new' })])
  const fin = await request('set', query(LOUNGE)) as Element
  assert.deepEqual(parseRsmResult(fin), { first: 'a', last: 'c', index: 0, count: 3 })
  assert.ok(sent.every(({ attrs }) => attrs['from'] === BOT && attrs['to'] === 'reader@example.net/phone'))
  const inner = sent.map(outer => child(child(child(outer, 'result', NS.MAM) as Element, 'forwarded', NS.FORWARD) as Element, 'message', NS.CLIENT) as Element)
  assert.deepEqual(inner.map(({ attrs }) => attrs['from']), [`${LOUNGE}/alice`, `${LOUNGE}/alice`, LOUNGE])
  assert.deepEqual(children(inner[1] as Element, 'occupant-id', NS.OCCUPANT_ID).map(({ attrs }) => attrs['id']), ['o1'])
  assert.deepEqual(children(inner[1] as Element, 'stanza-id', NS.STANZA_ID).map(({ attrs }) => [attrs['by'], attrs['id']]), [[LOUNGE, 'b'], [BOT, 'b']])
  assert.equal(String(await request('get', `<metadata xmlns="urn:xmpp:mam:2" node="${LOUNGE}"/>`)).match(/id="[a-c]"/g)?.join(), 'id="a",id="c"')
})

test('with is a nick of the room', async t => {
  const { store, request, sent } = setUp(t)
  await store.append([message({ uid: 'a' }), message({ uid: 'b', nick: 'bob' })])
  const withField = (jid: string) => query(LOUNGE, '<x xmlns="jabber:x:data" type="submit"><field var="FORM_TYPE"><value>urn:xmpp:mam:2</value></field>' +
    `<field var="with"><value>${jid}</value></field></x>`)
  await request('set', withField(`${LOUNGE}/bob`))
  assert.equal(sent.length, 1)
  await assert.rejects(async () => request('set', withField('bob@example.org')), { condition: 'forbidden' })
})

test('a room that may not be read, one that is unknown and what is none answer the same', async t => {
  const { request, sent } = setUp(t)
  for (const node of [SECRET, 'nobody@conference.example.org', 'http://jabber.org/protocol/commands', `${LOUNGE}/alice`, 'example.org', '@@']) {
    for (const [type, payload] of [['set', query(node)], ['get', query(node)], ['get', disco('info', node)], ['get', disco('items', node)]] as const) {
      await assert.rejects(async () => request(type, payload), { condition: 'item-not-found', type: 'cancel', text: '' }, payload)
    }
  }
  assert.deepEqual(sent, [])
})

test('a query that names no room is told how to name one', async t => {
  const { request } = setUp(t)
  await assert.rejects(async () => request('set', '<query xmlns="urn:xmpp:mam:2"/>'), { condition: 'item-not-found', text: 'Name the room by the attribute node' })
})

test('a bot answers at its full address, however that is written and whatever its server makes of it, and at no other', t => {
  const { request, connection } = setUp(t)
  assert.ok(request('get', disco('info'), 'Hansard@EXAMPLE.org/Hansard 1') !== undefined)
  for (const to of ['hansard@example.org', 'hansard@example.org/other', 'example.org', '@@']) assert.equal(request('get', disco('info'), to), undefined, to)
  connection.address = 'hansard@example.org/new'
  assert.ok(request('get', disco('info'), 'hansard@example.org/new') !== undefined)
  assert.equal(request('get', disco('info'), BOT), undefined)
})

test('what a bot does not know is left to others', t => {
  const { request } = setUp(t)
  assert.equal(request('get', '<query xmlns="urn:example"/>'), undefined)
  assert.equal(request('set', '<command xmlns="http://jabber.org/protocol/commands" node="x"/>'), undefined)
})

test('those who ask through a room are told apart', async t => {
  const { store, request } = setUp(t)
  await store.append([message()])
  const ask = (nick: string) => Promise.resolve(request('get', `<metadata xmlns="urn:xmpp:mam:2" node="${LOUNGE}"/>`, BOT, `${LOUNGE}/${nick}`))
  for (let n = 0; n < 1200; n++) await ask('alice')
  await assert.rejects(ask('alice'), { condition: 'resource-constraint', type: 'wait' })
  await ask('bob')
})
