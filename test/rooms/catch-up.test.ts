import assert from 'node:assert/strict'
import test from 'node:test'
import { setImmediate } from 'node:timers/promises'
import fc from 'fast-check'
import { formatTime } from '../../src/model/archive-time.ts'
import { StanzaError } from '../../src/xmpp/stanza-error.ts'
import { groupchat, LAB, presence, stanzaId } from '../helpers/fake-room-server.ts'
import { AT, withTimers } from './on-stage.ts'
import { archived, bodies, say, SECOND, settled, stageWithArchive } from './with-archive.ts'

const MINUTE = 60 * SECOND

test('after an absence everything said meanwhile is fetched from the last known message on, in pages, each once', async t => {
  const stage = stageWithArchive(t)
  await stage.enter()
  say(stage, 1)
  stage.room.offline(AT + 2 * SECOND)
  for (let n = 2; n < 130; n++) say(stage, n, false)
  await stage.enter()
  await settled(stage)
  assert.deepEqual(bodies(stage), Array.from({ length: 129 }, (_, n) => String(n + 1)))
  assert.deepEqual(stage.archive.asked, ['after id1', 'after id51', 'after id101'])
  assert.deepEqual(stage.ledger.told, ['filled', 'leave disconnected', 'filled'])
  assert.ok(stage.recorded.every(({ uid, stanza }) => stanza?.includes(`id="${uid}"`)), 'the room\'s own ids are ours')
})

test('what is said while we catch up waits and comes after what we missed, though its time was earlier by our clock', async t => {
  const stage = stageWithArchive(t)
  await stage.enter()
  say(stage, 1)
  stage.room.offline(AT + 2 * SECOND)
  for (let n = 2; n < 60; n++) say(stage, n, false)
  stage.archive.onPage = () => {
    stage.archive.onPage = undefined
    // Our clock is a minute behind that of the room.
    for (const n of [60, 61]) {
      stage.archive.items.push(archived(n))
      stage.hear(groupchat('alice', `<body>${n}</body>${stanzaId(`id${n}`)}`), AT + n * SECOND - MINUTE)
    }
  }
  await stage.enter()
  await settled(stage)
  assert.deepEqual(bodies(stage), Array.from({ length: 61 }, (_, n) => String(n + 1)))
  assert.deepEqual(stage.recorded.slice(-2).map(({ via }) => via), ['live', 'live'])
})

test('an id that the archive does not know any more: what it has is taken in from a little before, and the rest is a gap', async t => {
  for (const unknownIds of ['refused', 'ignored'] as const) {
    const stage = stageWithArchive(t)
    stage.archive.unknownIds = unknownIds
    await stage.enter()
    say(stage, 1)
    stage.room.offline(AT + 2 * SECOND)
    stage.archive.items.splice(0)
    for (let n = 700; n < 760; n++) say(stage, n, false)
    await stage.enter()
    await settled(stage)
    assert.deepEqual(bodies(stage), ['1', ...Array.from({ length: 60 }, (_, n) => String(n + 700))])
    assert.deepEqual(stage.ledger.gaps.map(({ from, to, cause, problem }) => ({ from, to, cause, problem })), [
      { from: formatTime(AT + 2 * SECOND), to: formatTime(AT + 700 * SECOND), cause: 'disconnected', problem: 'expired' }
    ])
  }
})

test('an unknown id in an archive that reaches back is no gap', async t => {
  for (const unknownIds of ['refused', 'ignored'] as const) {
    const stage = stageWithArchive(t)
    stage.archive.unknownIds = unknownIds
    await stage.enter()
    for (const n of [0, 1, 400]) say(stage, n)
    stage.archive.items.splice(2)
    stage.room.offline(AT + 401 * SECOND)
    for (const n of [402, 403]) say(stage, n, false)
    await stage.enter()
    await settled(stage)
    assert.deepEqual([bodies(stage), stage.ledger.gaps], [['0', '1', '400', '402', '403'], []])
  }
})

test('an archive that was emptied is a gap up to our return', async t => {
  const stage = stageWithArchive(t)
  await stage.enter()
  say(stage, 1)
  stage.room.offline(AT + 2 * SECOND)
  stage.archive.items.splice(0)
  await stage.enter()
  await settled(stage)
  assert.equal(stage.ledger.gaps[0]?.problem, 'expired')
})

test('nothing said meanwhile is no gap, nor is the first word of a room', async t => {
  const stage = stageWithArchive(t)
  await stage.enter()
  stage.room.offline(AT)
  say(stage, 600, false)
  await stage.enter()
  await settled(stage)
  stage.room.offline(AT + 601 * SECOND)
  await stage.enter()
  await settled(stage)
  assert.deepEqual([bodies(stage), stage.ledger.gaps], [['600'], []])
})

test('an archive that gives the same page for ever is left', async t => {
  const stage = stageWithArchive(t)
  await stage.enter()
  say(stage, 1)
  stage.room.offline(AT)
  for (let n = 2; n < 200; n++) say(stage, n, false)
  const { answer } = stage.archive
  const first = stage.archive.items.slice()
  Object.assign(stage.archive, {
    answer (...args: Parameters<typeof answer>) {
      stage.archive.items.splice(0, Infinity, ...first)
      return answer(args[0], args[1])
    }
  })
  stage.archive.unknownIds = 'ignored'
  await stage.enter()
  await settled(stage)
  assert.equal(new Set(bodies(stage)).size, bodies(stage).length)
})

test('a passing fault is tried again; an archive that stays silent is a gap, which is filled when it speaks again', async t => {
  const tick = withTimers(t)
  const stage = stageWithArchive(t)
  await stage.enter()
  say(stage, 1)
  stage.room.offline(AT + SECOND)
  say(stage, 2, false)
  stage.archive.faults.push(...Array.from({ length: 5 }, () => new StanzaError('remote-server-timeout', 'wait')))
  await stage.enter()
  say(stage, 3)
  for (let n = 0; n < 6; n++) await tick(30_000)
  assert.deepEqual([bodies(stage), stage.ledger.gaps[0]?.problem], [['1', '3'], 'unanswered'])
  await tick(300_000)
  assert.deepEqual(bodies(stage), ['1', '2', '3'])
  assert.ok(stage.ledger.gaps[0]?.filled)
})

test('an archive that does not let us read is replaced by the history of another join', async t => {
  const stage = stageWithArchive(t)
  await stage.enter()
  say(stage, 1)
  stage.room.offline(AT + SECOND)
  stage.archive.faults.push(new StanzaError('forbidden', 'auth'))
  await stage.enter()
  await setImmediate()
  await setImmediate()
  assert.deepEqual(stage.sent.slice(-2).map(({ attrs }) => attrs['type']), ['unavailable', undefined])
  stage.hear(presence('archiver', { status: [110] }))
  stage.hear(groupchat('alice', `<body>2</body>${stanzaId('id2')}<delay xmlns="urn:xmpp:delay" from="${LAB}" stamp="${formatTime(AT + 3 * SECOND)}"/>`))
  stage.hear(groupchat('', '<subject/>'))
  await stage.room.drained()
  assert.deepEqual(bodies(stage), ['1', '2'])
  assert.deepEqual(stage.ledger.gaps.map(({ problem }) => problem), ['refused'])
})

test('a stream that breaks while we catch up: the next stay goes on from where the walk was', async t => {
  const stage = stageWithArchive(t)
  await stage.enter()
  say(stage, 1)
  stage.room.offline(AT + SECOND)
  for (let n = 2; n < 130; n++) say(stage, n, false)
  let pages = 0
  stage.archive.onPage = () => { if (++pages === 3) stage.room.offline(AT + 200 * SECOND) }
  await stage.enter()
  await settled(stage)
  assert.deepEqual(bodies(stage).length, 51)
  stage.archive.onPage = undefined
  stage.archive.asked.splice(0)
  await stage.enter()
  await settled(stage)
  assert.equal(stage.archive.asked[0], 'after id51')
  assert.deepEqual(bodies(stage), Array.from({ length: 129 }, (_, n) => String(n + 1)))
})

test('a first start takes in nothing, everything, or what was said since a day, as configured', async t => {
  for (const [catchUp, expected] of [
    ['none', []], ['all', ['0', '400', '800', 'live']], [{ since: formatTime(AT + 401 * SECOND) }, ['800', 'live']]
  ] as const) {
    const stage = stageWithArchive(t, { catchUp })
    for (const n of [0, 400, 800]) say(stage, n, false)
    await stage.enter()
    stage.hear(groupchat('alice', `<body>live</body>${stanzaId('x')}`))
    await settled(stage)
    assert.deepEqual(bodies(stage).filter(body => body !== ''), catchUp === 'none' ? ['live'] : expected, JSON.stringify(catchUp))
    assert.deepEqual(stage.ledger.gaps, [])
  }
})

test('what another logger had recorded is not recorded again', async t => {
  const stage = stageWithArchive(t, { catchUp: 'all' })
  for (const n of [1, 2, 3]) say(stage, n, false)
  const before = stageWithArchive(t)
  before.recorded.push({
    _id: `${LAB}:t:${formatTime(AT + 2 * SECOND)}` as never, kind: 'message', room: LAB, time: formatTime(AT + 2.4 * SECOND), uid: 'imported', nick: 'alice', body: '2', via: 'import', anchor: 't'
  })
  const next = stageWithArchive(t, { catchUp: 'all' }, {}, before)
  for (const n of [1, 2, 3]) say(next, n, false)
  await next.enter()
  await settled(next)
  assert.deepEqual(bodies(next), ['1', '2', '3'])
})

test('whatever breaks when: each message once, in the order of the room', async t => {
  await fc.assert(fc.asyncProperty(
    fc.array(fc.oneof({ weight: 6, arbitrary: fc.constant('say') }, fc.constant('break'), fc.constant('return'), fc.constant('break while fetching')), { maxLength: 60 }),
    async steps => {
      const stage = stageWithArchive(t)
      stage.archive.max = 3
      await stage.enter()
      let isInside = true
      let n = 0
      for (const step of steps) {
        if (step === 'say') say(stage, ++n, isInside)
        if (step === 'break' && isInside) stage.room.offline(AT + n * SECOND)
        if (step === 'break while fetching') {
          if (isInside) stage.room.offline(AT + n * SECOND)
          let pages = 0
          stage.archive.onPage = () => { if (++pages === 1 + n % 4) stage.room.offline(AT + n * SECOND) }
          await stage.enter()
          await settled(stage)
          stage.archive.onPage = undefined
        }
        if (step === 'return' && !isInside) {
          await stage.enter()
          if (n % 2 === 0) await settled(stage)
        }
        isInside = step === 'return' ? true : step.startsWith('break') ? false : isInside
        if (step === 'break while fetching' && stage.room.status().state === 'joined') isInside = true
      }
      if (!isInside) await stage.enter()
      await settled(stage)
      assert.deepEqual(bodies(stage), Array.from({ length: n }, (_, i) => String(i + 1)))
      assert.deepEqual(stage.ledger.gaps, [])
    }
  ), { numRuns: 100 })
})
