import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseXml } from '../../src/xmpp/element.ts'
import { traceOf } from '../../src/xmpp/stanza-trace.ts'

describe('a trace', () => {
  const cases = [
    ['<handshake>abc</handshake>', '<handshake>…3</handshake>'],
    ["<auth mechanism='PLAIN'>AGE=</auth>", '<auth mechanism="PLAIN">…4</auth>'],
    ["<message from='a@b'><body>a secret</body><x><password>p</password></x></message>", '<message from="a@b"><body>…8</body><x><password>…1</password></x></message>'],
    ["<resume h='1' previd='key'/>", '<resume h="1" previd="…"/>'],
    ["<enabled id='key' resume='true'/>", '<enabled id="…" resume="true"/>'],
    ["<token token='key' expiry='1'/>", '<token token="…" expiry="1"/>'],
    ["<iq id='1'/>", '<iq id="1"/>']
  ] as const
  for (const [xml, expected] of cases) {
    it(`of ${xml} tells nothing that was said and nothing that lets in`, () => { assert.equal(traceOf(parseXml(xml)), expected) })
  }
})
