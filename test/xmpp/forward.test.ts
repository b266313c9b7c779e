import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseXml, xml } from '../../src/xmpp/element.ts'
import { buildForwarded, parseForwarded } from '../../src/xmpp/forward.ts'
import { serialize } from '../../src/xmpp/serialize.ts'

describe('a forwarded message', () => {
  it('is written in jabber:client, with its time, and read back', () => {
    const message = xml('message', { type: 'groupchat', from: 'r@c/n' }, xml('body', {}, 'hi'))
    const result = xml('result', { xmlns: 'urn:xmpp:mam:2' }, buildForwarded(message, 5_000_000))
    assert.equal(serialize(result), '<result xmlns="urn:xmpp:mam:2"><forwarded xmlns="urn:xmpp:forward:0"><delay xmlns="urn:xmpp:delay" stamp="1970-01-01T00:00:05.000000Z"/>' +
      '<message type="groupchat" from="r@c/n" xmlns="jabber:client"><body>hi</body></message></forwarded></result>')
    const forwarded = parseForwarded(result)
    assert.equal(forwarded?.stanza.attrs['from'], 'r@c/n')
    assert.deepEqual(forwarded?.delay, { stamp: 5_000_000, from: undefined })
    assert.equal(message.attrs['xmlns'], undefined)
  })

  it('is none when there is not exactly one', () => {
    const read = (inner: string): unknown => parseForwarded(parseXml(`<result xmlns='urn:xmpp:mam:2'>${inner}</result>`))
    assert.equal(read(''), undefined)
    assert.equal(read("<forwarded xmlns='urn:xmpp:forward:0'/>"), undefined)
    assert.equal(read("<forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client'/><message xmlns='jabber:client'/></forwarded>"), undefined)
  })
})
