import assert from 'node:assert/strict'
import test from 'node:test'
import { parseXml } from '../../src/xmpp/element.ts'
import { parseHats } from '../../src/xmpp/hats.ts'

function hatsOf (payloads: string): unknown {
  return parseHats(parseXml(`<presence xmlns="jabber:client">${payloads}</presence>`))
}

test('hats are told by uri and title, in the form of the specification and in that of Prosody', () => {
  const hats = '<hat uri="urn:example:host" title=" Host " hue="3"><badge xmlns="urn:example"/></hat><hat title="none"/><hat uri="urn:example:x"/><hat uri="urn:example:host" title="Host"/>'
  for (const xmlns of ['urn:xmpp:hats:0', 'xmpp:prosody.im/protocol/hats:1']) {
    assert.deepEqual(hatsOf(`<hats xmlns="${xmlns}">${hats}</hats>`), [{ uri: 'urn:example:host', title: 'Host' }])
  }
  assert.deepEqual(hatsOf('<hats xmlns="xmpp:prosody.im/protocol/hats:1"><hat id="urn:example:host" title="Host"/></hats>'), [{ uri: 'urn:example:host', title: 'Host' }])
})

test('nobody wears hats that are none, or more than a head carries', () => {
  assert.deepEqual(hatsOf(''), [])
  assert.deepEqual(hatsOf('<hats xmlns="urn:example"><hat uri="a" title="b"/></hats>'), [])
  const many = Array.from({ length: 99 }, (_, n) => `<hat uri="urn:${n}" title="${'t'.repeat(999)}"/>`).join('')
  const hats = hatsOf(`<hats xmlns="urn:xmpp:hats:0">${many}</hats>`) as Array<{ title: string }>
  assert.deepEqual([hats.length, hats[0]?.title.length], [20, 100])
})
