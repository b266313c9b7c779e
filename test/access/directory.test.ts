import assert from 'node:assert/strict'
import test from 'node:test'
import { createDirectory } from '../../src/access/directory.ts'
import type { ConfiguredRoom } from '../../src/access/directory.ts'
import { parseRoomJid } from '../../src/model/address.ts'
import type { BareJid } from '../../src/model/address.ts'

const READER = { via: 'http' } as const

function room (slug: string, fields: Partial<ConfiguredRoom> = {}): ConfiguredRoom {
  return { jid: parseRoomJid(`${slug}@conference.example.org`), slug, aliases: [], level: 'public', isOpen: undefined, ...fields }
}

test('rooms are found by address, slug and former slug, and listed in the order of the configuration', () => {
  const directory = createDirectory([room('b', { aliases: ['old', 'older'] }), room('a'), room('hidden', { level: 'unlisted' })])
  assert.equal(directory.bySlug('b', READER)?.slug, 'b')
  assert.equal(directory.bySlug('older', READER)?.slug, 'b')
  assert.equal(directory.byJid(parseRoomJid('a@conference.example.org'), READER)?.slug, 'a')
  assert.equal(directory.bySlug('hidden', READER)?.slug, 'hidden')
  assert.deepEqual(directory.listed(READER).map(({ slug }) => slug), ['b', 'a'])
  for (const slug of ['c', '', '__proto__', 'constructor']) assert.equal(directory.bySlug(slug, READER), undefined)
})

test('a room that may not be read is found in no way', () => {
  const directory = createDirectory([room('off', { level: 'off', aliases: ['was'] })])
  assert.equal(directory.bySlug('off', READER), undefined)
  assert.equal(directory.bySlug('was', READER), undefined)
  assert.equal(directory.byJid(parseRoomJid('off@conference.example.org'), READER), undefined)
  assert.deepEqual(directory.listed(READER), [])
})

test('what the room says of itself fills what the configuration leaves open, and doors close and open', () => {
  const directory = createDirectory([room('a', { description: 'ours' }), room('b', { title: 'Ours' })])
  const [a, b] = [parseRoomJid('a@conference.example.org'), parseRoomJid('b@conference.example.org')]
  assert.deepEqual(directory.listed(READER).map(({ title, description }) => [title, description]), [['a', 'ours'], ['Ours', '']])
  for (const jid of [a, b]) directory.learn(jid, { name: 'Theirs', description: 'theirs', isOpen: true })
  assert.deepEqual(directory.listed(READER).map(({ title, description }) => [title, description]), [['Theirs', 'ours'], ['Ours', 'theirs']])
  directory.learn(a, { isOpen: false })
  assert.equal(directory.byJid(a, READER), undefined)
  directory.learn(a, { isOpen: true })
  assert.equal(directory.byJid(a, READER)?.title, 'a')
  directory.learn(parseRoomJid('unknown@conference.example.org'), { isOpen: true })
  assert.equal(directory.listed(READER).length, 2)
})

test('a closed room is found by those whom it names, and by nobody once it says that no more', () => {
  const directory = createDirectory([room('a')])
  const a = parseRoomJid('a@conference.example.org')
  const [kim, lee] = (['kim@example.net', 'lee@example.net'] as BareJid[]).map(jid => ({ via: 'xmpp', jid }) as const)
  const seen = (): unknown[] => [kim, lee, READER].map(reader => reader !== undefined && directory.listed(reader).length === 1)
  directory.learn(a, { isOpen: false, affiliations: new Map([['kim@example.net' as BareJid, 'member']]) })
  assert.deepEqual(seen(), [true, false, false])
  directory.learn(a, { isOpen: true, affiliations: new Map([['lee@example.net' as BareJid, 'outcast']]) })
  assert.deepEqual(seen(), [true, false, true])
  directory.learn(a, { isOpen: false })
  assert.deepEqual(seen(), [false, false, false])
})

test('what the room says of its people, its language and its contacts is told with it', () => {
  const directory = createDirectory([room('a')])
  const a = parseRoomJid('a@conference.example.org')
  const facts = { isOpen: true, isNonAnonymous: true, language: 'de', contacts: ['kim@example.net' as BareJid] }
  directory.learn(a, facts)
  const { isNonAnonymous, language, contacts } = directory.byJid(a, READER) ?? {}
  assert.deepEqual({ isOpen: true, isNonAnonymous, language, contacts }, facts)
})
