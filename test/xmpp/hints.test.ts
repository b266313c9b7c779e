import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseXml, xml } from '../../src/xmpp/element.ts'
import { buildHint, forbidsRecord } from '../../src/xmpp/hints.ts'

const message = (hint: string, type = 'groupchat'): ReturnType<typeof parseXml> => parseXml(`<message xmlns='jabber:client' type='${type}'><body>x</body>${hint}</message>`)

describe('a processing hint', () => {
  for (const name of ['no-store', 'no-permanent-store', 'no-storage', 'no-permanent-storage']) {
    it(`${name} forbids the record`, () => {
      assert.equal(forbidsRecord(message(`<${name} xmlns='urn:xmpp:hints'/>`)), true)
      assert.equal(forbidsRecord(message(`<${name} xmlns='urn:xmpp:hints'/>`, 'error')), false)
      assert.equal(forbidsRecord(message(`<${name} xmlns='urn:example'/>`)), false)
    })
  }

  it('store does not override one that forbids', () => {
    assert.equal(forbidsRecord(message("<store xmlns='urn:xmpp:hints'/><no-store xmlns='urn:xmpp:hints'/>")), true)
  })

  it('no-copy says nothing about the record', () => {
    assert.equal(forbidsRecord(xml('message', {}, buildHint('no-copy'))), false)
  })
})
