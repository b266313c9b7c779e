import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseXml } from '../../src/xmpp/element.ts'
import { buildStanzaId, originIdOf, stanzaIdBy, stanzaIdsBy } from '../../src/xmpp/stanza-id.ts'

const ROOM = 'lab@conference.example.org'
const id = (by: string, id: string): string => `<stanza-id xmlns='urn:xmpp:sid:0' by='${by}' id='${id}'/>`
const message = (inner: string): ReturnType<typeof parseXml> => parseXml(`<message xmlns='jabber:client'>${inner}</message>`)

describe('a stanza id', () => {
  const cases: Array<[string, string, string | undefined]> = [
    ['one by the room', id(ROOM, 'a'), 'a'],
    ['none', '', undefined],
    ['one by another', id('other@conference.example.org', 'a'), undefined],
    ['one by the room and one by another', id('alice@example.org', 'x') + id(ROOM, 'a'), 'a'],
    ['one by the room in another spelling', id('LAB@Conference.Example.ORG', 'a'), 'a'],
    ['two by the room', id(ROOM, 'a') + id(ROOM, 'b'), undefined],
    ['two by the room in different spellings', id(ROOM, 'a') + id('Lab@conference.example.org', 'a'), undefined],
    ['one by an occupant', id(`${ROOM}/nick`, 'a'), undefined],
    ['an empty one', id(ROOM, ''), undefined],
    ['one by something that is no address', id('@@', 'a'), undefined],
    ['one in another namespace', `<stanza-id xmlns='urn:example' by='${ROOM}' id='a'/>`, undefined]
  ]
  for (const [what, inner, expected] of cases) {
    it(`by the room is ${expected ?? 'not known'} with ${what}`, () => { assert.equal(stanzaIdBy(message(inner), ROOM), expected) })
  }

  it('is found in every spelling, to be removed', () => {
    assert.equal(stanzaIdsBy(message(id(ROOM, 'a') + id('LAB@conference.example.org', 'b') + id('x@y', 'c')), ROOM).length, 2)
  })

  it('is written as it is read', () => {
    const stanza = message('')
    stanza.append(buildStanzaId('<a>', ROOM))
    assert.equal(stanzaIdBy(stanza, ROOM), '<a>')
  })
})

describe('an origin id', () => {
  it('is the text that the sender gave', () => {
    assert.equal(originIdOf(message("<origin-id xmlns='urn:xmpp:sid:0' id='o'/>")), 'o')
    assert.equal(originIdOf(message("<origin-id xmlns='urn:xmpp:sid:0'/>")), undefined)
  })
})
