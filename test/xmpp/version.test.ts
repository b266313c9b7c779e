import assert from 'node:assert/strict'
import test from 'node:test'
import { buildVersion } from '../../src/xmpp/version.ts'

test('a program tells its name and version', () => {
  assert.equal(String(buildVersion({ name: 'A & B', version: '1.2.3' })),
    '<query xmlns="jabber:iq:version"><name>A &amp; B</name><version>1.2.3</version></query>')
})
