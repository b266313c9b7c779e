import assert from 'node:assert/strict'
import test from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { formatTime } from '../../src/model/archive-time.ts'
import { HansardError } from '../../src/model/errors.ts'
import { parseXml, textOf } from '../../src/xmpp/element.ts'
import { parseMamResult } from '../../src/xmpp/mam.ts'
import { groupchat, LAB, presence, stanzaId, WITH_ARCHIVE } from '../helpers/fake-room-server.ts'
import type { RoomStage } from '../helpers/fake-room-server.ts'
import { AT, joinsOf, live, NO_IDS, said, stageFor, withTimers } from './on-stage.ts'

const SECOND = 1e6

/** What was heard is durable, and the history judged. */
async function settled (stage: RoomStage): Promise<void> {
  await stage.room.drained()
  await setImmediate()
}

test('history that tells again what is recorded leaves no gap, with ids and without', async t => {
  for (const hasIds of [true, false]) {
    const stage = stageFor(t)
    if (!hasIds) stage.disco = NO_IDS
    await stage.enter()
    stage.hear(live('one', stanzaId('a')), AT)
    stage.room.offline(AT + SECOND)
    await stage.enter([said('one', 0, 'a'), said('two', 30, 'b')])
    await settled(stage)
    assert.deepEqual([await stage.told(), stage.ledger.gaps, stage.ledger.open],
      [['live message alice one', 'catch-up message alice two'], [], undefined])
  }
})

test('history that does not reach back to what is recorded leaves a gap up to its first message', async t => {
  const stage = stageFor(t)
  await stage.enter()
  stage.hear(live('one', stanzaId('a')), AT)
  stage.room.offline(AT + SECOND)
  await stage.enter([said('nine', 3, 'i'), said('ten', 4, 'j')])
  await settled(stage)
  assert.deepEqual(stage.ledger.gaps.map(({ from, to, cause, problem }) => ({ from, to, cause, problem })), [
    { from: formatTime(AT + SECOND), to: formatTime(AT + 3 * SECOND), cause: 'disconnected', problem: 'no-archive' }
  ])
})

test('a room that tells nothing though something was said before leaves a gap up to our return', async t => {
  const stage = stageFor(t)
  await stage.enter()
  stage.hear(live('one', stanzaId('a')), AT)
  stage.room.offline(AT + SECOND)
  await stage.join()
  stage.hear(presence('archiver', { status: [110] }), AT + 60 * SECOND)
  stage.hear(groupchat('', '<subject/>'))
  await settled(stage)
  assert.deepEqual(stage.ledger.gaps.map(({ from, to }) => [from, to]), [[formatTime(AT + SECOND), formatTime(AT + 60 * SECOND)]])
})

test('history with something said before we left is enough, even if it was never recorded', async t => {
  const stage = stageFor(t)
  await stage.enter()
  stage.room.offline(AT + 3 * SECOND)
  await stage.enter([said('before', 2, 'a'), said('after', 4, 'b')])
  await settled(stage)
  assert.deepEqual(stage.ledger.gaps, [])
})

test('after a kill the gap begins with the last that was recorded, though the program had said before that that it was alive', async t => {
  const before = stageFor(t)
  await before.enter()
  for (const n of [1, 2]) before.hear(live(String(n), stanzaId(`i${n}`)), AT + n * SECOND)
  await before.room.drained()
  const stage = stageFor(t, {}, {}, before)
  stage.ledger.open = { from: formatTime(AT), cause: 'killed' }
  await stage.join()
  stage.hear(presence('archiver', { status: [110] }), AT + 60 * SECOND)
  stage.hear(groupchat('', '<subject/>'))
  await settled(stage)
  assert.deepEqual(stage.ledger.gaps.map(({ from, to }) => [from, to]), [[formatTime(AT + 2 * SECOND), formatTime(AT + 60 * SECOND)]])
})

test('what a room that still counts on us says before the join, and tells again after it, proves nothing of the time before', async t => {
  const before = stageFor(t)
  await before.enter()
  before.hear(live('one', stanzaId('i1')), AT)
  await before.room.drained()
  let go: () => void = () => {}
  const lastTime = async () => {
    await new Promise<void>(resolve => { go = resolve })
    return before.recorded[0]?.time
  }
  const stage = stageFor(t, {}, { lastTime }, before)
  stage.ledger.open = { from: formatTime(AT), cause: 'killed' }
  const joining = stage.join()
  await setImmediate()
  stage.hear(live('early', stanzaId('i9')), AT + 2 * SECOND)
  await stage.room.drained()
  go()
  await joining
  stage.hear(presence('archiver', { status: [110] }), AT + 3 * SECOND)
  stage.hear(said('early', 2, 'i9'))
  stage.hear(groupchat('', '<subject/>'))
  await settled(stage)
  assert.deepEqual(stage.recorded.map(({ body }) => body), ['one', 'early'])
  assert.equal(stage.ledger.gaps[0]?.problem, 'no-archive')
})

test('a first join leaves no gap, whatever it tells', async t => {
  const stage = stageFor(t)
  await stage.enter([said('one', 0, 'a')])
  await settled(stage)
  assert.deepEqual([stage.ledger.gaps, stage.ledger.isKnown, stage.ledger.open], [[], true, undefined])
})

test('a history that the stream broke off and then went on with is worth what it tells in the end', async t => {
  const stage = stageFor(t)
  await stage.enter()
  stage.hear(live('one', stanzaId('a')), AT)
  stage.room.offline(AT + SECOND)
  await stage.enter([said('one', 0, 'a')], null)
  stage.room.offline(AT + 40 * SECOND)
  assert.equal(stage.room.resume(), true)
  assert.notEqual(stage.ledger.open, undefined)
  stage.hear(said('two', 30, 'b'))
  stage.hear(groupchat('', '<subject/>'))
  await settled(stage)
  assert.deepEqual([await stage.told(), stage.ledger.gaps, stage.ledger.open],
    [['live message alice one', 'catch-up message alice two'], [], undefined])
})

test('events that nothing can take open a gap from the last that was taken, and each loss is not reported anew', async t => {
  let isFull = false
  const stage = stageFor(t, {}, { record: async () => { if (isFull) throw new HansardError('ERR_SPOOL_FULL', 'full') } })
  await stage.enter()
  stage.hear(live('one', stanzaId('a')), AT)
  stage.hear(live('two', stanzaId('b')), AT + SECOND)
  await stage.room.drained()
  isFull = true
  stage.hear(live('three', stanzaId('c')), AT + 2 * SECOND)
  await stage.room.drained()
  stage.room.overflow()
  stage.room.offline(AT + 5 * SECOND)
  assert.deepEqual(stage.ledger.open, { from: formatTime(AT + SECOND), cause: 'overflow', after: 'b' })
})

test('a kick and a ban are gaps from then on, told as such', async t => {
  for (const code of [307, 301]) {
    const stage = stageFor(t)
    await stage.enter()
    stage.hear(presence('archiver', { type: 'unavailable', status: [110, code] }), AT + 7 * SECOND)
    assert.deepEqual(stage.ledger.open, { from: formatTime(AT + 7 * SECOND), cause: 'removed' })
  }
})

test('a destroyed room is not entered again, not after a restart, and not under its name by another owner', async t => {
  const tick = withTimers(t)
  const destroy = `<presence type="unavailable" from="${LAB}/archiver" to="x@archive.localhost"><x xmlns="http://jabber.org/protocol/muc#user">` +
    '<item affiliation="none" role="none"/><destroy jid="new@conference.localhost"/></x></presence>'
  const stage = stageFor(t)
  const entered = stage.enter()
  await tick(0)
  await entered
  stage.hear(destroy, AT)
  await tick(24 * 3600_000)
  assert.equal(joinsOf(stage).length, 1)
  assert.match(stage.room.status().problem ?? '', /destroyed; it points to new@conference\.localhost/)
  await stage.room.enter()
  assert.match(stage.room.status().problem ?? '', /recreated_after: 2026-11-21T07:07:00\.000000Z/)

  const restarted = stageFor(t, {}, {}, stage)
  await restarted.room.enter()
  assert.deepEqual(joinsOf(restarted), [])
  assert.match(restarted.room.status().problem ?? '', /destroyed at 2026-11-21T07:07:00\.000000Z/)

  const accepted = stageFor(t, { recreatedAfter: formatTime(AT) }, {}, stage)
  const again = accepted.enter()
  await tick(0)
  await again
  assert.equal(accepted.room.status().state, 'joined')
})

test('a room that our join created is left at once', async t => {
  const stage = stageFor(t)
  await stage.join()
  stage.hear(presence('archiver', { affiliation: 'owner', role: 'moderator', status: [110, 201] }))
  assert.deepEqual(stage.sent.map(({ attrs }) => attrs['type']), [undefined, 'unavailable'])
  assert.match(stage.room.status().problem ?? '', /does not exist/)
})

test('an archived message that cannot be understood is put aside, and the rest is fetched', async t => {
  const stage = stageFor(t)
  stage.disco = WITH_ARCHIVE
  await stage.enter()
  stage.room.offline(AT)
  const item = (n: number) => ({ id: `i${n}`, at: AT + n * SECOND, stanza: groupchat('alice', `<body>${n}</body>`, 'xmlns="jabber:client"') })
  stage.archive.items.push(item(1), item(2), item(3))
  const { answer } = stage.archive
  stage.archive.answer = (iq, hear) => answer(iq, result => {
    // What no parser would make: something that throws when it is looked at.
    const forwarded = parseMamResult(result)?.stanza
    if (forwarded !== undefined && textOf(forwarded, 'body') === '2') {
      Object.defineProperty(forwarded, 'children', { get: () => { throw new Error('poison') } })
      Object.defineProperty(forwarded, 'toString', { value: () => '<message/>' })
    }
    hear(result)
  })
  await stage.enter()
  do await setImmediate()
  while (stage.room.status().isCatchingUp)
  assert.deepEqual(stage.recorded.map(({ body }) => body), ['1', '3'])
  assert.deepEqual(stage.quarantined, ['<message/>'])
})

test('what is asked for once more: a gap that can be filled now is filled, and what cannot be is said', async t => {
  const stage = stageFor(t)
  await stage.enter()
  stage.hear(live('one', stanzaId('i1')), AT + SECOND)
  stage.room.offline(AT + 2 * SECOND)
  await stage.enter([said('nine', 4, 'i9')])
  await settled(stage)
  assert.equal(stage.ledger.gaps.length, 1)
  assert.deepEqual(await stage.room.catchUp(() => {}, Infinity), { room: LAB, recovered: 0, holes: 1, problem: 'the room keeps no archive that we may read' })

  stage.disco = WITH_ARCHIVE
  for (const [n, second] of [[1, 1], [2, 2.5], [3, 3], [9, 4]] as const) {
    stage.archive.items.push({ id: `i${n}`, at: AT + second * SECOND, stanza: groupchat('alice', `<body>${n}</body>`, 'xmlns="jabber:client"') })
  }
  stage.room.offline(AT + 100 * SECOND)
  await stage.enter()
  const seen: number[] = []
  const report = await stage.room.catchUp(({ recovered }) => { seen.push(recovered) }, Infinity)
  assert.deepEqual([report.recovered, report.holes, report.problem], [2, 0, undefined])
  assert.deepEqual(stage.recorded.toSorted((a, b) => a.time < b.time ? -1 : 1).map(({ body }) => body), ['one', '2', '3', 'nine'])
  assert.ok(stage.ledger.gaps[0]?.filled)
  assert.ok(parseXml(stage.recorded.find(({ body }) => body === '2')?.stanza ?? '').attrs['type'] === 'groupchat')
})
