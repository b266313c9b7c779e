import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import type { RoomJid } from '../../src/model/address.ts'
import { LOUNGE } from '../helpers/events.ts'
import { OTHER, ROOMS, THIRD, add, ask, at, found, recorded } from './index-under-test.ts'
import type { IndexUnderTest } from './index-under-test.ts'

const EVENTS = [
  recorded({ room: LOUNGE, body: 'apple in lounge', time: at(1) }),
  recorded({ room: OTHER, body: 'apple in other', time: at(2) }),
  recorded({ room: THIRD, body: 'apple in third', time: at(3) })
]

export function accessContract (engine: IndexUnderTest): void {
  for (const [rooms, expected] of [
    [[], []],
    [[LOUNGE], ['apple in lounge']],
    [[LOUNGE, THIRD], ['apple in lounge', 'apple in third']],
    [ROOMS, ['apple in lounge', 'apple in other', 'apple in third']],
    [['unknown@conference.example.org' as RoomJid, OTHER], ['apple in other']],
    [['unknown@conference.example.org' as RoomJid], []]
  ] as const) {
    test(`a reader of ${rooms.length} rooms (${rooms.join(', ')}) finds what was said there and nothing else`, async t => {
      const index = await engine.open(t)
      await add(index, EVENTS)
      for (const query of ['apple', 'ap*', '"apple in"', 'from:alice', 'after:2020', 'apple -zebra', 'after:2020 -zebra', '-in:nowhere after:2020']) {
        assert.deepEqual(await found(index, EVENTS, query, { rooms }), expected, query)
        const page = await ask(index, query, { rooms, limit: 0 })
        assert.equal(page.total, expected.length, `the total tells nothing of other rooms: ${query}`)
      }
    })
  }

  for (const [query, expected] of [
    ['apple in:lounge', ['apple in lounge']],
    ['apple in:LOUNGE@conference.example.org', ['apple in lounge']],
    ['apple in:#other in:third', ['apple in third']],
    ['apple -in:third', ['apple in lounge']],
    ['apple -in:lounge -in:third', []],
    ['in:lounge', ['apple in lounge']],
    ['in:nowhere apple', []],
    ['in:other apple', []]
  ] as const) {
    test(`${query} chooses among the rooms of the reader`, async t => {
      const index = await engine.open(t)
      await add(index, EVENTS)
      assert.deepEqual(await found(index, EVENTS, query, { rooms: [LOUNGE, THIRD] }), expected)
    })
  }

  test('rooms first heard later are closed to readers who may not see them', async t => {
    const index = await engine.open(t)
    await add(index, EVENTS.slice(0, 1))
    assert.equal((await ask(index, 'apple', { rooms: [LOUNGE] })).total, 1)
    await add(index, EVENTS.slice(1))
    assert.equal((await ask(index, 'apple', { rooms: [LOUNGE] })).total, 1)
  })
}
