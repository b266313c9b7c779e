import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseXml } from '../../src/xmpp/element.ts'
import { isEphemeral } from '../../src/xmpp/ephemeral.ts'

const CASES: ReadonlyArray<readonly [ephemeral: boolean, inner: string]> = [
  [true, "<ephemeral xmlns='urn:xmpp:ephemeral:0' timer='60'/>"],
  [true, "<ephemeral xmlns='urn:xmpp:ephemeral:0' timer='0.5'/>"],
  [true, "<ephemeral xmlns='urn:xmpp:ephemeral:0' timer='-1'/>"],
  [true, "<ephemeral xmlns='urn:xmpp:ephemeral:0' timer=''/>"],
  [true, "<ephemeral xmlns='urn:xmpp:ephemeral:0'/>"],
  [false, "<ephemeral xmlns='urn:xmpp:ephemeral:0' timer='0'/>"],
  [false, "<ephemeral xmlns='urn:xmpp:ephemeral:0' timer=' 00.0 '/>"],
  [false, "<ephemeral xmlns='urn:example' timer='60'/>"],
  [false, "<i-want-out xmlns='urn:xmpp:ephemeral:0'/>"],
  [false, "<x xmlns='urn:example'><ephemeral xmlns='urn:xmpp:ephemeral:0' timer='60'/></x>"],
  [false, '']
]

describe('a message', () => {
  for (const [ephemeral, inner] of CASES) {
    it(`${ephemeral ? 'vanishes' : 'stays'} with ${inner === '' ? 'nothing about it' : inner}`, () => {
      assert.equal(isEphemeral(parseXml(`<message xmlns='jabber:client'><body>x</body>${inner}</message>`)), ephemeral)
    })
  }
})
