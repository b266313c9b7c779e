import assert from 'node:assert/strict'
import test from 'node:test'
import { buildFin, buildPlainResult, buildResult } from '../../src/mam/result.ts'
import type { Envelope } from '../../src/mam/result.ts'
import type { ArchiveTime } from '../../src/model/archive-time.ts'
import type { ArchivedEvent, EventId, Removal } from '../../src/model/event.ts'
import { child, children, elementsOf, parseXml, textOf, xml } from '../../src/xmpp/element.ts'
import type { Element } from '../../src/xmpp/element.ts'
import { checkStanza } from '../../src/xmpp/outgoing.ts'
import { NS } from '../../src/xmpp/namespaces.ts'
import { message } from '../helpers/events.ts'

const ARCHIVE = 'Lounge\\40conference.example.org@logs.example.org'
const READER = 'reader@example.net/phone'
const COMPONENT = { mode: 'component', address: 'hansard@logs.example.org/hansard', domain: 'logs.example.org' } as const

function archived (fields: Partial<ArchivedEvent> = {}): ArchivedEvent {
  return { ...message(), _id: 'x' as EventId, anchor: 't071409', ...fields }
}

/** The message as the reader's client has it, after the way over the wire. */
function received (event: ArchivedEvent, build = buildResult, shown: Partial<Envelope> = {}) {
  const outer = parseXml(checkStanza(build(event, { archive: ARCHIVE, occupants: ARCHIVE, to: READER, queryId: 'q1', ...shown }), COMPONENT, {}))
  const result = child(outer, 'result', NS.MAM) as Element
  const forwarded = child(result, 'forwarded', NS.FORWARD) as Element
  return { outer, result, forwarded, inner: child(forwarded, 'message', NS.CLIENT) as Element }
}

test('a result is from the archive as the reader wrote it, and carries the id, the query and the time', () => {
  const { outer, result, forwarded } = received(archived())
  assert.deepEqual([outer.attrs['from'], outer.attrs['to'], outer.attrs['type']], [ARCHIVE, READER, 'headline'])
  assert.deepEqual([result.attrs['id'], result.attrs['queryid']], ['uid-1', 'q1'])
  assert.deepEqual(children(forwarded, 'delay', NS.DELAY).map(({ attrs }) => attrs['stamp']), ['2026-11-21T07:14:09.372180Z'])
  assert.ok(child(outer, 'no-store', NS.HINTS))
})

test('without a query id none is invented', () => {
  const result = child(buildResult(archived(), { archive: ARCHIVE, occupants: ARCHIVE, to: READER }), 'result', NS.MAM)
  assert.equal(result?.attrs['queryid'], undefined)
})

test('the message is a groupchat message of jabber:client from the archive, to nobody, with one stanza-id of ours', () => {
  const stanza = '<message xmlns="jabber:client" type="groupchat" from="lounge@conference.example.org/alice" to="x@y" id="i1" xml:lang="de">' +
    '<body>hi</body><thing xmlns="urn:example" n="1"/><stanza-id xmlns="urn:xmpp:sid:0" by="lounge@conference.example.org" id="room-id"/></message>'
  const { inner } = received(archived({ stanza }))
  assert.deepEqual(inner.attrs, { xmlns: NS.CLIENT, type: 'groupchat', from: `${ARCHIVE}/alice`, id: 'i1', 'xml:lang': 'de' })
  assert.equal(textOf(inner, 'body'), 'hi')
  assert.equal(child(inner, 'thing', 'urn:example')?.attrs['n'], '1')
  assert.deepEqual(children(inner, 'stanza-id', NS.STANZA_ID).map(({ attrs }) => [attrs['by'], attrs['id']]),
    [['lounge@conference.example.org', 'room-id'], [ARCHIVE, 'uid-1']])
})

test('what only the room may say, or what pretends to be ours, is taken out', () => {
  const forged = 'LOUNGE\\40conference.example.org@logs.example.org'
  const stanza = `<message xmlns="jabber:client"><body>hi</body><stanza-id xmlns="urn:xmpp:sid:0" by="${forged}" id="forged"/>` +
    '<occupant-id xmlns="urn:xmpp:occupant-id:0" id="o"/><x xmlns="http://jabber.org/protocol/muc#user"><item jid="alice@example.org"/></x></message>'
  const { inner } = received(archived({ stanza }))
  assert.deepEqual(children(inner, 'stanza-id', NS.STANZA_ID).map(({ attrs }) => attrs['id']), ['uid-1'])
  assert.equal(child(inner, 'occupant-id', NS.OCCUPANT_ID), undefined)
  assert.ok(!String(inner).includes('alice@example.org'))
})

test('an imported event without a stanza is told from its text; a subject has a subject and no body', () => {
  assert.equal(textOf(received(archived({ body: 'a\u0000b\u0007 & <c> \ud800' })).inner, 'body'), 'a\ufffdb\ufffd & <c> \ufffd')
  const { inner } = received(archived({ kind: 'subject', body: '' }))
  assert.equal(textOf(inner, 'subject'), '')
  assert.equal(child(inner, 'body'), undefined)
})

test('what the room itself said is from the bare address', () => {
  assert.equal(received(archived({ nick: '' })).inner.attrs['from'], ARCHIVE)
})

for (const stanza of ['<message', '<message></body>', 'hello', '', '<iq xmlns="jabber:client"/>', '<message xmlns="urn:example"><body>x</body></message>', '<a/><b/>']) {
  test(`of a stored stanza such as «${stanza}» the text alone is told`, () => {
    assert.equal(textOf(received(archived({ stanza })).inner, 'body'), 'good morning')
  })
}

const REMOVED_AT = '2026-11-22T00:00:00.000000Z' as ArchiveTime

function tombstoneOf (removed: Omit<Removal, 'time'>): { result: Element, inner: Element, retracted: Element } {
  const stanza = '<message xmlns="jabber:client"><body>secret</body></message>'
  const { body, ...rest } = archived({ message: 'i1', occupant: 'o1', stanza, removed: { time: REMOVED_AT, ...removed } })
  const { result, inner } = received(rest, buildResult, { occupantIdOf: ({ occupant }) => occupant })
  assert.ok(!String(result).includes('secret'))
  return { result, inner, retracted: child(inner, 'retracted', NS.RETRACT) as Element }
}

test('what its author took back leaves a tombstone in its place, which names the message that did it', () => {
  const { result, inner, retracted } = tombstoneOf({ by: 'author', retraction: 'uid-8', message: 'uid-9' })
  assert.equal(result.attrs['id'], 'uid-1')
  assert.deepEqual([inner.attrs['id'], inner.attrs['from'], inner.attrs['type']], ['i1', `${ARCHIVE}/alice`, 'groupchat'])
  assert.deepEqual([retracted.attrs['id'], retracted.attrs['stamp'], retracted.children], ['uid-9', REMOVED_AT, []])
  assert.deepEqual(children(inner, 'stanza-id', NS.STANZA_ID).map(({ attrs }) => attrs['id']), ['uid-1'])
  assert.equal(child(inner, 'occupant-id', NS.OCCUPANT_ID)?.attrs['id'], 'o1')
})

test('what a moderator took away says who and why, as far as it was told', () => {
  const { inner, retracted } = tombstoneOf({ by: 'moderator', moderator: 'bob', reason: 'spam & <more>' })
  assert.equal(child(retracted, 'moderated', NS.MODERATE)?.attrs['by'], `${ARCHIVE}/bob`)
  assert.equal(textOf(retracted, 'reason', NS.RETRACT), 'spam & <more>')
  assert.equal(child(inner, 'occupant-id', NS.OCCUPANT_ID)?.attrs['id'], 'o1', 'that of the author')
  assert.equal(tombstoneOf({ by: 'moderator' }).retracted.attrs['id'], undefined)
})

for (const by of ['administrator', 'retention'] as const) {
  test(`what was removed by ${by} was not taken back by its author`, () => {
    const moderated = child(tombstoneOf({ by }).retracted, 'moderated', NS.MODERATE)
    assert.ok(moderated)
    assert.equal(moderated.attrs['by'], undefined)
  })
}

test('there is one occupant-id, that of the archive, whatever the sender wrote', () => {
  const stanza = '<message xmlns="jabber:client"><occupant-id xmlns="urn:xmpp:occupant-id:0" id="forged"/><body>hi</body>' +
    '<occupant-id xmlns="urn:xmpp:occupant-id:0" id="forged too"/></message>'
  const idsIn = (shown: Partial<Envelope>) =>
    children(received(archived({ stanza }), buildResult, shown).inner, 'occupant-id', NS.OCCUPANT_ID).map(({ attrs }) => attrs['id'])
  assert.deepEqual(idsIn({ occupantIdOf: () => 'ours' }), ['ours'])
  assert.deepEqual(idsIn({ occupantIdOf: () => undefined }), [])
  assert.deepEqual(idsIn({}), [])
})

test('a real address is shown to who may know it, and only where it was recorded', () => {
  const jid = 'alice@example.org/desk'
  const itemIn = (shown: Partial<Envelope>, fields: Partial<ArchivedEvent>) =>
    child(child(received(archived(fields), buildResult, shown).inner, 'x', NS.MUC_USER) ?? xml('none'), 'item', NS.MUC_USER)?.attrs
  assert.deepEqual(itemIn({ hasJids: true }, { private: { jid } }), { jid })
  assert.deepEqual(itemIn({ hasJids: true }, { private: { jid }, affiliation: 'member', role: 'participant' }),
    { jid, affiliation: 'member', role: 'participant' })
  assert.equal(itemIn({ hasJids: false }, { private: { jid } }), undefined)
  assert.equal(itemIn({ hasJids: true }, {}), undefined)
  assert.ok(!String(received(archived({ private: { jid } })).outer).includes('alice@'))
})

test('hints are taken out, what nobody knows stays', () => {
  const { inner } = received(archived({ stanza: '<message xmlns="jabber:client"><store xmlns="urn:xmpp:hints"/><new xmlns="urn:x"><y/></new></message>' }))
  assert.deepEqual(elementsOf(inner).map(({ name }) => name), ['new', 'stanza-id'])
})

const UNSENDABLE: ReadonlyArray<readonly [string, Partial<ArchivedEvent>]> = [
  ['a prefix that nothing declares', { stanza: '<message xmlns="jabber:client"><a:b/><body>good morning</body></message>' }],
  ['half a megabyte of payload', { stanza: `<message xmlns="jabber:client"><body>good morning</body><x xmlns="urn:x">${'x'.repeat(499_900)}</x></message>` }],
  ['a body beyond what a stanza holds', { body: `good morning ${'&'.repeat(1_000_000)}` }],
  ['an id beyond that', { message: 'x'.repeat(1_000_000) }]
]

for (const [name, fields] of UNSENDABLE) {
  test(`a message with ${name} cannot be sent, but its plain form can`, () => {
    assert.throws(() => received(archived(fields)), { code: 'ERR_STANZA' })
    const { result, inner } = received(archived(fields), buildPlainResult)
    assert.equal(result.attrs['id'], 'uid-1')
    assert.match(textOf(inner, 'body') ?? '', /^good morning/)
  })
}

test('the plain form says where a text is cut', () => {
  assert.equal(textOf(received(archived(), buildPlainResult).inner, 'body'), 'good morning')
  assert.match(textOf(received(archived({ body: 'x'.repeat(50_000) }), buildPlainResult).inner, 'body') ?? '', /^x{40000}…$/)
})

test('the end of a page always has a set; first and last are ids of the page, both or neither', () => {
  const events = [archived({ uid: 'a' }), archived({ uid: 'b' }), archived({ uid: 'c' })]
  assert.equal(String(buildFin({ events, complete: false, stable: true, count: 9, index: 3 })),
    '<fin xmlns="urn:xmpp:mam:2"><set xmlns="http://jabber.org/protocol/rsm"><first index="3">a</first><last>c</last><count>9</count></set></fin>')
  assert.equal(String(buildFin({ events: [], complete: true, stable: true, count: 0 })),
    '<fin xmlns="urn:xmpp:mam:2" complete="true"><set xmlns="http://jabber.org/protocol/rsm"><count>0</count></set></fin>')
  assert.equal(String(buildFin({ events: [], complete: true, stable: true })), '<fin xmlns="urn:xmpp:mam:2" complete="true"><set xmlns="http://jabber.org/protocol/rsm"/></fin>')
})

test('what may change yet is said to be so, what is complete says nothing', () => {
  assert.equal(buildFin({ events: [], complete: true, stable: false }).attrs['stable'], 'false')
  assert.equal(buildFin({ events: [], complete: true, stable: true }).attrs['stable'], undefined)
})

test('of an encrypted message whose stanza is not there, or too long, it is told that it was encrypted', () => {
  const { body, ...rest } = archived({ encrypted: 'eu.siacs.conversations.axolotl' })
  for (const event of [rest, { ...rest, stanza: '<message' }]) {
    const { inner } = received(event)
    assert.deepEqual(children(inner, 'encryption', NS.ENCRYPTION).map(({ attrs }) => attrs['namespace']), ['eu.siacs.conversations.axolotl'])
  }
  const stanza = '<message xmlns="jabber:client"><encrypted xmlns="eu.siacs.conversations.axolotl"/></message>'
  assert.ok(child(received({ ...rest, stanza }, buildPlainResult).inner, 'encryption', NS.ENCRYPTION))
  assert.deepEqual(elementsOf(received({ ...rest, stanza }).inner).map(({ name }) => name), ['encrypted', 'stanza-id'])
})
