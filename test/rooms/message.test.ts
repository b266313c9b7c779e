import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { parseDateTime } from '../../src/model/archive-time.ts'
import { hearMessage } from '../../src/rooms/message.ts'
import type { HeardMessage, HearingOptions } from '../../src/rooms/message.ts'
import type { RoomInfo } from '../../src/rooms/room-info.ts'
import { childOf, parseXml, textOf, xml } from '../../src/xmpp/element.ts'
import { serialize } from '../../src/xmpp/serialize.ts'
import { delayed, groupchat, LAB, stanzaId } from '../helpers/fake-room-server.ts'

const TRUSTING = { name: undefined, description: undefined, isOpen: true, hasMam: true, hasStanzaIds: true, hasOccupantIds: true }
const BODY = '<body>hi</body>'
const OCCUPANT = (id: string) => `<occupant-id xmlns="urn:xmpp:occupant-id:0" id="${id}"/>`

interface Hearing extends HearingOptions {
  readonly info?: RoomInfo
  readonly attributes?: string
}

function hear (content: string, { info = TRUSTING, attributes = '', ...options }: Hearing = {}): HeardMessage | undefined {
  return hearMessage(parseXml(groupchat('alice', content, attributes)), LAB, 'alice', info, options)
}

/** The payloads of what is stored. */
function stored (content: string, hearing?: Hearing): string | undefined {
  return hear(content, hearing)?.fields.stanza.replace(/^<message[^>]*>|<\/message>$/g, '')
}

const NOT_TALK: ReadonlyArray<readonly [string, string]> = [
  ['a private message', `<message type="chat" from="${LAB}/alice">${BODY}</message>`],
  ['a private message that says it is one', `<message type="chat" from="${LAB}/alice">${BODY}<x xmlns="http://jabber.org/protocol/muc#user"/></message>`],
  ['a message without a type', `<message from="${LAB}/alice">${BODY}</message>`],
  ['an error', `<message type="error" from="${LAB}/alice">${BODY}</message>`],
  ['an invitation', `<message from="${LAB}"><x xmlns="http://jabber.org/protocol/muc#user"><invite from="a@b"/></x></message>`],
  ['a message that wants no record', groupchat('alice', `${BODY}<no-store xmlns="urn:xmpp:hints"/>`)],
  ['a message that wants no permanent record', groupchat('alice', `${BODY}<no-permanent-store xmlns="urn:xmpp:hints"/>`)],
  ['the same in the older words', groupchat('alice', `${BODY}<no-storage xmlns="urn:xmpp:hints"/>`)],
  ['the same for good in the older words', groupchat('alice', `${BODY}<no-permanent-storage xmlns="urn:xmpp:hints"/>`)],
  ['a message that is to vanish', groupchat('alice', `${BODY}<ephemeral xmlns="urn:xmpp:ephemeral:0" timer="60"/>`)],
  ['a message that is to vanish, nobody knows when', groupchat('alice', `${BODY}<ephemeral xmlns="urn:xmpp:ephemeral:0" timer="soon"/>`)],
  ['an encrypted message that is to vanish', groupchat('alice', '<encrypted xmlns="urn:xmpp:omemo:2"/><ephemeral xmlns="urn:xmpp:ephemeral:0" timer="60"/>')],
  ['the timer being turned off, alone', groupchat('alice', '<ephemeral xmlns="urn:xmpp:ephemeral:0" timer="0"/>')],
  ['a private message that a bot sent elsewhere', `<message type="chat" from="${LAB}/alice"><sent xmlns="urn:xmpp:carbons:2"><forwarded xmlns="urn:xmpp:forward:0">` +
    `<message xmlns="jabber:client" type="groupchat" from="${LAB}/alice">${BODY}</message></forwarded></sent></message>`],
  ['a private message that is encrypted', `<message type="chat" from="${LAB}/alice"><encrypted xmlns="urn:xmpp:omemo:2"/></message>`],
  ['a message that wants both', groupchat('alice', `${BODY}<store xmlns="urn:xmpp:hints"/><no-store xmlns="urn:xmpp:hints"/>`)],
  ['a chat state alone', groupchat('alice', `<composing xmlns="http://jabber.org/protocol/chatstates"/>${stanzaId('a')}${OCCUPANT('o')}`)],
  ['a chat state in a thread', groupchat('alice', '<thread>t</thread><active xmlns="http://jabber.org/protocol/chatstates"/>')],
  ['a read marker alone', groupchat('alice', '<displayed xmlns="urn:xmpp:chat-markers:0" id="x"/>')],
  ['a receipt alone', groupchat('alice', '<received xmlns="urn:xmpp:receipts" id="x"/>')],
  ['nothing at all', groupchat('alice', '')]
]

for (const [name, stanza] of NOT_TALK) {
  test(`${name} never enters the record`, () => {
    assert.equal(hearMessage(parseXml(stanza), LAB, 'alice', TRUSTING), undefined)
  })
}

test('a subject change has a subject and neither body nor thread; an emptied subject is one too', () => {
  assert.deepEqual(pick(hear('<subject>topic</subject>')), ['subject', 'topic'])
  assert.deepEqual(pick(hear('<subject/>')), ['subject', ''])
  assert.deepEqual(pick(hear('<subject>topic</subject><body>text</body>')), ['message', 'text'])
  assert.deepEqual(pick(hear('<subject>topic</subject><thread>t</thread>')), ['message', undefined])
})

function pick (heard: HeardMessage | undefined): unknown[] {
  return [heard?.kind, heard?.fields.body]
}

test('reactions, retractions and other payloads are talk without a body, with what they refer to', () => {
  const reaction = hear('<reactions xmlns="urn:xmpp:reactions:0" id="r1"><reaction>👍</reaction><reaction> 🎉 </reaction><reaction/></reactions>')
  assert.equal(reaction?.fields.reactsTo, 'r1')
  assert.deepEqual(reaction?.fields.reactions, ['👍', '🎉'])
  assert.equal(hear('<retract xmlns="urn:xmpp:message-retract:1" id="m1"/>')?.fields.retracts, 'm1')
  assert.equal(hear('<apply-to xmlns="urn:xmpp:fasten:0" id="m2"><retract xmlns="urn:xmpp:message-retract:0"/></apply-to>')?.fields.retracts, 'm2')
  assert.equal(hear('<apply-to xmlns="urn:xmpp:fasten:0" id="m3"><other xmlns="urn:example"/></apply-to>')?.fields.retracts, undefined)
  assert.equal(hear(`${BODY}<replace xmlns="urn:xmpp:message-correct:0" id="m4"/>`)?.fields.replaces, 'm4')
  assert.equal(hear(`${BODY}<reply xmlns="urn:xmpp:reply:0" id="m5" to="x"/>`)?.fields.repliesTo, 'm5')
  assert.equal(hear(`${BODY}<origin-id xmlns="urn:xmpp:sid:0" id="o1"/>`, { attributes: 'id="i1"' })?.fields.origin, 'o1')
  assert.equal(hear('<anything xmlns="urn:example:new"/>')?.kind, 'message')
})

test('a message with a timer that is off is one like any other', () => {
  assert.equal(hear(`${BODY}<ephemeral xmlns="urn:xmpp:ephemeral:0" timer="0"/>`)?.fields.body, 'hi')
})

const ENCRYPTED: ReadonlyArray<readonly [content: string, encryption: string]> = [
  ['<encrypted xmlns="eu.siacs.conversations.axolotl"><payload>x</payload></encrypted>', 'eu.siacs.conversations.axolotl'],
  ['<encrypted xmlns="urn:xmpp:omemo:2"/><encryption xmlns="urn:xmpp:eme:0" namespace="urn:example:other"/>', 'urn:xmpp:omemo:2'],
  ['<openpgp xmlns="urn:xmpp:openpgp:0">x</openpgp>', 'urn:xmpp:openpgp:0'],
  ['<x xmlns="jabber:x:encrypted">x</x>', 'jabber:x:encrypted'],
  ['<encryption xmlns="urn:xmpp:eme:0" namespace="urn:xmpp:otr:0"/>', 'urn:xmpp:otr:0'],
  [`<encryption xmlns="urn:xmpp:eme:0" namespace="${'x'.repeat(1000)}"/>`, 'x'.repeat(256)]
]

for (const [content, encryption] of ENCRYPTED) {
  test(`an encrypted message has no text in the record, and all of it in its stanza: ${encryption.slice(0, 40)}`, () => {
    for (const beside of [BODY, '', '<subject>topic</subject>']) {
      const heard = hear(beside + content, { attributes: 'id="i1"' })
      assert.deepEqual(heard?.fields, { encrypted: encryption, message: 'i1', stanza: heard?.fields.stanza })
      assert.equal(heard.kind, 'message')
      assert.ok(heard.fields.stanza.endsWith(`${beside}${content}</message>`))
    }
  })
}

test('what only looks encrypted is not', () => {
  for (const content of ['<encrypted xmlns="urn:example"/>', '<encryption xmlns="urn:xmpp:eme:0"/>', '<x xmlns="jabber:x:signed">x</x>']) {
    assert.equal(hear(BODY + content)?.fields.body, 'hi')
    assert.equal(hear(BODY + content)?.fields.encrypted, undefined)
  }
})

test('the id of the room is believed when the room advertises ids and gave exactly one', () => {
  assert.equal(hear(BODY + stanzaId('a'))?.stanzaId, 'a')
  assert.equal(hear(BODY + stanzaId('a', 'LAB@Conference.Localhost'))?.stanzaId, 'a')
  assert.equal(hear(BODY + stanzaId('a') + stanzaId('b'))?.stanzaId, undefined)
  assert.equal(hear(BODY + stanzaId('a', 'other@conference.localhost'))?.stanzaId, undefined)
  assert.equal(hear(BODY + stanzaId('a', `${LAB}/alice`))?.stanzaId, undefined)
  assert.equal(hear(BODY + stanzaId('a'), { info: { ...TRUSTING, hasStanzaIds: false } })?.stanzaId, undefined)
})

test('the occupant id is believed when the room advertises it, gave exactly one, and it is not longer than allowed', () => {
  assert.equal(hear(BODY + OCCUPANT('o'))?.occupant, 'o')
  assert.equal(hear(BODY + OCCUPANT('o'), { info: { ...TRUSTING, hasOccupantIds: false } })?.occupant, undefined)
  assert.equal(hear(BODY + OCCUPANT('o') + OCCUPANT('p'))?.occupant, undefined)
  assert.equal(hear(BODY + OCCUPANT('o'.repeat(128)))?.occupant?.length, 128)
  assert.equal(hear(BODY + OCCUPANT('o'.repeat(129)))?.occupant, undefined)
})

test('of several delays the last in the name of the room is its own; others are a claim', () => {
  const said = (content: string) => hear(BODY + content)
  const first = parseDateTime('2026-11-21T07:00:00Z')
  assert.equal(said(delayed('2026-11-21T07:00:00Z'))?.saidAt, first)
  assert.equal(said(delayed('1999-01-01T00:00:00Z') + delayed('2026-11-21T07:00:00Z'))?.saidAt, first)
  assert.equal(said(delayed('2026-11-21T07:00:00Z') + delayed('1999-01-01T00:00:00Z', null))?.saidAt, first)
  assert.equal(said(delayed('2026-11-21T07:00:00Z', null))?.saidAt, first)
  assert.equal(said(delayed('2026-11-21T07:00:00Z', 'LAB@conference.localhost'))?.saidAt, first)
  assert.equal(said('<x xmlns="jabber:x:delay" stamp="19990101T00:00:00"/>')?.saidAt, undefined)
  assert.equal(said(delayed('yesterday'))?.saidAt, undefined)
  const claimed = said(delayed('1999-01-01T00:00:00Z', 'alice@example.org'))
  assert.equal(claimed?.saidAt, undefined)
  assert.equal(claimed?.fields.claimedTime, '1999-01-01T00:00:00.000000Z')
})

test('what is stored keeps every payload, and loses what the way to us added and what is nobody\'s business', () => {
  const payloads = '<body xml:lang="de">Grüße &amp; &lt;b&gt;</body><x xmlns="urn:example"><y z="1"/></x>'
  const stored = hear(payloads + delayed('2026-11-21T07:00:00Z', 'Lab@conference.localhost') +
    '<x xmlns="http://jabber.org/protocol/muc#user"><item jid="alice@example.org/phone"/></x>' +
    '<addresses xmlns="http://jabber.org/protocol/address"><address type="ofrom" jid="alice@example.org/phone"/></addresses>',
  { attributes: 'id="i1"' })?.fields.stanza
  assert.equal(stored, `<message type="groupchat" from="${LAB}/alice" id="i1" xmlns="jabber:client">${payloads}</message>`)
})

test('of the ids in it only the genuine one of the room, and those of others, are stored', () => {
  const foreign = stanzaId('f', 'other@conference.localhost')
  assert.equal(stored(stanzaId('a', 'LAB@Conference.Localhost') + BODY + foreign), BODY + foreign + stanzaId('a'))
  assert.equal(stored(BODY + stanzaId('a') + stanzaId('b')), BODY)
  assert.equal(stored(BODY + stanzaId('a'), { info: { ...TRUSTING, hasStanzaIds: false } }), BODY)
  assert.equal(stored(BODY + stanzaId('a', '@@')), BODY)
})

test('nobody gives ids in our name, however it is written', () => {
  const ours = ['logs.localhost', 'lab\\40conference.localhost@logs.localhost', 'LAB\\40conference.localhost@LOGS.localhost/x', 'any@Logs.Localhost.']
  const claims = ours.map(by => stanzaId('a', by)).join('')
  assert.equal(stored(BODY + claims, { ownDomain: 'Logs.localhost' }), BODY)
  assert.equal(stored(BODY + claims), BODY + claims)
  assert.equal(stored(BODY + stanzaId('a', 'x@sub.logs.localhost'), { ownDomain: 'logs.localhost' }), BODY + stanzaId('a', 'x@sub.logs.localhost'))
  assert.equal(stored(BODY + '<origin-id xmlns="urn:xmpp:sid:0" id="o"/>', { ownDomain: 'logs.localhost' }), BODY + '<origin-id xmlns="urn:xmpp:sid:0" id="o"/>')
})

test('what the room\'s archive gives has the id and the time that it has there, whatever it says itself', () => {
  const said = parseDateTime('2026-11-21T07:00:00Z')
  for (const ids of ['', stanzaId('b'), stanzaId('b') + stanzaId('c'), stanzaId('a')]) {
    for (const info of [TRUSTING, { ...TRUSTING, hasStanzaIds: false }]) {
      const archived = { info, archiveId: 'a', stamp: said }
      const heard = hear(BODY + ids + delayed('1999-01-01T00:00:00Z'), archived)
      assert.deepEqual([heard?.stanzaId, heard?.saidAt], ['a', said])
      assert.equal(stored(BODY + ids + delayed('1999-01-01T00:00:00Z'), archived), BODY + stanzaId('a'))
    }
  }
  assert.equal(hear(BODY + delayed('1999-01-01T00:00:00Z'), { archiveId: 'a' })?.saidAt, undefined)
})

test('the archive gives no more than was allowed to be kept', () => {
  for (const content of ['<no-store xmlns="urn:xmpp:hints"/>', '<ephemeral xmlns="urn:xmpp:ephemeral:0" timer="9"/>']) {
    assert.equal(hear(BODY + content, { archiveId: 'a' }), undefined)
  }
})

test('what an archive keeps in place of a removed message is a message without a text', () => {
  const tombstones = [
    '<retracted xmlns="urn:xmpp:message-retract:1" stamp="2026-11-21T07:07:12Z"/>',
    '<retracted xmlns="urn:xmpp:message-retract:1" stamp="2026-11-21T07:07:12Z"><moderated xmlns="urn:xmpp:message-moderate:1"/></retracted>',
    '<moderated xmlns="urn:xmpp:message-moderate:0" by="lab@conference.localhost/Alice"><retracted xmlns="urn:xmpp:message-retract:0"/></moderated>'
  ]
  for (const tombstone of tombstones) {
    const heard = hear(tombstone, { archiveId: 'a' })
    assert.deepEqual([heard?.kind, heard?.stanzaId, heard?.fields.body, heard?.fields.retracts], ['message', 'a', undefined, undefined])
    assert.ok(heard?.fields.stanza.includes(tombstone))
  }
})

test('a delay does not tell the real address that an old room put there', () => {
  const claim = (from: string) => `${BODY}<delay xmlns="urn:xmpp:delay" stamp="1999-01-01T00:00:00Z"${from}/>`
  for (const from of ['alice@example.org/phone', 'alice@example.org', '@@']) assert.equal(stored(claim(` from="${from}"`)), claim(''))
  for (const from of ['irc.example.org', `${LAB}/alice`]) assert.equal(stored(claim(` from="${from}"`)), claim(` from="${from}"`))
})

test('no real address of a member is stored, not even out of an archive that shows it to us', () => {
  const item = '<x xmlns="http://jabber.org/protocol/muc#user"><item jid="alice@example.org/phone"/></x>'
  assert.equal(stored(item + BODY + item, { archiveId: 'a' }), BODY + stanzaId('a'))
})

test('a stanza of a component\'s stream is stored in the namespace of clients', () => {
  const heard = hearMessage(parseXml(groupchat('alice', BODY, 'xmlns="jabber:component:accept"')), LAB, 'alice', TRUSTING)
  assert.equal(textOf(parseXml(heard?.fields.stanza ?? ''), 'body', 'jabber:client'), 'hi')
})

test('white space in an attribute is stored as it was sent', () => {
  const payload = '<x xmlns="urn:example" y="a&#9;b&#10;c&#13;d"/>'
  const stored = parseXml(hear(BODY + payload)?.fields.stanza ?? '')
  assert.equal(childOf(stored, 'urn:example')?.attrs['y'], 'a\tb\nc\rd')
})

test('any text comes back from the stored stanza as it was sent', () => {
  const piece = fc.oneof(fc.constantFrom('\r', '\n', '\t', '&', '<', ']]>', '"'), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }))
  fc.assert(fc.property(fc.string({ unit: piece }), text => {
    const sent = serialize(xml('message', { type: 'groupchat', from: `${LAB}/alice` }, xml('body', {}, text)))
    const body = textOf(parseXml(sent), 'body')
    const heard = hearMessage(parseXml(sent), LAB, 'alice', TRUSTING)
    assert.equal(heard?.fields.body, body)
    assert.equal(textOf(parseXml(heard?.fields.stanza ?? ''), 'body', 'jabber:client'), body)
  }))
})
