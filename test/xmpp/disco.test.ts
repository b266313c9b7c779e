import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { buildForm, valueOf } from '../../src/xmpp/data-form.ts'
import { buildInfo, buildInfoRequest, buildItems, buildItemsRequest, parseInfo, parseItems } from '../../src/xmpp/disco.ts'
import { parseXml, xml } from '../../src/xmpp/element.ts'
import { readScenes } from '../helpers/captures.ts'

describe('disco#info', () => {
  it('is read as it is written', () => {
    const forms = [buildForm('result', 'urn:example:form', [{ var: 'f', values: ['v'] }])]
    const payload = buildInfo([{ category: 'conference', type: 'text', name: 'Lab <room>' }, { category: 'component', type: 'generic' }], ['urn:xmpp:mam:2', 'urn:xmpp:mam:2'], { node: 'n', forms })
    assert.equal(payload.attrs['node'], 'n')
    const info = parseInfo(xml('iq', {}, payload))
    assert.deepEqual(info.identities, [{ category: 'conference', type: 'text', name: 'Lab <room>' }, { category: 'component', type: 'generic' }])
    assert.deepEqual([...info.features], ['http://jabber.org/protocol/disco#info', 'urn:xmpp:mam:2'])
    assert.equal(valueOf(info.forms[0], 'f'), 'v')
  })

  it('that is missing is empty', () => {
    assert.deepEqual(parseInfo(parseXml("<iq xmlns='jabber:client' type='result'/>")), { identities: [], features: new Set(), forms: [] })
  })

  for (const server of ['prosody', 'ejabberd'] as const) {
    it(`of rooms of ${server} says what they are`, () => {
      const rooms = readScenes(server).flatMap(({ steps }) => steps)
        .filter(({ direction, stanza }) => direction === 'received' && stanza.name === 'iq' && stanza.attrs['from'] === 'lab@conference.localhost')
        .map(({ stanza }) => parseInfo(stanza))
        .filter(({ features }) => features.size > 0)
      assert.ok(rooms.length > 0)
      for (const { identities, features, forms } of rooms) {
        assert.equal(identities[0]?.category, 'conference')
        assert.ok(features.has('http://jabber.org/protocol/muc'))
        assert.ok(forms.some(({ formType }) => formType === 'http://jabber.org/protocol/muc#roominfo'))
      }
    })
  }

  it('is asked of an address and a node', () => {
    assert.equal(buildInfoRequest('a@b', 'n').toString(), '<iq type="get" to="a@b"><query xmlns="http://jabber.org/protocol/disco#info" node="n"/></iq>')
  })
})

describe('disco#items', () => {
  it('are read as they are written', () => {
    const items = [{ jid: 'a@b', name: 'A & B' }, { jid: 'c@d', node: 'n' }]
    assert.deepEqual(parseItems(xml('iq', {}, buildItems(items))), items)
    assert.deepEqual(parseItems(xml('iq')), [])
  })

  it('without an address are left out', () => {
    assert.deepEqual(parseItems(parseXml("<iq xmlns='jabber:client'><query xmlns='http://jabber.org/protocol/disco#items'><item name='x'/><item jid='a@b'/></query></iq>")), [{ jid: 'a@b' }])
  })

  it('are asked of an address', () => {
    assert.equal(buildItemsRequest('b').toString(), '<iq type="get" to="b"><query xmlns="http://jabber.org/protocol/disco#items"/></iq>')
  })
})
