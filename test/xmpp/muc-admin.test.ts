import assert from 'node:assert/strict'
import test from 'node:test'
import { parseXml } from '../../src/xmpp/element.ts'
import { buildAffiliationRequest, parseAffiliationList } from '../../src/xmpp/muc-admin.ts'
import { LAB } from '../helpers/fake-room-server.ts'

function list (items: string, xmlns = 'http://jabber.org/protocol/muc#admin'): ReturnType<typeof parseXml> {
  return parseXml(`<iq type="result" from="${LAB}"><query xmlns="${xmlns}">${items}</query></iq>`)
}

test('a list is asked for by its affiliation', () => {
  assert.equal(buildAffiliationRequest(LAB, 'member').toString(),
    `<iq type="get" to="${LAB}"><query xmlns="http://jabber.org/protocol/muc#admin"><item affiliation="member"/></query></iq>`)
})

test('a list is read as bare addresses in their normal form, domains too', () => {
  assert.deepEqual(parseAffiliationList(list(
    '<item affiliation="outcast" jid="Kim@Example.NET/phone" nick="k"><reason>why</reason></item><item affiliation="outcast" jid="bad.example"/>'
  ), 'outcast'), ['kim@example.net', 'bad.example'])
})

test('what is no entry of the list that was asked for is left out', () => {
  for (const items of [
    '', '<item/>', '<item affiliation="member"/>', '<item affiliation="member" jid=""/>', '<item affiliation="member" jid="a b@c"/>',
    '<item affiliation="owner" jid="kim@example.net"/>', '<item jid="kim@example.net"/>',
    '<item xmlns="urn:example" affiliation="member" jid="kim@example.net"/>', '<x><item affiliation="member" jid="kim@example.net"/></x>'
  ]) assert.deepEqual(parseAffiliationList(list(items), 'member'), [], items)
})

test('a result without a list is not an empty list', () => {
  const elsewhere = list('<item affiliation="member" jid="kim@example.net"/>', 'http://jabber.org/protocol/muc#user')
  assert.equal(parseAffiliationList(elsewhere, 'member'), undefined)
  assert.equal(parseAffiliationList(parseXml('<iq type="result"/>'), 'member'), undefined)
})
