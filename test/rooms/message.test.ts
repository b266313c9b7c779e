import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { parseDateTime } from '../../src/model/archive-time.ts'
import { hearMessage } from '../../src/rooms/message.ts'
import type { HeardMessage } from '../../src/rooms/message.ts'
import { parseXml, textOf, xml } from '../../src/xmpp/element.ts'
import { serialize } from '../../src/xmpp/serialize.ts'
import { delayed, groupchat, LAB, stanzaId } from '../helpers/fake-room-server.ts'

const TRUSTING = { name: undefined, description: undefined, isOpen: true, hasMam: true, hasStanzaIds: true, hasOccupantIds: true }
const BODY = '<body>hi</body>'
const OCCUPANT = (id: string) => `<occupant-id xmlns="urn:xmpp:occupant-id:0" id="${id}"/>`

function hear (content: string, { info = TRUSTING, attributes = '' } = {}): HeardMessage | undefined {
  return hearMessage(parseXml(groupchat('alice', content, attributes)), LAB, 'alice', info)
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

test('a stanza of a component\'s stream is stored in the namespace of clients', () => {
  const heard = hearMessage(parseXml(groupchat('alice', BODY, 'xmlns="jabber:component:accept"')), LAB, 'alice', TRUSTING)
  assert.equal(textOf(parseXml(heard?.fields.stanza ?? ''), 'body', 'jabber:client'), 'hi')
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
