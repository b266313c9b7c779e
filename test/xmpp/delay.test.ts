import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { buildDelay, parseDelays } from '../../src/xmpp/delay.ts'
import { parseXml, xml } from '../../src/xmpp/element.ts'

const message = (inner: string): ReturnType<typeof parseXml> => parseXml(`<message xmlns='jabber:client'>${inner}</message>`)

describe('a delay', () => {
  it('is read in microseconds with who claims it', () => {
    assert.deepEqual(parseDelays(message("<delay xmlns='urn:xmpp:delay' from='lab@c.example' stamp='2026-11-21T07:07:46.507573Z'/>")),
      [{ stamp: Date.UTC(2026, 10, 21, 7, 7, 46) * 1000 + 507573, from: 'lab@c.example' }])
  })

  it('of the legacy form comes after those of today', () => {
    const both = message("<x xmlns='jabber:x:delay' stamp='20020910T23:08:25' from='r@c'/><delay xmlns='urn:xmpp:delay' stamp='2002-09-10T23:08:26Z'/>")
    assert.deepEqual(parseDelays(both), [
      { stamp: Date.UTC(2002, 8, 10, 23, 8, 26) * 1000, from: undefined },
      { stamp: Date.UTC(2002, 8, 10, 23, 8, 25) * 1000, from: 'r@c' }
    ])
  })

  it('that cannot be read is none', () => {
    for (const stamp of ['', 'yesterday', '2026-13-01T00:00:00Z', '2026-11-21T07:07:46', '20020910T23:08:25']) {
      assert.deepEqual(parseDelays(message(`<delay xmlns='urn:xmpp:delay' stamp='${stamp}'/>`)), [])
    }
    assert.deepEqual(parseDelays(message("<delay xmlns='urn:xmpp:delay'/><delay xmlns='urn:example' stamp='2026-11-21T07:07:46Z'/><x xmlns='jabber:x:delay' stamp='2002'/>")), [])
  })

  it('is written as it is read', () => {
    assert.deepEqual(parseDelays(xml('message', {}, buildDelay(1_000_001, 'a@b'))), [{ stamp: 1_000_001, from: 'a@b' }])
    assert.equal(buildDelay(1_000_001).toString(), '<delay xmlns="urn:xmpp:delay" stamp="1970-01-01T00:00:01.000001Z"/>')
  })
})
