import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRetention } from '../../src/archive/retention.ts'
import { createSqliteStore } from '../../src/archive/sqlite.ts'
import type { LoggedRemoval } from '../../src/archive/store.ts'
import { silentLogger } from '../../src/log.ts'
import { toMicros } from '../../src/model/archive-time.ts'
import { ANNEX, at, join, LOUNGE, message } from './sample-events.ts'

const DAY = 86_400

test('each stream of each room is kept for its own time, from the oldest end, and the log tells what went', async t => {
  const store = createSqliteStore({ path: ':memory:' })
  t.after(() => store.close())
  const days = [0, 1, 2, 3, 4]
  await store.append(days.flatMap(day => [
    message(day * DAY), join(day * DAY + 1), message(day * DAY, { room: ANNEX }), join(day * DAY + 1, { room: ANNEX })
  ]))
  let purged = 0
  const retention = createRetention({
    store,
    rooms: new Map([[LOUNGE, { talk: 3, presence: 1 }], [ANNEX, { presence: 2 }]]),
    onPurged: async () => { purged++ },
    now: () => toMicros(at(4 * DAY + 10)),
    log: silentLogger
  })
  await retention.look()
  const left = async (room: typeof LOUNGE, stream: 'talk' | 'presence') =>
    (await store.page(room, { stream, limit: 100 })).events.map(({ time }) => Math.floor((toMicros(time) - toMicros(at(0))) / 1e6 / DAY))
  assert.deepEqual(await left(LOUNGE, 'talk'), [2, 3, 4])
  assert.deepEqual(await left(LOUNGE, 'presence'), [4])
  assert.deepEqual(await left(ANNEX, 'talk'), days)
  assert.deepEqual(await left(ANNEX, 'presence'), [3, 4])
  const log: LoggedRemoval[] = []
  for await (const lines of store.removals()) log.push(...lines)
  assert.deepEqual(log.map(({ room, by, upTo, stream, count }) => [room, by, upTo, stream, count]).sort(), [
    [ANNEX, 'retention', at(2 * DAY + 10), 'presence', 3],
    [LOUNGE, 'retention', at(3 * DAY + 10), 'presence', 4],
    [LOUNGE, 'retention', at(DAY + 10), 'talk', 2]
  ].sort())
  assert.equal(purged, 3)
  await retention.look()
  assert.equal(purged, 3, 'nothing more is too old')
  const isTooOld = (room: typeof LOUNGE, day: number) => retention.isTooOld(message(day * DAY, { room }))
  assert.deepEqual([isTooOld(LOUNGE, 1), isTooOld(LOUNGE, 2), isTooOld(ANNEX, 0)], [true, false, false])
  await retention.stop()
})

test('a room whose store does not answer holds up no other, and is looked at again', async t => {
  const store = createSqliteStore({ path: ':memory:' })
  t.after(() => store.close())
  await store.append([message(0), message(0, { room: ANNEX })])
  let isAway = true
  const retention = createRetention({
    store: {
      ...store,
      purge: async (room, upTo, stream) => {
        if (isAway && room === LOUNGE) throw new Error('away')
        return store.purge(room, upTo, stream)
      }
    },
    rooms: new Map([[LOUNGE, { talk: 1 }], [ANNEX, { talk: 1 }]]),
    onPurged: async () => {},
    now: () => toMicros(at(2 * DAY)),
    log: silentLogger
  })
  await retention.look()
  assert.deepEqual((await store.rooms()).map(({ room, talk }) => [room, talk]), [[LOUNGE, 1]])
  isAway = false
  await retention.look()
  assert.deepEqual(await store.rooms(), [])
  await retention.stop()
})
