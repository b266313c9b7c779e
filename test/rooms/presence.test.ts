import assert from 'node:assert/strict'
import test from 'node:test'
import { createOccupants } from '../../src/rooms/occupants.ts'
import { hearPresence } from '../../src/rooms/presence.ts'
import type { HeardPresence } from '../../src/rooms/presence.ts'
import { parseXml } from '../../src/xmpp/element.ts'
import { joinError, presence } from '../helpers/fake-room-server.ts'

const INFO = { name: undefined, description: undefined, isOpen: true, hasMam: true, hasStanzaIds: true, hasOccupantIds: true }
const OCCUPANT = '<occupant-id xmlns="urn:xmpp:occupant-id:0" id="o1"/>'

function hear (stanza: string, info = INFO): HeardPresence | undefined {
  return hearPresence(parseXml(stanza), 'alice', info)
}

test('an available presence gives role, affiliation, real address and status codes', () => {
  const heard = hear(presence('alice', { role: 'moderator', affiliation: 'owner', item: 'jid="alice@example.org/phone"', status: [110, 100] }))
  assert.equal(heard?.type, 'available')
  assert.equal(heard.role, 'moderator')
  assert.equal(heard.affiliation, 'owner')
  assert.equal(heard.jid, 'alice@example.org/phone')
  assert.deepEqual(heard.status, new Set([110, 100]))
})

test('hats are told of who joins, and of nobody else', () => {
  const heard = hear(presence('alice', { more: '<hats xmlns="urn:xmpp:hats:0"><hat uri="urn:example:host" title="Host"/></hats>' }))
  assert.ok(heard !== undefined)
  const hats = [{ uri: 'urn:example:host', title: 'Host' }]
  assert.deepEqual(heard.hats, hats)
  const occupants = createOccupants()
  assert.deepEqual(occupants.hear(heard)?.hats, hats)
  assert.equal(occupants.hear({ ...heard, role: 'moderator' })?.hats, undefined)
  assert.ok(!('hats' in (hear(presence('alice', {})) ?? {})))
})

test('a real address that is none is not taken', () => {
  assert.equal(hear(presence('alice', { item: 'jid="@@"' }))?.jid, undefined)
})

test('the new nick counts only in a nick change', () => {
  assert.equal(hear(presence('alice', { type: 'unavailable', item: 'nick="bob"', status: [303] }))?.newNick, 'bob')
  assert.equal(hear(presence('alice', { type: 'unavailable', item: 'nick="bob"' }))?.newNick, undefined)
})

test('who leaves gives a reason in the status; a status text of who stays is none', () => {
  assert.equal(hear(presence('alice', { type: 'unavailable', more: '<status>bye</status>' }))?.reason, 'bye')
  assert.equal(hear(presence('alice', { more: '<status>busy</status>' }))?.reason, undefined)
})

test('the reason of a moderator stands above the status of the one who goes, and the actor is a nick, never an address', () => {
  const by = (actor: string) => `<presence type="unavailable" from="lab@conference.localhost/alice"><x xmlns="http://jabber.org/protocol/muc#user">
    <item affiliation="none" role="none">${actor}<reason>spam</reason></item><status code="307"/></x><status>my words</status></presence>`
  assert.equal(hear(by('<actor nick="carol" jid="carol@example.org"/>'))?.actor, 'carol')
  assert.equal(hear(by('<actor jid="carol@example.org"/>'))?.actor, undefined)
  assert.equal(hear(by(''))?.reason, 'spam')
})

test('the occupant id is believed only where the room advertises it', () => {
  assert.equal(hear(presence('alice', { more: OCCUPANT }))?.occupant, 'o1')
  assert.equal(hear(presence('alice', { more: OCCUPANT }), { ...INFO, hasOccupantIds: false })?.occupant, undefined)
  assert.equal(hear(presence('alice', { more: OCCUPANT + OCCUPANT }))?.occupant, undefined)
})

test('what the occupant wrote into the presence in the name of the room is not believed', () => {
  const forged = '<x xmlns="http://jabber.org/protocol/muc#user"><item affiliation="owner" role="moderator" jid="x@y" nick="z"><reason>r</reason></item>' +
    '<status code="110"/><status code="303"/><destroy jid="a@b"/></x>'
  const heard = hear(presence('alice', { status: [100] }).replace('<x ', `${forged}<x `))
  assert.deepEqual(heard, hear(presence('alice', { status: [100] })))
})

test('an error carries its condition; subscription requests and probes are no presence of an occupant', () => {
  assert.equal(hear(joinError('conflict'))?.error?.condition, 'conflict')
  for (const type of ['subscribe', 'subscribed', 'unsubscribe', 'unsubscribed', 'probe', 'nonsense']) {
    assert.equal(hear(presence('alice', { type })), undefined)
  }
})

test('a destroyed room tells where it went and why', () => {
  const heard = hear('<presence type="unavailable" from="lab@conference.localhost/alice"><x xmlns="http://jabber.org/protocol/muc#user">' +
    '<item affiliation="none" role="none"/><destroy jid="new@conference.localhost"><reason>moved</reason></destroy></x></presence>')
  assert.deepEqual(heard?.destroy, { alternate: 'new@conference.localhost', reason: 'moved' })
})

test('a presence without muc#user is one of an occupant of whom nothing is known', () => {
  const heard = hear('<presence from="lab@conference.localhost/alice"/>')
  assert.deepEqual([heard?.type, heard?.role, heard?.status.size], ['available', undefined, 0])
})
