import assert from 'node:assert/strict'
import test from 'node:test'
import { canRead, isListed, LEVELS } from '../../src/access/can-read.ts'
import type { Level, PublishedRoom, Reader } from '../../src/access/can-read.ts'
import { parseJid, bareOf } from '../../src/model/address.ts'
import { LOUNGE } from '../helpers/events.ts'

const READERS: readonly Reader[] = [{ via: 'http' }, { via: 'xmpp', jid: bareOf(parseJid('reader@example.net')) }]

function room (level: Level, isOpen: boolean | undefined): PublishedRoom {
  return { jid: LOUNGE, slug: 'lounge', aliases: [], title: 'Lounge', description: '', level, isOpen }
}

// Level, doors as the room tells, may it be read, is it listed.
const TABLE: ReadonlyArray<readonly [Level, boolean | undefined, boolean, boolean]> = [
  ['off', true, false, false],
  ['off', undefined, false, false],
  ['off', false, false, false],
  ['unlisted', true, true, false],
  ['unlisted', undefined, true, false],
  ['unlisted', false, false, false],
  ['public', true, true, true],
  ['public', undefined, true, true],
  ['public', false, false, false],
  ['indexed', true, true, true],
  ['indexed', undefined, true, true],
  ['indexed', false, false, false]
]

for (const [level, isOpen, readable, listed] of TABLE) {
  const doors = isOpen === undefined ? 'that was not asked yet' : isOpen ? 'that is open' : 'that is members-only or has a password'
  test(`a room of level ${level} ${doors} can${readable ? '' : 'not'} be read and is ${listed ? '' : 'not '}listed`, () => {
    for (const reader of READERS) {
      assert.equal(canRead(room(level, isOpen), reader), readable)
      assert.equal(isListed(room(level, isOpen), reader), listed)
    }
  })
}

test('the table has every level with every state of the doors', () => {
  assert.equal(TABLE.length, LEVELS.length * 3)
  assert.equal(new Set(TABLE.map(([level, isOpen]) => `${level} ${isOpen}`)).size, TABLE.length)
})

test('a room that does not exist cannot be read', () => {
  for (const reader of READERS) assert.equal(canRead(undefined, reader), false)
})
