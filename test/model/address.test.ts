import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { archiveJidOf, bareOf, parseJid, parseRoomJid, roomOfArchiveJid, tryParseJid } from '../../src/model/address.ts'
import { hasCode } from '../../src/model/errors.ts'

test('an address is split at the first slash and the first at sign', () => {
  const table: Record<string, readonly [string, string, string]> = {
    'lounge@conference.example.org': ['lounge', 'conference.example.org', ''],
    'lounge@conference.example.org/Alice': ['lounge', 'conference.example.org', 'Alice'],
    'example.org': ['', 'example.org', ''],
    'example.org/a@b/c d': ['', 'example.org', 'a@b/c d'],
    'a@b/ ': ['a', 'b', ' '],
    'a@b.': ['a', 'b', ''],
    'a@[::1]/x': ['a', '[::1]', 'x'],
    '_a@b.c': ['_a', 'b.c', ''],
    'd\\27artagnan@b.c': ['d\\27artagnan', 'b.c', ''],
    '部屋@会議.例': ['部屋', '会議.例', '']
  }
  for (const [text, [local, domain, resource]] of Object.entries(table)) assert.deepEqual(parseJid(text), { local, domain, resource }, text)
})

test('localpart and domain are folded, the resource keeps its case', () => {
  assert.deepEqual(parseJid('LOUNGE@Conference.Example.ORG/Alice'), { local: 'lounge', domain: 'conference.example.org', resource: 'Alice' })
  assert.equal(parseJid('Cafe\u0301@b').local, 'caf\u00e9')
  assert.equal(parseJid('ｆｕｌｌ@ｗｉｄｅ').local, 'full')
  assert.equal(parseJid('a@b/cafe\u0301').resource, 'caf\u00e9')
})

test('what is no address is refused with its beginning quoted', () => {
  const texts = [
    '', '@', '@b', 'a@', '/r', 'a@b/', 'a@b@c', 'a b@c', ' a@b', 'a@b ', 'a@b c', 'a@b\n', 'a"@b', 'a&@b', "a'@b", 'a:@b', 'a<@b', 'a>@b',
    'a\u0000@b', 'a@b/x\u0007', 'a@b:5222', 'a@::1', 'a@[::1', 'a@b..c', 'a@.b', 'a@b..', 'a@.', 'ａ＠@b', `${'x'.repeat(1024)}@b`,
    `a@${'x'.repeat(1024)}`, `a@b/${'é'.repeat(512)}`
  ]
  for (const text of texts) {
    assert.throws(() => parseJid(text), error => hasCode(error, 'ERR_JID') && error.message.startsWith(`Cannot read the address "${text.slice(0, 80)}": `), text)
    assert.equal(tryParseJid(text), undefined)
  }
  assert.equal(tryParseJid(undefined), undefined)
})

test('parts of 1,023 bytes are allowed', () => {
  const part = 'x'.repeat(1023)
  assert.deepEqual(parseJid(`${part}@${part}/${part}`), { local: part, domain: part, resource: part })
})

test('a room is a bare address with a localpart', () => {
  assert.equal(parseRoomJid('Lounge@Conference.example.org'), 'lounge@conference.example.org')
  for (const text of ['conference.example.org', 'a@b/c', 'b/c']) {
    assert.throws(() => parseRoomJid(text), error => hasCode(error, 'ERR_JID') && error.message.includes('as a room'))
  }
})

test('folding is final for every character that it changes', () => {
  const unstable: string[] = []
  let changed = 0
  for (let point = 0; point <= 0x10ffff; point++) {
    const character = String.fromCodePoint(point)
    if (/[\p{Cn}\p{Co}\p{Cs}]/u.test(character) || character.normalize('NFKC').toLowerCase() === character) continue
    changed++
    for (const text of [`x${character}@y${character}`, `${character}\u0301@${character}\u0301z`]) {
      const jid = tryParseJid(text)
      if (jid !== undefined && tryParseJid(bareOf(jid))?.domain !== jid.domain) unstable.push(text)
      if (jid !== undefined && tryParseJid(bareOf(jid))?.local !== jid.local) unstable.push(text)
    }
  }
  assert.deepEqual(unstable, [])
  assert.ok(changed > 5000)
})

test('an archive address is the room escaped at the domain of the archive', () => {
  const room = parseRoomJid('lounge@conference.example.org')
  assert.equal(archiveJidOf(room, 'logs.example.org'), 'lounge\\40conference.example.org@logs.example.org')
  assert.equal(archiveJidOf(parseRoomJid('d\\27artagnan@b.c'), 'logs.x'), 'd\\5c27artagnan\\40b.c@logs.x')
  assert.equal(roomOfArchiveJid(parseJid('Lounge\\40conference.example.org@logs.example.org/x')), room)
})

test('an address that stands for no room is none of the archive', () => {
  for (const text of ['logs.example.org', 'lounge@logs.example.org', 'a\\40b\\2fc@logs.example.org', '\\40b@logs.example.org', 'a\\20\\40b@logs.example.org']) {
    assert.equal(roomOfArchiveJid(parseJid(text)), undefined, text)
  }
})

test('every room comes back from its archive address', () => {
  const unit = fc.oneof(fc.constantFrom('\\', '\\20', '\\5c', '2', '0', '5', 'c', '_', '.', 'é', '語', '👍'), fc.string({ unit: 'grapheme', maxLength: 1 }))
  const rooms = fc.tuple(fc.array(unit, { minLength: 1 }), fc.constantFrom('b.c', '[::1]', '会議.例'))
    .map(([local, domain]) => tryParseJid(`${local.join('')}@${domain}`))
    .filter(jid => jid !== undefined && jid.local !== '' && jid.resource === '')
    .map(jid => parseRoomJid(bareOf(jid ?? parseJid(''))))
  fc.assert(fc.property(rooms, room => {
    assert.equal(roomOfArchiveJid(parseJid(archiveJidOf(room, 'logs.example.org'))), room)
  }))
})
