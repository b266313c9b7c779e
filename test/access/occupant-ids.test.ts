import assert from 'node:assert/strict'
import test from 'node:test'
import { createOccupantIds } from '../../src/access/occupant-ids.ts'
import type { BareJid } from '../../src/model/address.ts'
import type { RoomEvent } from '../../src/model/event.ts'
import { LOUNGE, message } from '../helpers/events.ts'

test('ids of occupants follow the person where the room knows them, else the nick, and never meet', () => {
  const ids = createOccupantIds('key')
  const of = (fields: Partial<RoomEvent>) => ids.ofEvent(message(fields))
  assert.equal(of({ nick: 'a', occupant: 'o' }), of({ nick: 'b', occupant: 'o' }))
  assert.notEqual(of({ nick: 'a' }), of({ nick: 'b' }))
  assert.equal(of({ nick: '' }), undefined)
  const all = [of({ nick: 'a' }), of({ nick: 'b', occupant: 'a' }), ids.ofVisitor(LOUNGE, 'a' as BareJid), createOccupantIds('other').ofEvent(message({ nick: 'a' }))]
  assert.equal(new Set(all).size, 4)
  for (const id of all) assert.match(id ?? '', /^[\w-]{43}$/)
})
