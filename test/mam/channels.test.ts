import assert from 'node:assert/strict'
import test from 'node:test'
import type { PublishedRoom } from '../../src/access/can-read.ts'
import { searchChannels } from '../../src/mam/channels.ts'
import { parseRoomJid } from '../../src/model/address.ts'
import { buildForm } from '../../src/xmpp/data-form.ts'
import { children, parseXml, textOf, xml } from '../../src/xmpp/element.ts'
import type { Element } from '../../src/xmpp/element.ts'
import { buildRsm, parseRsmResult } from '../../src/xmpp/rsm.ts'
import type { RsmRequest } from '../../src/xmpp/rsm.ts'

function room (name: string, title: string, description = '', isOpen?: boolean): PublishedRoom {
  return { jid: parseRoomJid(`${name}@conference.example.org`), slug: name, aliases: [], title, description, level: 'public', isOpen }
}

const ROOMS = [
  room('zebra', 'Zebras', 'Stripes, and the Café', true), room('apples', 'All about Apples'), room('pears', 'Pears', 'no apples here')
]

function search (fields: Record<string, string | readonly string[]>, rsm?: RsmRequest, rooms: readonly PublishedRoom[] = ROOMS): Element {
  const form = buildForm('submit', 'urn:xmpp:channel-search:0:search-params',
    Object.entries(fields).map(([name, value]) => ({ var: name, values: typeof value === 'string' ? [value] : value })))
  return searchChannels(xml('search', { xmlns: 'urn:xmpp:channel-search:0:search' }, form, rsm === undefined ? undefined : buildRsm(rsm)), rooms)
}

function names (result: Element): string[] {
  return children(result, 'item').map(item => item.attrs['address']?.split('@')[0] ?? '')
}

test('an empty request gets the form, with every field that counts and its default', () => {
  const form = String(searchChannels(parseXml('<search xmlns="urn:xmpp:channel-search:0:search"/>'), ROOMS))
  for (const name of ['q', 'all', 'sinname', 'sindescription', 'sinaddress', 'types', 'key']) assert.ok(form.includes(`"${name}"`), name)
  assert.ok(form.includes('<option label="Address"><value>{urn:xmpp:channel-search:0:order}address</value></option>'))
})

test('all rooms come by address, each with what is known of it and nothing else', () => {
  const result = search({ all: 'true' })
  assert.deepEqual(names(result), ['apples', 'pears', 'zebra'])
  assert.equal(String(children(result, 'item')[2]), '<item address="zebra@conference.example.org"><name>Zebras</name>' +
    '<description>Stripes, and the Café</description><service-type>xep-0045</service-type><is-open>true</is-open></item>')
  assert.equal(String(children(result, 'item')[0]),
    '<item address="apples@conference.example.org"><name>All about Apples</name><service-type>xep-0045</service-type></item>')
})

const FOUND: ReadonlyArray<readonly [string, Record<string, string | readonly string[]>, readonly string[]]> = [
  ['a word of name, description or address', { q: 'apples' }, ['apples', 'pears']],
  ['a word in other capitals, without accents', { q: 'CAFE' }, ['zebra']],
  ['part of a word', { q: 'strip' }, ['zebra']],
  ['several words, wherever each is', { q: 'zebra stripes' }, ['zebra']],
  ['words of which one is nowhere', { q: 'zebra apples' }, []],
  ['a word of the address', { q: 'conference.example.org' }, ['apples', 'pears', 'zebra']],
  ['a word, not in descriptions', { q: 'apples', sindescription: 'false' }, ['apples']],
  ['a word, in names only', { q: 'conference', sinaddress: '0' }, []],
  ['a word, in nothing at all', { q: 'apples', sinname: '0', sindescription: '0', sinaddress: '0' }, []],
  ['a word, in addresses, as the form of the XEP calls them', { q: 'conference', sinaddr: '0' }, []],
  ['rooms among other kinds', { all: '1', types: ['xep-0369', 'xep-0045'] }, ['apples', 'pears', 'zebra']],
  ['other kinds only', { all: '1', types: ['xep-0369'] }, []],
  ['a field that nobody knows beside', { q: 'zebra', min_users: '1' }, ['zebra']],
  ['the order that there is', { q: 'zebra', key: '{urn:xmpp:channel-search:0:order}address' }, ['zebra']]
]

for (const [name, fields, expected] of FOUND) {
  test(`channel search by ${name} finds ${expected.length}`, () => { assert.deepEqual(names(search(fields)), expected) })
}

const REFUSED: ReadonlyArray<readonly [string, Record<string, string>, string, string]> = [
  ['by number of users', { all: '1', key: '{urn:xmpp:channel-search:0:order}nusers' }, 'feature-not-implemented', 'invalid-sort-key'],
  ['for nothing', {}, 'bad-request', 'no-search-conditions'],
  ['for empty words', { q: ' ' }, 'bad-request', 'invalid-search-terms'],
  ['for all and for words', { all: 'true', q: 'x' }, 'bad-request', 'conflicting-fields']
]

for (const [name, fields, condition, application] of REFUSED) {
  test(`channel search ${name} is answered with ${application}`, () => {
    assert.throws(() => search(fields), (error: Error & { application?: Element }) => {
      assert.equal(error.application?.name, application)
      assert.equal(error.application.getNS(), 'urn:xmpp:channel-search:0:error')
      return error.message.startsWith(condition)
    })
  })
}

test('a form of another type is a bad request', () => {
  const other = xml('search', { xmlns: 'urn:xmpp:channel-search:0:search' }, buildForm('submit', 'urn:x', [{ var: 'q', values: ['x'] }]))
  assert.throws(() => searchChannels(other, ROOMS), { condition: 'bad-request' })
})

test('a walk in pages meets every room once, in both directions, whatever room goes meanwhile', () => {
  const rooms = Array.from({ length: 7 }, (_, n) => room(`room${n}`, `Room ${n}`))
  const forward = [search({ all: '1' }, { max: 3 }, rooms)]
  assert.deepEqual(parseRsmResult(forward[0] as Element), { first: rooms[0]?.jid, last: rooms[2]?.jid, index: 0, count: 7 })
  const without = rooms.filter((_, n) => n !== 2)
  forward.push(search({ all: '1' }, { max: 3, after: rooms[2]?.jid as string }, without))
  forward.push(search({ all: '1' }, { max: 3, after: rooms[5]?.jid as string }, without))
  assert.deepEqual(forward.flatMap(names), ['room0', 'room1', 'room2', 'room3', 'room4', 'room5', 'room6'])
  assert.deepEqual(names(search({ all: '1' }, { max: 2, before: '' }, rooms)), ['room5', 'room6'])
  assert.deepEqual(names(search({ all: '1' }, { max: 2, before: rooms[5]?.jid as string }, rooms)), ['room3', 'room4'])
  assert.throws(() => search({ all: '1' }, { index: 3 }), { condition: 'feature-not-implemented' })
})

test('no result is an empty list, no error', () => {
  const result = search({ q: 'nothing of that kind' })
  assert.deepEqual(names(result), [])
  assert.equal(textOf(result, 'set'), undefined)
  assert.deepEqual(parseRsmResult(result), { count: 0 })
})

test('a maximum of 0 tells how many there are', () => {
  assert.deepEqual(parseRsmResult(search({ all: '1' }, { max: 0 })), { count: 3 })
})
