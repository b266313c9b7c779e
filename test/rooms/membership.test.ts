import assert from 'node:assert/strict'
import test from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { formatTime, parseDateTime } from '../../src/model/archive-time.ts'
import type { RoomEvent } from '../../src/model/event.ts'
import { attribute, child, parseXml, textOf } from '../../src/xmpp/element.ts'
import type { Element } from '../../src/xmpp/element.ts'
import { delayed, groupchat, joinError, LAB, presence } from '../helpers/fake-room-server.ts'
import { AT, joinsOf, live, NO_IDS, slowConnection, stageFor, withTimers } from './on-stage.ts'

test('messages are never dropped for want of what is recorded: without it we do not join, and try again', async t => {
  const tick = withTimers(t)
  let isAway = true
  const stage = stageFor(t, {}, { lastTime: async () => isAway ? Promise.reject(new Error('away')) : undefined })
  stage.ledger.open = { from: formatTime(AT), cause: 'killed' }
  await stage.join()
  assert.deepEqual(joinsOf(stage), [])
  assert.deepEqual(stage.room.status(), { jid: LAB, state: 'outside', occupants: 0, isCatchingUp: false, problem: 'away' })
  isAway = false
  await tick(1_000)
  assert.deepEqual(joinsOf(stage), ['archiver'])
})

test('the room is asked before it is joined, so that none is created; a room that does not exist is asked again', async t => {
  const tick = withTimers(t)
  const stage = stageFor(t)
  const open = stage.disco
  stage.disco = parseXml('<iq type="error"><error type="cancel"><item-not-found xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error></iq>')
  await stage.join()
  assert.deepEqual(stage.sent, [])
  assert.match(stage.room.status().problem ?? '', /does not exist/)
  stage.disco = open
  await tick(1_000)
  assert.deepEqual(joinsOf(stage), ['archiver'])
})

test('the first join asks for as much history as is configured, a later one for what was said since a little before the last message', async t => {
  const asked = async (last: RoomEvent['time'] | undefined, options = {}): Promise<Record<string, string | undefined> | undefined> => {
    const before = stageFor(t)
    if (last !== undefined) await before.enter([groupchat('alice', `<body>x</body>${delayed(last)}`)])
    await before.room.drained()
    const stage = stageFor(t, { password: 'secret', ...options }, {}, before)
    if (last !== undefined) stage.ledger.open = { from: last, cause: 'killed' }
    await stage.join()
    const x = child(stage.sent[0] as Element, 'x', 'http://jabber.org/protocol/muc') as Element
    assert.equal(textOf(x, 'password'), 'secret')
    return child(x, 'history')?.attrs
  }
  assert.deepEqual(await asked(undefined), { maxstanzas: '20' })
  assert.deepEqual(await asked(undefined, { catchUp: 'all' }), {})
  assert.deepEqual(await asked(undefined, { catchUp: { since: '2020-01-01T00:00:00.000000Z' } }), { since: '2020-01-01T00:00:00Z' })
  assert.deepEqual(await asked(formatTime(parseDateTime('2020-01-01T00:10:00Z'))), { since: '2020-01-01T00:05:00Z' })
})

test('imported talk of the future does not hide what is said now', async t => {
  const stage = stageFor(t, {}, {
    recall: async () => [{ kind: 'message', room: LAB, time: formatTime(parseDateTime('2200-01-01T00:00:00Z')), uid: 'u', nick: 'a', body: 'x', via: 'import' }],
    lastTime: async () => formatTime(parseDateTime('2200-01-01T00:00:00Z'))
  })
  stage.ledger.open = { from: formatTime(AT), cause: 'killed' }
  await stage.join()
  const x = child(stage.sent[0] as Element, 'x', 'http://jabber.org/protocol/muc') as Element
  assert.ok((child(x, 'history')?.attrs['since'] ?? '') < '2199')
})

test('an answer that is read before our own presence is known to be written is an answer', async t => {
  const tick = withTimers(t)
  const { connection, written } = slowConnection()
  const stage = stageFor(t, {}, { connection })
  const entered = stage.room.enter()
  await tick(0)
  stage.hear(presence('archiver', { status: [110] }))
  written()
  await entered
  await tick(120_000)
  assert.equal(stage.room.status().state, 'joined')
})

test('a stream that breaks while we join leaves nothing behind that would end the next stay', async t => {
  const tick = withTimers(t)
  const { connection, written } = slowConnection()
  const stage = stageFor(t, {}, { connection })
  const first = stage.room.enter()
  await tick(0)
  stage.room.offline(AT)
  written()
  await first
  const second = stage.room.enter()
  await tick(0)
  stage.hear(presence('archiver', { status: [110] }))
  written()
  await second
  await tick(120_000)
  assert.equal(stage.room.status().state, 'joined')
})

test('a stream that breaks while the room is asked ends that try: nothing is sent on the next stream by it', async t => {
  let answer: () => void = () => {}
  const sent: Element[] = []
  const stage = stageFor(t, {}, {
    connection: {
      domain: undefined,
      async send (stanza) { sent.push(stanza) },
      request: () => new Promise(resolve => { answer = () => { resolve(NO_IDS) } })
    }
  })
  const entered = stage.room.enter()
  await setImmediate()
  stage.room.offline(AT)
  answer()
  await entered
  assert.deepEqual([sent, stage.room.status().state], [[], 'outside'])
})

test('a room that does not answer is tried again, and enter() does not wait for ever', async t => {
  const tick = withTimers(t)
  const stage = stageFor(t)
  const entered = stage.room.enter()
  await tick(0)
  await tick(30_000)
  await entered
  assert.deepEqual([stage.room.status().state, stage.room.status().problem], ['outside', 'the room does not answer'])
  await tick(1_000)
  assert.equal(joinsOf(stage).length, 2)
})

test('for a nick that is taken a few others are tried at once, then we wait; a new stream begins with the configured one', async t => {
  const tick = withTimers(t)
  const stage = stageFor(t)
  await stage.join()
  for (let n = 0; n < 6; n++) {
    stage.hear(joinError('conflict', joinsOf(stage).at(-1)))
    await tick(0)
  }
  assert.deepEqual(joinsOf(stage), ['archiver', 'archiver_', 'archiver__', 'archiver___', 'archiver____', 'archiver_____'])
  await tick(29_000)
  assert.equal(joinsOf(stage).length, 6)
  await tick(31_000)
  assert.equal(joinsOf(stage).at(-1), 'archiver')
  stage.hear(joinError('conflict'))
  await tick(0)
  stage.hear(presence('archiver_', { status: [110] }))
  assert.equal(stage.room.status().state, 'joined')
  stage.room.offline(AT)
  await stage.join()
  assert.equal(joinsOf(stage).at(-1), 'archiver')
})

test('a nick that the room changed is ours; that of somebody else is not, whatever their presence says', async t => {
  const stage = stageFor(t)
  await stage.join()
  stage.hear(presence('alice'))
  stage.hear(presence('Archiver 2', { status: [110, 210] }))
  stage.hear(presence('mallory', { status: [110] }))
  stage.hear(presence('mallory', { type: 'unavailable', status: [110] }))
  assert.equal(stage.room.status().state, 'joined')
  stage.hear(presence('Archiver 2', { type: 'unavailable', item: 'nick="third"', status: [303, 110] }))
  stage.hear(presence('third', { status: [110] }))
  stage.hear(presence('Archiver 2'))
  stage.hear(presence('Archiver 2', { type: 'unavailable' }))
  assert.equal(stage.room.status().state, 'joined')
  await stage.room.leave()
  assert.equal(attribute(stage.sent.at(-1), 'to'), `${LAB}/third`)
})

test('thrown out, we record why, come back, and come back more slowly when it happens again', async t => {
  const tick = withTimers(t)
  const stage = stageFor(t)
  await stage.enter()
  const waits: number[] = []
  for (let n = 0; n < 3; n++) {
    stage.hear(presence('archiver', { type: 'unavailable', status: [110, 307] }))
    assert.equal(stage.room.status().state, 'outside')
    const before = joinsOf(stage).length
    for (let waited = 0; joinsOf(stage).length === before; waited += 5_000) {
      await tick(5_000)
      waits[n] = waited + 5_000
    }
    stage.hear(presence('archiver', { status: [110] }))
  }
  assert.deepEqual(await stage.told(), Array(3).fill('live kick archiver'))
  assert.ok((waits[0] ?? 0) <= 60_000 && (waits[2] ?? 0) > 100_000, waits.join())
})

test('after a quiet minute inside, a fault of the room costs a moment again', async t => {
  const tick = withTimers(t)
  const stage = stageFor(t)
  await stage.enter()
  for (let n = 0; n < 10; n++) {
    await tick(60_000)
    stage.hear(presence('archiver', { type: 'unavailable', status: [110, 332] }))
    await tick(1_000)
    assert.equal(stage.room.status().state, 'joining')
    stage.hear(presence('archiver', { status: [110] }))
  }
  assert.deepEqual(await stage.told(), [])
})

test('an error that comes while we are inside is none of a join', async t => {
  const stage = stageFor(t)
  await stage.enter()
  stage.hear(joinError('forbidden'))
  assert.equal(stage.room.status().state, 'joined')
})

test('on a stream that is resumed we are inside as before, and hear on', async t => {
  const stage = stageFor(t)
  await stage.enter()
  stage.hear(presence('alice'))
  stage.room.offline(AT)
  assert.equal(stage.room.status().state, 'outside')
  assert.equal(stage.room.resume(), true)
  stage.hear(live('what the stream kept for us'))
  stage.hear(presence('alice', { type: 'unavailable' }))
  assert.deepEqual(await stage.told(), ['live join alice', 'live message alice what the stream kept for us', 'live leave alice'])
  assert.deepEqual(stage.room.status(), { jid: LAB, state: 'joined', occupants: 1, isCatchingUp: false })
})

test('who was not inside when the stream broke must join', async t => {
  const stage = stageFor(t)
  assert.equal(stage.room.resume(), false)
  await stage.join()
  stage.room.offline(AT)
  assert.equal(stage.room.resume(), false)
  await stage.enter()
  stage.room.offline(AT)
  await stage.room.leave()
  assert.equal(stage.room.resume(), false)
})

test('leaving says goodbye where we are or may soon be, and lets enter() end', async t => {
  const never = stageFor(t)
  await never.room.leave()
  assert.deepEqual(never.sent, [])
  const joining = stageFor(t)
  const sent = new Promise<void>(resolve => { void joining.join().then(resolve) })
  await sent
  await joining.room.leave()
  assert.equal(attribute(joining.sent.at(-1), 'type'), 'unavailable')
  joining.hear(presence('archiver', { status: [110] }))
  joining.hear(live('too late'))
  assert.deepEqual(await joining.told(), [])
  assert.equal(joining.room.status().state, 'outside')
})

test('offline says nothing to the room and tries nothing by itself', async t => {
  const tick = withTimers(t)
  const stage = stageFor(t)
  await stage.join()
  stage.hear(joinError('service-unavailable'))
  stage.room.offline(AT)
  await tick(3_600_000)
  assert.deepEqual(joinsOf(stage), ['archiver'])
  assert.match(stage.room.status().problem ?? '', /not connected/)
})
