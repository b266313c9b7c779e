import assert from 'node:assert/strict'
import test from 'node:test'
import type { TestContext } from 'node:test'
import { createDirectory } from '../../src/access/directory.ts'
import { createOccupantIds } from '../../src/access/occupant-ids.ts'
import { createSqliteStore } from '../../src/archive/sqlite.ts'
import { silentLogger } from '../../src/log.ts'
import { createGuard } from '../../src/mam/guard.ts'
import { createMamResponder } from '../../src/mam/responder.ts'
import type { MamOptions } from '../../src/mam/responder.ts'
import type { ArchiveTime } from '../../src/model/archive-time.ts'
import { archiveJidOf, parseRoomJid } from '../../src/model/address.ts'
import { HansardError } from '../../src/model/errors.ts'
import type { ErrorCode } from '../../src/model/errors.ts'
import { child, children, elementsOf, parseXml, textOf, xml } from '../../src/xmpp/element.ts'
import type { Element } from '../../src/xmpp/element.ts'
import { buildForm, valueOf } from '../../src/xmpp/data-form.ts'
import { parseInfo } from '../../src/xmpp/disco.ts'
import { NS } from '../../src/xmpp/namespaces.ts'
import { checkStanza } from '../../src/xmpp/outgoing.ts'
import { parseRsmResult } from '../../src/xmpp/rsm.ts'
import { StanzaError } from '../../src/xmpp/stanza-error.ts'
import { LOUNGE, message } from '../helpers/events.ts'

const DOMAIN = 'logs.example.org'
const ARCHIVE = archiveJidOf(LOUNGE, DOMAIN)
const SECRET = parseRoomJid('secret@conference.example.org')
const UNLISTED = parseRoomJid('quiet@conference.example.org')
const QUERY = '<query xmlns="urn:xmpp:mam:2" queryid="q1"/>'
const INFO = '<query xmlns="http://jabber.org/protocol/disco#info"/>'
const ITEMS = '<query xmlns="http://jabber.org/protocol/disco#items"/>'
const METADATA = '<metadata xmlns="urn:xmpp:mam:2"/>'
const VERSION = '<query xmlns="jabber:iq:version"/>'
const PING = '<ping xmlns="urn:xmpp:ping"/>'

function setUp (t: TestContext, override: Partial<MamOptions> = {}) {
  const store = createSqliteStore({ path: ':memory:' })
  t.after(() => store.close())
  const room = { aliases: [], title: undefined, description: undefined, isOpen: undefined }
  const directory = createDirectory([
    { ...room, jid: LOUNGE, slug: 'lounge', level: 'public', title: 'The lounge', description: 'for all' },
    { ...room, jid: SECRET, slug: 'secret', level: 'off' },
    { ...room, jid: UNLISTED, slug: 'quiet', level: 'unlisted' }
  ])
  const sent: Element[] = []
  const respond = createMamResponder({
    connection: {
      address: `hansard@${DOMAIN}/h`,
      // As the real one: checked before anything is written.
      async send (...stanzas) {
        sent.push(...stanzas.map(stanza => parseXml(checkStanza(stanza, { mode: 'component', address: `hansard@${DOMAIN}/h`, domain: DOMAIN }, {}))))
      }
    },
    domain: DOMAIN,
    directory,
    store,
    index: { search: async () => ({ hits: [], total: 0, totalIsExact: true, complete: true }) },
    occupantIds: createOccupantIds('key'),
    site: { title: 'Logs', url: 'https://logs.example.org' },
    log: silentLogger,
    ...override
  })
  // What no responder takes is answered so by the connection.
  const ask = async (type: 'get' | 'set', payload: string, to: string = ARCHIVE, from = 'reader@example.net/phone') => {
    const answering = respond({ type, from, to, id: 'i1', payload: parseXml(payload) })
    if (answering === undefined) throw new StanzaError('service-unavailable', 'cancel')
    return answering
  }
  const results = (): Array<string | undefined> => sent.map(stanza => child(stanza, 'result', NS.MAM)?.attrs['id'])
  return { store, directory, sent, respond, ask, results }
}

test('a query is answered by the results, all before the end of the page', async t => {
  const { store, ask, sent, results } = setUp(t)
  await store.append(['a', 'b', 'c'].map(uid => message({ uid })))
  const fin = await ask('set', QUERY) as Element
  assert.deepEqual(results(), ['a', 'b', 'c'])
  assert.ok(sent.every(({ attrs }) => attrs['from'] === ARCHIVE && attrs['to'] === 'reader@example.net/phone'))
  assert.deepEqual([fin.name, fin.attrs['complete'], parseRsmResult(fin)], ['fin', 'true', { first: 'a', last: 'c', index: 0, count: 3 }])
})

test('where something is missing the end of the page says that it is not stable', async t => {
  const { store, ask } = setUp(t)
  const { time } = message()
  await store.append([message()])
  assert.equal((await ask('set', QUERY) as Element).attrs['stable'], undefined)
  await store.putGaps([{ room: LOUNGE, from: time, cause: 'stopped' }])
  const fin = await ask('set', QUERY) as Element
  assert.deepEqual([fin.attrs['complete'], fin.attrs['stable']], ['true', 'false'])
})

test('an archive asked for in other capitals answers under the name it was asked by', async t => {
  const { store, ask, sent } = setUp(t)
  await store.append([message()])
  const asked = 'LOUNGE\\40Conference.example.org@Logs.Example.org'
  await ask('set', QUERY, asked)
  assert.equal(sent[0]?.attrs['from'], asked)
  assert.ok(String(sent[0]).includes(`by="${asked}"`))
})

test('one message that cannot be sent, or is broken, does not take its page with it', async t => {
  const { store, ask, results } = setUp(t)
  const long = `<message xmlns="jabber:client"><body>x</body><x xmlns="urn:x">${'x'.repeat(499_950)}</x></message>`
  await store.append([
    message({ uid: 'a' }),
    message({ uid: 'long', stanza: long }),
    message({ uid: 'prefix', stanza: '<message xmlns="jabber:client"><a:b/></message>' }),
    message({ uid: 'broken', stanza: '<message' }),
    message({ uid: 'control', body: '\u0001\u0002' }),
    message({ uid: 'z' })
  ])
  const fin = await ask('set', QUERY) as Element
  assert.deepEqual(results(), ['a', 'long', 'prefix', 'broken', 'control', 'z'])
  assert.equal(fin.attrs['complete'], 'true')
})

test('a refused room answers as one that does not exist, whatever is asked', async t => {
  const { ask, sent } = setUp(t)
  const unknown = archiveJidOf(parseRoomJid('nobody@conference.example.org'), DOMAIN)
  for (const to of [archiveJidOf(SECRET, DOMAIN), unknown, `${archiveJidOf(SECRET, DOMAIN)}/x`]) {
    for (const [type, payload] of [['set', QUERY], ['get', QUERY], ['get', METADATA], ['get', INFO], ['get', ITEMS], ['get', PING], ['get', '<x xmlns="urn:x"/>']] as const) {
      await assert.rejects(ask(type, payload, to), { name: 'StanzaError', condition: 'item-not-found', type: 'cancel', text: '' }, `${to} ${payload}`)
    }
  }
  assert.deepEqual(sent, [])
})

test('a room that closes its doors is refused from then on', async t => {
  const { ask, directory } = setUp(t)
  await ask('set', QUERY)
  directory.learn(LOUNGE, { isOpen: false })
  await assert.rejects(ask('set', QUERY), { condition: 'item-not-found' })
})

test('discovery tells what an archive can do and where its pages are', async t => {
  const { ask } = setUp(t)
  const info = parseInfo(xml('iq', {}, await ask('get', INFO)))
  assert.deepEqual(info.identities, [{ category: 'conference', type: 'text', name: 'The lounge' }])
  assert.deepEqual([...info.features], [
    NS.DISCO_INFO, NS.MAM, `${NS.MAM}#extended`, NS.STANZA_ID, NS.FULLTEXT, NS.RETRACT, `${NS.RETRACT}#tombstone`, NS.PING, NS.OCCUPANT_ID
  ])
  const form = (type: string) => info.forms.find(({ formType }) => formType === type)
  assert.equal(valueOf(form(NS.MUC_ROOM_INFO), 'muc#roominfo_description'), 'for all')
  assert.equal(valueOf(form(NS.MUC_ROOM_INFO), 'muc#roominfo_logs'), 'https://logs.example.org/r/lounge/')
  assert.deepEqual([...form(NS.MAM)?.fields.keys() ?? []], ['{urn:xmpp:fulltext:0}fulltext', 'fulltext'])
  assert.equal(valueOf(form('urn:xmpp:data-policy:0'), 'data_retention'), 'infinite')
  assert.equal(valueOf(form('urn:xmpp:data-policy:0'), 'data_deletion'), 'true')
  assert.deepEqual(elementsOf(await ask('get', ITEMS) as Element), [])
  assert.equal(await ask('get', PING), undefined)
})

test('what else stands at the address of an archive is told beside it', async t => {
  const { ask } = setUp(t, {
    extras: room => ({ features: [NS.MUC], roomInfo: [{ var: 'muc#roominfo_subject', values: [room.slug] }], forms: [buildForm('result', 'urn:x', [])] })
  })
  const info = parseInfo(xml('iq', {}, await ask('get', INFO)))
  assert.ok(info.features.has(NS.MUC) && info.features.has(NS.MAM))
  assert.equal(valueOf(info.forms[0], 'muc#roominfo_subject'), 'lounge')
  assert.ok(info.forms.some(({ formType }) => formType === 'urn:x'))
})

test('the form of a query has every field, and takes any ids without offering some', async t => {
  const { store, ask } = setUp(t)
  await store.append([message()])
  const form = String(await ask('get', QUERY))
  assert.deepEqual([...form.matchAll(/type="([a-z-]+)" var="([^"]+)"|var="([^"]+)" type="([a-z-]+)"/g)].map(([, , , name, type]) => [name, type]), [
    ['FORM_TYPE', 'hidden'], ['with', 'jid-single'], ['start', 'text-single'], ['end', 'text-single'], ['before-id', 'text-single'],
    ['after-id', 'text-single'], ['ids', 'list-multi'], ['{urn:xmpp:fulltext:0}fulltext', 'text-single']
  ])
  assert.ok(form.includes('<validate xmlns="http://jabber.org/protocol/xdata-validate" datatype="xs:string"><open/></validate>'))
  assert.ok(!form.includes('<option'))
})

test('metadata tells the ids and times of the oldest and the newest message, as the results do', async t => {
  const { store, ask, sent } = setUp(t)
  assert.equal(String(await ask('get', METADATA)), '<metadata xmlns="urn:xmpp:mam:2"/>')
  await store.append([message({ kind: 'join', uid: 'joined', time: '2026-11-20T00:00:00.000000Z' as ArchiveTime })])
  assert.equal(String(await ask('get', METADATA)), '<metadata xmlns="urn:xmpp:mam:2"/>', 'presence is none of the archive')
  await store.append(['a', 'b', 'c'].map(uid => message({ uid })))
  const metadata = await ask('get', METADATA) as Element
  await ask('set', QUERY)
  const results = sent.map(stanza => child(stanza, 'result', NS.MAM) as Element).map(result =>
    ({ id: result.attrs['id'], timestamp: child(child(result, 'forwarded', NS.FORWARD) as Element, 'delay', NS.DELAY)?.attrs['stamp'] }))
  assert.deepEqual(elementsOf(metadata).map(({ name, attrs }) => [name, attrs]), [['start', results[0]], ['end', results[2]]])
})

test('metadata of one message names it twice', async t => {
  const { store, ask } = setUp(t)
  await store.append([message({ uid: 'only' })])
  assert.deepEqual(elementsOf(await ask('get', METADATA) as Element).map(({ attrs }) => attrs['id']), ['only', 'only'])
})

test('a flipped page has the same messages, the newest first, and the same first and last', async t => {
  const { store, ask, results } = setUp(t)
  await store.append(['a', 'b', 'c', 'd'].map(uid => message({ uid })))
  const page = (content: string) => `<query xmlns="urn:xmpp:mam:2"><set xmlns="${NS.RSM}">${content}</set><flip-page/></query>`
  const forward = await ask('set', page('<max>2</max><after>a</after>')) as Element
  assert.deepEqual(results(), ['c', 'b'])
  assert.deepEqual([forward.attrs['complete'], parseRsmResult(forward)], [undefined, { first: 'b', last: 'c', index: 1, count: 4 }])
  const backward = await ask('set', page('<max>2</max><before/>')) as Element
  assert.deepEqual(results().slice(2), ['d', 'c'])
  assert.deepEqual(parseRsmResult(backward), { first: 'c', last: 'd', count: 4 })
})

test('a removed message is still a place to page from, and found by its id as a tombstone', async t => {
  const { store, ask, sent, results } = setUp(t)
  const [, gone] = (await store.append(['a', 'b', 'c'].map(uid => message({ uid })))).map(({ event }) => event)
  const { body, ...rest } = gone as NonNullable<typeof gone>
  await store.scrub(rest.room, [rest.uid], () => ({ ...rest, removed: { by: 'author', time: rest.time } }))
  const form = (field: string) => `<query xmlns="urn:xmpp:mam:2"><x xmlns="jabber:x:data" type="submit">
    <field var="FORM_TYPE"><value>urn:xmpp:mam:2</value></field><field var="${field}"><value>b</value></field></x></query>`
  await ask('set', form('ids'))
  assert.ok(String(sent[0]).includes(`<retracted xmlns="urn:xmpp:message-retract:1" stamp="${rest.time}"`))
  await ask('set', form('after-id'))
  await ask('set', form('before-id'))
  assert.deepEqual(results(), ['b', 'c', 'a'])
})

test('the service names the rooms that are listed, and no others', async t => {
  const { ask } = setUp(t)
  const items = await ask('get', ITEMS, DOMAIN) as Element
  assert.deepEqual(children(items, 'item').map(({ attrs }) => [attrs['jid'], attrs['name']]), [[ARCHIVE, 'The lounge']])
  const info = parseInfo(xml('iq', {}, await ask('get', INFO, DOMAIN)))
  assert.deepEqual(info.identities, [{ category: 'component', type: 'generic', name: 'Logs' }])
  assert.deepEqual([...info.features], [NS.DISCO_INFO, NS.DISCO_ITEMS, NS.PING, 'urn:xmpp:channel-search:0:search', NS.MUC, NS.MAM])
  assert.equal(await ask('get', PING, DOMAIN), undefined)
  assert.ok(await ask('get', INFO, archiveJidOf(UNLISTED, DOMAIN)), 'an unlisted one is there for who knows its name')
})

test('the service tells its version to whom it is to be told', async t => {
  const { ask } = setUp(t, { software: { name: 'Hansard', version: '1.2.3' } })
  const answer = await ask('get', VERSION, DOMAIN) as Element
  assert.deepEqual([textOf(answer, 'name'), textOf(answer, 'version')], ['Hansard', '1.2.3'])
  assert.ok(parseInfo(xml('iq', {}, await ask('get', INFO, DOMAIN))).features.has(NS.VERSION))
})

test('nodes are unknown: who asks for commands gets no rooms', async t => {
  const { ask } = setUp(t)
  const commands = '<query xmlns="http://jabber.org/protocol/disco#items" node="http://jabber.org/protocol/commands"/>'
  await assert.rejects(ask('get', commands, DOMAIN), { condition: 'item-not-found' })
  await assert.rejects(ask('get', '<query xmlns="http://jabber.org/protocol/disco#info" node="x-roomuser-item"/>'), { condition: 'item-not-found' })
  await assert.rejects(ask('set', '<query xmlns="urn:xmpp:mam:2" node="x"/>'), { condition: 'item-not-found' })
})

const REFUSED: ReadonlyArray<readonly [string, 'get' | 'set', string, string, string]> = [
  ['an older MAM', 'set', '<query xmlns="urn:xmpp:mam:1"/>', ARCHIVE, 'service-unavailable'],
  ['preferences', 'get', '<prefs xmlns="urn:xmpp:mam:2"/>', ARCHIVE, 'feature-not-implemented'],
  ['preferences that are set', 'set', '<prefs xmlns="urn:xmpp:mam:2"/>', ARCHIVE, 'feature-not-implemented'],
  ['metadata that is set', 'set', METADATA, ARCHIVE, 'service-unavailable'],
  ['metadata of an occupant', 'get', METADATA, `${ARCHIVE}/alice`, 'feature-not-implemented'],
  ['a query to the service', 'set', QUERY, DOMAIN, 'service-unavailable'],
  ['the version of nobody knows which program', 'get', VERSION, DOMAIN, 'service-unavailable'],
  ['a query to an occupant', 'set', QUERY, `${ARCHIVE}/alice`, 'feature-not-implemented'],
  ['an unknown request', 'get', '<query xmlns="urn:example"/>', ARCHIVE, 'service-unavailable'],
  ['an unknown request to the service', 'get', '<query xmlns="urn:example"/>', DOMAIN, 'service-unavailable'],
  ['a ping that sets', 'set', PING, ARCHIVE, 'service-unavailable'],
  ['a wrong query', 'set', '<query xmlns="urn:xmpp:mam:2"><set xmlns="http://jabber.org/protocol/rsm"><max>-1</max></set></query>', ARCHIVE, 'bad-request'],
  ['an unknown id', 'set', '<query xmlns="urn:xmpp:mam:2"><set xmlns="http://jabber.org/protocol/rsm"><after>x</after></set></query>', ARCHIVE, 'item-not-found']
]

for (const [name, type, payload, to, condition] of REFUSED) {
  test(`${name} is answered with ${condition}`, async t => {
    const { ask, sent } = setUp(t)
    await assert.rejects(ask(type, payload, to), { name: 'StanzaError', condition })
    assert.deepEqual(sent, [])
  })
}

test('what is addressed to others is left to others; our own occupant answers pings', async t => {
  const { ask } = setUp(t)
  assert.equal(await ask('get', PING, `hansard@${DOMAIN}/hansard`), undefined)
  const { respond } = setUp(t)
  const request = (to: string, from = 'reader@example.net', payload = INFO) => respond({ type: 'get', from, to, id: 'i', payload: parseXml(payload) })
  assert.equal(request(`hansard@${DOMAIN}/hansard`), undefined)
  assert.equal(request('other.example.org'), undefined)
  assert.equal(request('@@'), undefined)
  assert.equal(request(ARCHIVE, '@@'), undefined)
})

const FAULTS: ReadonlyArray<readonly [Error, string, string]> = [
  [new HansardError('ERR_STORE_UNAVAILABLE', 'Cannot reach CouchDB at http://secret'), 'internal-server-error', 'wait'],
  [new HansardError('ERR_STORE', 'Cannot read'), 'internal-server-error', 'wait'],
  [new HansardError('ERR_SEARCH_TIMEOUT', 'too long'), 'resource-constraint', 'wait'],
  [new HansardError('ERR_XMPP_OFFLINE', 'gone'), 'internal-server-error', 'wait'],
  [new TypeError('x is not a function'), 'internal-server-error', 'wait']
]

for (const [fault, condition, type] of FAULTS) {
  test(`${fault instanceof HansardError ? fault.code : fault.name} is never an empty page but ${condition}, without details`, async t => {
    const { ask } = setUp(t, { store: { ...createSqliteStore({ path: ':memory:' }), page: () => Promise.reject(fault) } })
    await assert.rejects(ask('set', QUERY), (error: Error & { condition: string, type: string }) => {
      assert.deepEqual([error.condition, error.type], [condition, type])
      assert.ok(!error.message.includes('secret'))
      return true
    })
  })
}

test('a stream that breaks while results are sent is an error, no end of a page', async t => {
  const gone = new HansardError('ERR_XMPP_OFFLINE', 'Cannot send: the stream broke')
  const { store, ask } = setUp(t, { connection: { address: DOMAIN, send: () => Promise.reject(gone) } })
  await store.append([message()])
  await assert.rejects(ask('set', QUERY), { condition: 'internal-server-error' })
})

const SEARCH_FAULTS: ReadonlyArray<readonly [ErrorCode, string]> = [
  ['ERR_SEARCH', 'internal-server-error'],
  ['ERR_SEARCH_TIMEOUT', 'resource-constraint'],
  ['ERR_STORE_UNAVAILABLE', 'internal-server-error']
]

for (const [code, condition] of SEARCH_FAULTS) {
  test(`a search that fails with ${code} is answered with ${condition} to wait for, never with an empty page`, async t => {
    const { ask } = setUp(t, { index: { search: () => Promise.reject(new HansardError(code, 'Cannot search')) } })
    const search = '<query xmlns="urn:xmpp:mam:2"><x xmlns="jabber:x:data" type="submit"><field var="FORM_TYPE">' +
      '<value>urn:xmpp:mam:2</value></field><field var="fulltext"><value>word</value></field></x></query>'
    await assert.rejects(ask('set', search), { condition, type: 'wait' })
  })
}

test('who asks too often is told when to go on; discovery and pings stay free', async t => {
  const { ask } = setUp(t, { guard: createGuard({ perAsker: { burst: 2, perSecond: 0.1 }, now: () => 0 }) })
  await ask('set', QUERY)
  await ask('get', METADATA)
  for (const [type, payload] of [['set', QUERY], ['get', METADATA]] as const) {
    await assert.rejects(ask(type, payload), (error: StanzaError) => {
      assert.deepEqual([error.condition, error.type], ['resource-constraint', 'wait'])
      assert.equal(String(error.application), '<rate-limit xmlns="urn:hansard:mam:0" retry-after="10"/>')
      return true
    })
  }
  await assert.rejects(ask('get', '<search xmlns="urn:xmpp:channel-search:0:search"/>', DOMAIN), (error: StanzaError) =>
    error.application?.getNS() === 'urn:xmpp:channel-search:0:error')
  for (const payload of [INFO, ITEMS, PING, QUERY]) await ask('get', payload)
  await ask('set', QUERY, ARCHIVE, 'another@example.net/phone')
})

test('another resource of the same account has the same limits', async t => {
  const { ask } = setUp(t, { guard: createGuard({ perAsker: { burst: 1, perSecond: 0.1 }, now: () => 0 }) })
  await ask('set', QUERY, ARCHIVE, 'Reader@example.net/phone')
  await assert.rejects(ask('set', QUERY, ARCHIVE, 'reader@EXAMPLE.net/desk'), { condition: 'resource-constraint' })
})

test('while the stream does not take the pages of a client no more are read for it, and others are served', async t => {
  const taken: Array<() => void> = []
  let pages = 0
  const store = createSqliteStore({ path: ':memory:' })
  t.after(() => store.close())
  const { ask } = setUp(t, {
    connection: { address: DOMAIN, send: () => new Promise(resolve => { taken.push(resolve) }) },
    store: { ...store, async page (room, query) { pages++; return store.page(room, query) } }
  })
  await store.append([message()])
  const asked = Array.from({ length: 5 }, () => ask('set', QUERY))
  while (taken.length < 2) await new Promise(setImmediate)
  assert.equal(pages, 2)
  const other = ask('set', QUERY, ARCHIVE, 'other@example.net')
  while (taken.length < 3) await new Promise(setImmediate)
  assert.equal(pages, 3)
  for (const resolve of taken) resolve()
  await other
  while (taken.length < 6) {
    taken.at(-1)?.()
    await new Promise(setImmediate)
  }
  for (const resolve of taken) resolve()
  assert.equal((await Promise.all(asked)).length, 5)
})
