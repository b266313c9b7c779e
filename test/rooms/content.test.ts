import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import type { Content } from '../../src/model/content.ts'
import { shift } from '../../src/model/day.ts'
import type { ArchivedEvent } from '../../src/model/event.ts'
import { eventId } from '../../src/model/event.ts'
import { standingOf } from '../../src/model/standing.ts'
import { contentIn } from '../../src/rooms/content.ts'
import { hearMessage } from '../../src/rooms/message.ts'
import type { MessageFields } from '../../src/rooms/message.ts'
import { parseXml } from '../../src/xmpp/element.ts'
import { assertFormat } from '../archive/store-under-test.ts'
import { message } from '../helpers/events.ts'
import { groupchat, LAB } from '../helpers/fake-room-server.ts'

const TRUSTING = { name: undefined, description: undefined, isOpen: true, hasMam: true, hasStanzaIds: true, hasOccupantIds: true }

function contentOf (payloads: string, attributes = '', kind: 'message' | 'subject' = 'message'): Content {
  return contentIn(parseXml(groupchat('alice', payloads, attributes)), kind, LAB)
}

/** What the record says of it beside its stanza. */
function heard (payloads: string, nick = 'alice'): Partial<MessageFields> | undefined {
  const message = hearMessage(parseXml(groupchat('alice', payloads)), LAB, nick, TRUSTING)
  if (message === undefined) return undefined
  const { stanza: _, ...fields } = message.fields
  return fields
}

const FALLBACK = (content: string, purpose = 'urn:xmpp:reply:0', xmlns = 'urn:xmpp:fallback:0') =>
  `<fallback xmlns="${xmlns}"${purpose === '' ? '' : ` for="${purpose}"`}>${content}</fallback>`
const REPLY = 'urn:xmpp:reply:0'

const CONTENTS: ReadonlyArray<readonly [name: string, payloads: string, content: Content, attributes?: string]> = [
  ['a body', '<body>hi</body>', { body: 'hi' }],
  ['a body in a language', '<body xml:lang="de">hallo</body>', { body: 'hallo', language: 'de' }],
  ['a body in what a server takes for its language', '<body>hallo</body>', { body: 'hallo' }, 'xml:lang="en"'],
  ['a body in no language there is', '<body xml:lang="__proto__">hi</body>', { body: 'hi' }],
  ['bodies in several languages', '<body>hi</body><body xml:lang="de">hallo</body><body xml:lang="DE">nein</body><body xml:lang="pt-BR">oi</body>',
    { body: 'hi', language: 'en', bodies: { de: 'hallo', 'pt-BR': 'oi' } }, 'xml:lang="en"'],
  ['bodies of which the second says no language', '<body xml:lang="de">hallo</body><body>hi</body><body>ho</body>', { body: 'hallo', language: 'de', bodies: { '': 'hi' } }],
  ['bodies in the same language', '<body>hi</body><body>ho</body>', { body: 'hi' }],
  ['a body of somebody else', '<body>hi</body><body xmlns="urn:example">ho</body>', { body: 'hi' }],

  ['the quote of a reply', `<body>q\na</body><reply xmlns="${REPLY}" id="r"/>${FALLBACK('<body start="0" end="2"/>')}`,
    { body: 'q\na', fallback: [{ for: REPLY, start: 0, end: 2 }], repliesTo: 'r' }],
  ['the quote of a reply as older clients mark it', `<body>q\na</body>${FALLBACK('<body start="0" end="2"/>', REPLY, 'urn:xmpp:feature-fallback:0')}`,
    { body: 'q\na', fallback: [{ for: REPLY, start: 0, end: 2 }] }],
  ['a fallback that says nothing', `<body>a</body>${FALLBACK('', '')}`, { body: 'a', fallback: [{ for: '' }] }],
  ['a fallback without bounds', `<body>a</body>${FALLBACK('<body/>')}`, { body: 'a', fallback: [{ for: REPLY }] }],
  ['a fallback for the subject', `<body>a</body>${FALLBACK('<subject/>')}`, { body: 'a' }],
  ['a fallback with more than one stretch', `<body>a</body>${FALLBACK('<body end="1"/><body start="3"/>')}`,
    { body: 'a', fallback: [{ for: REPLY, end: 1 }, { for: REPLY, start: 3 }] }],
  ['a fallback beyond the body', `<body>a</body>${FALLBACK('<body start="7" end="4294967295"/>')}`, { body: 'a', fallback: [{ for: REPLY, start: 7, end: 4294967295 }] }],
  ['fallbacks with bounds that are none', `<body>a</body>${['-1', '1.5', 'x', '1e3', '99999999999'].map(end => FALLBACK(`<body start="0" end="${end}"/>`)).join('')}`, { body: 'a' }],
  ['a fallback without a body', FALLBACK('<body/>'), {}],

  ['an unstyled text', '<body>&gt; _ &lt;</body><unstyled xmlns="urn:xmpp:styling:0"/>', { body: '> _ <', unstyled: true }],
  ['a spoiler', '<body>a</body><spoiler xmlns="urn:xmpp:spoiler:0"/>', { body: 'a', spoiler: '' }],
  ['a spoiler with hints in languages', '<body xml:lang="ca">a</body><spoiler xmlns="urn:xmpp:spoiler:0" xml:lang="en">end</spoiler><spoiler xmlns="urn:xmpp:spoiler:0" xml:lang="ca"> fi </spoiler>',
    { body: 'a', language: 'ca', spoiler: 'fi' }],

  ['an address beside a text', '<body>look</body><x xmlns="jabber:x:oob"><url> https://example.org/a </url><desc>A</desc></x><x xmlns="jabber:x:oob"><url/></x>',
    { body: 'look', files: [{ url: 'https://example.org/a', description: 'A' }] }],
  ['an address that is no link', '<x xmlns="jabber:x:oob"><url>javascript:alert(1)</url></x>', { files: [{ url: 'javascript:alert(1)' }] }],

  ['people named by their addresses in the room', `<body>bob, alice</body>${mention(`xmpp:${LAB}/B%C3%B6b?x`, '0', '3')}${mention(`xmpp:${LAB}/carol`, 'x', '3')}`,
    { body: 'bob, alice', mentions: [{ start: 0, end: 3, nick: 'Böb' }, { nick: 'carol' }] }],
  ['people named by real addresses, which stay in the stanza', `<body>bob</body>${mention('xmpp:bob@example.org', '0', '3')}${mention('xmpp:carol@example.org', '', '')}`,
    { body: 'bob', mentions: [{ start: 0, end: 3 }] }],
  ['addresses that cannot be read', `<body>bob</body>${mention('xmpp:%FF/%', '0', '3')}${mention('https://example.org', '1', '2')}`,
    { body: 'bob', mentions: [{ start: 0, end: 3 }, { start: 1, end: 2 }] }],
  ['people named by occupant-ids', '<body xml:lang="en">Alice</body><mention xmlns="urn:xmpp:mentions:0" begin="0" end="5" occupantid="o"/>' +
    '<mention xmlns="urn:xmpp:mentions:0" begin="0" end="5" occupantid="p" hreflang="de"/><mention xmlns="urn:xmpp:mentions:0" mentions="urn:xmpp:mentions:0#channel"/>' +
    '<mention xmlns="urn:xmpp:mentions:0" jid="alice@example.org"/>',
  { body: 'Alice', language: 'en', mentions: [{ start: 0, end: 5, occupant: 'o' }, { occupant: 'p' }] }],

  ['an encrypted text, and nothing beside it but what it answers', `<body>a</body><encrypted xmlns="urn:xmpp:omemo:2"/><spoiler xmlns="urn:xmpp:spoiler:0"/><reply xmlns="${REPLY}" id="r"/>${FALLBACK('<body/>')}`,
    { encrypted: 'urn:xmpp:omemo:2', repliesTo: 'r' }]
]

function mention (uri: string, begin: string, end: string): string {
  return `<reference xmlns="urn:xmpp:reference:0" type="mention" uri="${uri}" begin="${begin}" end="${end}"/>`
}

for (const [name, payloads, content, attributes] of CONTENTS) {
  test(`read from a message: ${name}`, () => {
    assert.deepEqual(contentOf(payloads, attributes), content)
  })
}

test('all of it has the documented form, also as a correction of something and with reactions to it', () => {
  const placed = (fields: Partial<ArchivedEvent>): ArchivedEvent => {
    const event = message(fields)
    return { ...event, ...fields, _id: eventId(event.room, 'talk', event.time), anchor: 't071409' }
  }
  for (const [, , content] of CONTENTS) {
    const original = placed({ message: 'm' })
    const correction = placed({ uid: 'uid-2', body: 'corrected', ...content, time: shift(original.time, 1), replaces: 'm', appliesTo: original.uid })
    const reaction = placed({ uid: 'uid-3', time: shift(original.time, 2), reactsTo: original.uid, reactions: ['👍'] })
    const { standing } = standingOf(original, [correction, reaction])
    assert.ok(standing?.latest !== undefined && standing.reactions !== undefined)
    assertFormat(correction)
    assertFormat({ ...original, standing })
  }
})

test('a subject is read like a body', () => {
  assert.deepEqual(contentOf('<subject xml:lang="en">a</subject><subject xml:lang="de">b</subject>', '', 'subject'), { body: 'a', language: 'en', bodies: { de: 'b' } })
})

test('what somebody sends too much of stays in the stanza only', () => {
  const many = (n: number, one: (n: number) => string) => Array.from({ length: n }, (_, at) => one(at)).join('')
  const long = 'x'.repeat(5_000)
  const content = contentOf([
    '<body>a</body>',
    many(100, n => `<body xml:lang="l${n}">b</body>`),
    many(100, n => FALLBACK(`<body start="${n}"/>`)),
    FALLBACK('', long),
    many(100, n => `<x xmlns="jabber:x:oob"><url>https://example.org/${n}</url></x>`),
    `<x xmlns="jabber:x:oob"><url>https://example.org/${long}</url></x>`,
    many(100, n => mention(`xmpp:${LAB}/n${n}`, '0', '1')),
    `<mention xmlns="urn:xmpp:mentions:0" occupantid="${long}"/>`,
    `<spoiler xmlns="urn:xmpp:spoiler:0">${'🧛'.repeat(5_000)}</spoiler>`,
    `<reply xmlns="${REPLY}" id="${long}"/>`
  ].join(''))
  const { bodies = {}, fallback, files, mentions } = content
  assert.deepEqual([Object.keys(bodies).length, fallback?.length, files?.length, mentions?.length], [10, 32, 50, 50])
  assert.equal(content.spoiler, '🧛'.repeat(250))
  assert.equal(content.repliesTo, undefined)
  const reactions = heard(`<reactions xmlns="urn:xmpp:reactions:0" id="u">${many(100, n => `<reaction>r${n}</reaction>`)}<reaction>${long}</reaction></reactions>`)
  assert.equal(reactions?.reactions?.length, 50)
  const references = `<replace xmlns="urn:xmpp:message-correct:0" id="${long}"/><retract xmlns="urn:xmpp:message-retract:1" id="${long}"/>`
  assert.deepEqual(heard(`<body>a</body>${references}`), { body: 'a' })
})

const RETRACTIONS: ReadonlyArray<readonly [name: string, payloads: string, ofRoom: object, ofSomebody: object]> = [
  ['a retraction', '<retract xmlns="urn:xmpp:message-retract:1" id="u"/>', { retracts: 'u' }, { retracts: 'u' }],
  ['an older retraction', '<apply-to xmlns="urn:xmpp:fasten:0" id="u"><retract xmlns="urn:xmpp:message-retract:0"/></apply-to>', { retracts: 'u' }, { retracts: 'u' }],
  ['a retraction of MongooseIM', '<apply-to xmlns="urn:xmpp:fasten:0" id="u"><retract xmlns="urn:esl:message-retract-by-stanza-id:0"/></apply-to>', { retracts: 'u' }, { retracts: 'u' }],
  ['a moderation', `<retract xmlns="urn:xmpp:message-retract:1" id="u"><moderated xmlns="urn:xmpp:message-moderate:1" by="${LAB}/Carol"/><reason> spam </reason></retract>`,
    { retracts: 'u', actor: 'Carol', reason: 'spam' }, {}],
  ['a moderation by a real address', '<retract xmlns="urn:xmpp:message-retract:1" id="u"><moderated xmlns="urn:xmpp:message-moderate:1" by="carol@example.org/phone"/></retract>', { retracts: 'u' }, {}],
  ['an older moderation', `<apply-to xmlns="urn:xmpp:fasten:0" id="u"><moderated xmlns="urn:xmpp:message-moderate:0" by="${LAB}/Carol"><retract xmlns="urn:xmpp:message-retract:0"/><reason>spam</reason></moderated></apply-to>`,
    { retracts: 'u', actor: 'Carol', reason: 'spam' }, {}],
  ['a moderation of nothing', '<retract xmlns="urn:xmpp:message-retract:1"><moderated xmlns="urn:xmpp:message-moderate:1"/></retract>', {}, {}]
]

for (const [name, payloads, ofRoom, ofSomebody] of RETRACTIONS) {
  test(`${name} is one from the room, and from others only where it is none of a moderator`, () => {
    assert.deepEqual(heard(payloads, ''), ofRoom)
    assert.deepEqual(heard(payloads), ofSomebody)
  })
}

test('a reaction is told once however often it is sent', () => {
  assert.deepEqual(heard('<reactions xmlns="urn:xmpp:reactions:0" id="u"><reaction>👍</reaction><reaction>👍 </reaction></reactions>'), { reactsTo: 'u', reactions: ['👍'] })
  assert.deepEqual(heard('<reactions xmlns="urn:xmpp:reactions:0" id="u"/>'), { reactsTo: 'u', reactions: [] })
  assert.deepEqual(heard('<reactions xmlns="urn:xmpp:reactions:0"><reaction>👍</reaction></reactions>'), {})
})

test('payloads that nobody understands are in the stanza as they came', () => {
  const payload = '<rdf:Description xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:og="https://ogp.me/ns#" rdf:about="https://example.org"><og:title>a &amp; b</og:title></rdf:Description><poll xmlns="urn:example:poll"/>'
  assert.ok(hearMessage(parseXml(groupchat('alice', `<body>a</body>${payload}`)), LAB, 'alice', TRUSTING)?.fields.stanza.includes(payload))
})

test('whatever is in these elements is read without a fault, and is plain data', () => {
  const name = fc.constantFrom('body', 'fallback', 'reference', 'mention', 'file-sharing', 'media-sharing', 'file', 'sources', 'url-data', 'spoiler', 'x', 'url', 'hash', 'size', 'name')
  const xmlns = fc.constantFrom('', 'jabber:x:oob', 'urn:xmpp:sfs:0', 'urn:xmpp:sims:1', 'urn:xmpp:reference:0', 'urn:xmpp:mentions:0', 'urn:xmpp:fallback:0', 'urn:xmpp:spoiler:0', 'urn:xmpp:hashes:2', 'urn:xmpp:file:metadata:0')
  const value = fc.constantFrom('', '0', '3', '-1', 'x', 'mention', 'data', 'xmpp:', `xmpp:${LAB}/%`, 'https://example.org', 'constructor', 'en')
  const { element } = fc.letrec<{ element: string }>(tie => ({
    element: fc.tuple(name, xmlns, fc.dictionary(fc.constantFrom('begin', 'end', 'start', 'type', 'uri', 'target', 'algo', 'id', 'for', 'xml:lang', 'occupantid'), value),
      fc.oneof({ depthSize: 'small' }, fc.constantFrom('', 'text', '🧛', '12'), fc.array(tie('element'), { maxLength: 3 }).map(all => all.join(''))))
      .map(([tag, ns, attributes, inside]) => `<${tag}${ns === '' ? '' : ` xmlns="${ns}"`}${Object.entries(attributes).map(([key, text]) => ` ${key}="${text}"`).join('')}>${inside}</${tag}>`)
  }))
  fc.assert(fc.property(fc.array(element), elements => {
    const content = contentOf(elements.join(''))
    assert.deepEqual(JSON.parse(JSON.stringify(content)), content)
  }))
})
