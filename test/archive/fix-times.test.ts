import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fixTimes } from '../../src/archive/fix-times.ts'
import type { SpooledEvent } from '../../src/archive/spool.ts'
import type { RoomJid } from '../../src/model/address.ts'
import type { Via } from '../../src/model/event.ts'
import { ANNEX, at, LOUNGE, message } from './sample-events.ts'

function spooled (seconds: number, { room = LOUNGE, via = 'live', isFixed = false }: { room?: RoomJid, via?: Via, isFixed?: boolean } = {}): SpooledEvent {
  return { seq: 1, event: message(seconds, { room, via }), isFixed }
}

async function times (events: readonly SpooledEvent[], last?: number): Promise<number[]> {
  const fixed = await fixTimes(events, { lastTime: async () => last === undefined ? undefined : at(last) })
  assert.ok(fixed.every(({ isFixed }) => isFixed))
  return fixed.map(({ event }) => (Date.parse(event.time) - Date.parse(at(0))) / 1000 + Number(event.time.slice(-4, -1)) / 1e6)
}

test('what was heard live comes after all that its room has, in order, and keeps its time where it can', async () => {
  assert.deepEqual(await times([spooled(1), spooled(2)]), [1, 2])
  assert.deepEqual(await times([spooled(1), spooled(2)], 0.5), [1, 2])
  assert.deepEqual(await times([spooled(1), spooled(2)], 1), [1.000001, 2])
  assert.deepEqual(await times([spooled(1), spooled(2), spooled(9)], 5), [5.000001, 5.000002, 9])
  assert.deepEqual(await times([spooled(3), spooled(2)]), [3, 3.000001])
})

test('what has a time of its own keeps it, and what is live follows it', async () => {
  assert.deepEqual(await times([spooled(1, { via: 'catch-up' }), spooled(2)], 5), [1, 5.000001])
  assert.deepEqual(await times([spooled(7, { via: 'catch-up' }), spooled(2)], 5), [7, 7.000001])
  assert.deepEqual(await times([spooled(1, { isFixed: true }), spooled(2)], 5), [1, 5.000001])
})

test('rooms are apart, each is asked for once, and none that need not be', async () => {
  const asked: RoomJid[] = []
  const events = [spooled(1), spooled(1, { room: ANNEX }), spooled(2), spooled(3, { room: 'other@example.org' as RoomJid, isFixed: true })]
  const fixed = await fixTimes(events, {
    lastTime: async room => {
      asked.push(room)
      return room === LOUNGE ? at(5) : undefined
    }
  })
  assert.deepEqual(asked, [LOUNGE, ANNEX])
  assert.deepEqual(fixed.map(({ event }) => event.time), [at(5.000001), at(1), at(5.000002), at(3)])
  assert.equal(fixed[3], events[3])
})
