import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { cutStanza } from '../../src/rooms/cut-stanza.ts'
import { contentIn } from '../../src/rooms/content.ts'
import { withoutQuote } from '../../src/model/quote.ts'
import type { ArchivedEvent, EventId } from '../../src/model/event.ts'
import { parseXml, xml } from '../../src/xmpp/element.ts'
import { toXml } from '../../src/xmpp/serialize.ts'
import { message } from '../helpers/events.ts'
import { LAB } from '../helpers/fake-room-server.ts'

const REMOVED = ['the secret']
const stanza = (payloads: string) => `<message type="groupchat" from="${LAB}/alice" id="i" xmlns="jabber:client">${payloads}</message>`
const REPLY = '<reply xmlns="urn:xmpp:reply:0" id="u" to="x"/>'
const FALLBACK = (children: string, purpose = 'urn:xmpp:reply:0') => `<fallback xmlns="urn:xmpp:fallback:0" for="${purpose}">${children}</fallback>`
const OTHER = '<x xmlns="urn:example" y="a&#9;b">the secret &amp; &lt;b&gt;</x>'
const QUOTED = '&gt; the secret\n'

const CUTS: ReadonlyArray<readonly [name: string, before: string, after: string]> = [
  ['a marked quote', `<body>${QUOTED}yes</body>${REPLY}${FALLBACK('<body start="0" end="13"/>')}${OTHER}`, `<body>yes</body>${REPLY}${OTHER}`],
  ['a marked quote of other words', `<body>something\nyes</body>${REPLY}${FALLBACK('<body start="0" end="10"/>')}${OTHER}`, `<body>yes</body>${REPLY}${OTHER}`],
  ['a quote without a mark', `<body>${QUOTED}yes</body>${OTHER}`, `<body>yes</body>${OTHER}`],
  ['a quote in one of the languages', `<body>yes</body>${OTHER}<body xml:lang="de">${QUOTED}ja</body>`, `<body>yes</body>${OTHER}<body xml:lang="de">ja</body>`],
  ['one fallback of several', `<body>${QUOTED}yes [poll]</body>${FALLBACK('<body start="17" end="23"/>', 'urn:example')}${FALLBACK('<body start="0" end="13"/><subject/>')}`,
    `<body>yes [poll]</body>${FALLBACK('<body start="4" end="10"/>', 'urn:example')}${FALLBACK('<subject/>')}`],
  ['people named behind it', `<body>${QUOTED}bob</body><reference xmlns="urn:xmpp:reference:0" begin="13" end="16" type="mention"/><mention xmlns="urn:xmpp:mentions:0" begin="6" end="12" occupantid="o"/>`,
    '<body>bob</body><reference xmlns="urn:xmpp:reference:0" begin="0" end="3" type="mention"/><mention xmlns="urn:xmpp:mentions:0" occupantid="o"/>'],
  ['a body that is nothing else', `<body>the secret</body>${FALLBACK('')}${OTHER}`, `<body/>${FALLBACK('').replace('></fallback>', '/>')}${OTHER}`],
  ['the same text once more', `<body>${QUOTED}yes</body><html xmlns="http://jabber.org/protocol/xhtml-im"><body xmlns="http://www.w3.org/1999/xhtml"><blockquote>the secret</blockquote></body></html>${OTHER}`, `<body>yes</body>${OTHER}`]
]

for (const [name, before, after] of CUTS) {
  test(`${name} is cut out of a stanza, and all else stays`, () => {
    assert.equal(cutStanza(stanza(before), REMOVED), stanza(after))
  })
}

test('a stanza that quotes nothing stays as it is, whatever it looks like', () => {
  for (const payloads of ['<body>yes</body>', `<body>the secret</body>${OTHER}`, "<body a='1' ></body>", '']) {
    assert.equal(cutStanza(stanza(payloads), REMOVED), stanza(payloads))
  }
})

test('one that cannot be read is none', () => {
  assert.equal(cutStanza('<message>', REMOVED), undefined)
})

test('the record and its stanza are cut alike', () => {
  const line = fc.constantFrom('> the secret', '> alice wrote:', '>> the secret', '> 🧛', 'yes 🧛', '')
  const bound = fc.nat(40)
  const fallbacks = fc.array(fc.tuple(fc.constantFrom('urn:xmpp:reply:0', 'urn:example'), bound, bound), { maxLength: 3 })
  fc.assert(fc.property(fc.array(line), fallbacks, fc.tuple(bound, bound), (lines, stretches, [begin, end]) => {
    const sent = xml('message', { xmlns: 'jabber:client' }, xml('body', {}, lines.join('\n')),
      stretches.map(([purpose, start, stop]) => xml('fallback', { xmlns: 'urn:xmpp:fallback:0', for: purpose }, xml('body', { start, end: stop }))),
      xml('reference', { xmlns: 'urn:xmpp:reference:0', type: 'mention', uri: `xmpp:${LAB}/bob`, begin, end }))
    const event: ArchivedEvent = { ...message(contentIn(parseXml(toXml(sent)), 'message', LAB)), stanza: toXml(sent), _id: 'i' as EventId, anchor: 't' }
    const { stanza: rest = '', ...cut } = withoutQuote(event, REMOVED, cutStanza)
    assert.deepEqual(contentIn(parseXml(rest), 'message', LAB), contentOnly(cut))
  }))
})

function contentOnly ({ body, fallback, mentions }: Omit<ArchivedEvent, 'stanza'>): object {
  return { body, ...(fallback === undefined ? {} : { fallback }), ...(mentions === undefined ? {} : { mentions }) }
}
