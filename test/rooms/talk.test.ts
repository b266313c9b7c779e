import assert from 'node:assert/strict'
import test from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { formatTime, toMicros } from '../../src/model/archive-time.ts'
import type { RoomEvent } from '../../src/model/event.ts'
import { delayed, groupchat, LAB, presence } from '../helpers/fake-room-server.ts'
import { AT, live, NO_IDS, said, stageFor, withTimers } from './on-stage.ts'

test('history told twice is recorded once, in the order and with the times of the room', async t => {
  const stage = stageFor(t)
  await stage.enter([said('one', 0, 'a'), said('two', 0, 'b'), said('three', 1, 'c')])
  stage.room.offline(AT)
  await stage.enter([said('one', 0, 'a'), said('two', 0, 'b'), said('three', 1, 'c'), said('four', 2, 'd')])
  assert.deepEqual(await stage.told(), ['one', 'two', 'three', 'four'].map(body => `catch-up message alice ${body}`))
  assert.deepEqual(stage.recorded.map(({ time }) => toMicros(time) - AT), [0, 1, 1e6, 2e6])
  assert.deepEqual(stage.recorded.map(({ uid }) => uid), ['a', 'b', 'c', 'd'])
})

test('in a room without ids, what was heard live is known again when the room repeats it', async t => {
  const stage = stageFor(t)
  stage.disco = NO_IDS
  await stage.enter()
  stage.hear(live('one'), AT)
  stage.hear(live('same'), AT + 1)
  stage.hear(live('same'), AT + 2)
  stage.room.offline(AT)
  await stage.enter([said('one', 1), said('same', 1), said('same', 2), said('same', 3)])
  assert.deepEqual(await stage.told(), ['live message alice one', 'live message alice same', 'live message alice same', 'catch-up message alice same'])
})

test('a live message that equals an earlier one is a message of its own', async t => {
  const stage = stageFor(t)
  await stage.enter()
  stage.hear(groupchat('alice', '<body>again</body>', 'id="1"'))
  stage.hear(groupchat('alice', '<body>again</body>', 'id="1"'))
  assert.equal((await stage.told()).length, 2)
})

test('a delay in a live message is a claim: it neither moves the message nor keeps it out', async t => {
  const stage = stageFor(t)
  await stage.enter()
  for (const from of [null, LAB, 'alice@example.org']) stage.hear(live('now', delayed('1999-01-01T00:00:00Z', from)), AT)
  await stage.room.drained()
  assert.deepEqual(stage.recorded.map(({ time, via, claimedTime }) => [toMicros(time) >= AT, via, claimedTime]),
    Array(3).fill([true, 'live', '1999-01-01T00:00:00.000000Z']))
})

test('a delay is also no more than a claim before we are in the room', async t => {
  const stage = stageFor(t)
  await stage.enter()
  stage.room.offline(AT)
  await stage.join()
  stage.hear(live('early', delayed('1999-01-01T00:00:00Z')), AT)
  await stage.room.drained()
  assert.equal(stage.recorded[0]?.via, 'live')
})

test('a room that sends no subject ends its history by silence', async t => {
  const tick = withTimers(t)
  const stage = stageFor(t)
  await stage.enter([said('one', 0)], null)
  await tick(9_000)
  stage.hear(said('two', 1))
  await tick(9_000)
  stage.hear(said('three', 2))
  await tick(10_000)
  stage.hear(said('four', 3))
  assert.deepEqual(await stage.told(), ['catch-up message alice one', 'catch-up message alice two', 'catch-up message alice three', 'live message alice four'])
})

test('what a room that still counts on us says before the join is kept, and does not spoil its history', async t => {
  const stage = stageFor(t)
  stage.disco = NO_IDS
  await stage.enter()
  stage.hear(live('before'), AT)
  stage.room.offline(AT)
  const joining = stage.join()
  stage.hear(presence('archiver', { role: 'visitor', status: [110] }))
  stage.hear(presence('archiver', { type: 'unavailable', status: [110] }))
  await joining
  stage.hear(live('between'), AT + 2e6)
  stage.hear(presence('archiver', { status: [110] }))
  for (const item of [said('before', 0), said('missed', 1), said('between', 2)]) stage.hear(item)
  stage.hear(groupchat('', '<subject/>'))
  assert.deepEqual(await stage.told(), ['live message alice before', 'live message alice between', 'catch-up message alice missed'])
  assert.equal(stage.recorded[2]?.time, formatTime(AT + 1e6))
})

test('times never go backwards when the clock does', async t => {
  const stage = stageFor(t)
  await stage.enter()
  stage.hear(live('one'), AT)
  stage.hear(live('two'), AT - 3600e6)
  stage.room.offline(AT)
  await stage.enter()
  stage.hear(live('three'), AT - 3600e6)
  await stage.room.drained()
  assert.deepEqual(stage.recorded.map(({ time }) => toMicros(time) - AT), [0, 1, 2])
})

test('a subject that stands is no event, a new one is', async t => {
  const stage = stageFor(t)
  await stage.enter([], 'old')
  assert.deepEqual(await stage.told(), [])
  stage.room.offline(AT)
  await stage.enter([], 'old')
  stage.room.offline(AT)
  await stage.enter([], 'new')
  stage.hear(groupchat('alice', '<subject/>'))
  assert.deepEqual(await stage.told(), ['catch-up subject new', 'live subject alice'])
})

test('a subject set long ago is recorded under its own time, and not again after each restart', async t => {
  const subject = groupchat('alice', `<subject>topic</subject>${delayed('2020-01-01T00:00:00Z')}`)
  let stage = stageFor(t)
  stage.disco = NO_IDS
  await stage.enter([said('one', 0)], null)
  stage.hear(subject)
  for (let restart = 0; restart < 3; restart++) {
    await stage.room.drained()
    stage = stageFor(t, {}, {}, stage)
    stage.disco = NO_IDS
    await stage.enter([], null)
    stage.hear(subject)
  }
  assert.deepEqual(await stage.told(), ['catch-up message alice one', 'catch-up subject alice topic'])
  assert.equal(stage.recorded[1]?.time, '2020-01-01T00:00:00.000000Z')
})

test('a subject heard live is known again days later, after a restart, in a room without ids', async t => {
  const first = stageFor(t)
  first.disco = NO_IDS
  await first.enter()
  first.hear(groupchat('alice', '<subject>topic</subject>', 'id="s1"'), AT)
  first.hear(live('much later'), AT + 5 * 86400e6)
  await first.room.drained()
  const second = stageFor(t, {}, {}, first)
  second.disco = NO_IDS
  await second.enter([], null)
  second.hear(groupchat('alice', `<subject>topic</subject>${delayed(formatTime(AT + 1e6))}`))
  assert.deepEqual(await second.told(), ['live subject alice topic', 'live message alice much later'])
})

test('what the record has not taken yet is waited for before the room repeats it', async t => {
  let take: () => void = () => {}
  const recorded: RoomEvent[] = []
  const stage = stageFor(t, {}, {
    record: event => new Promise(resolve => {
      take = () => {
        recorded.push(event)
        resolve(undefined)
      }
    }),
    recall: async () => recorded
  })
  stage.disco = NO_IDS
  await stage.enter()
  stage.hear(live('one'), AT)
  stage.room.offline(AT)
  const entered = stage.enter([said('one', 1)])
  await setImmediate()
  take()
  await entered
  await stage.room.drained()
  assert.deepEqual(recorded.map(({ body }) => body), ['one'])
})

test('what is heard live comes after what the room told of the past', async t => {
  const stage = stageFor(t)
  await stage.enter([said('one', 4)])
  stage.hear(presence('bob'), AT)
  assert.deepEqual(await stage.told(), ['catch-up message alice one', 'live join bob'])
  assert.equal(stage.recorded[1]?.time, formatTime(AT + 4e6 + 1))
})
