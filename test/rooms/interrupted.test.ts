import assert from 'node:assert/strict'
import test from 'node:test'
import type { TestContext } from 'node:test'
import { formatTime } from '../../src/model/archive-time.ts'
import { parseXml } from '../../src/xmpp/element.ts'
import { StanzaError } from '../../src/xmpp/stanza-error.ts'
import { groupchat, LAB, stanzaId } from '../helpers/fake-room-server.ts'
import type { RoomStage } from '../helpers/fake-room-server.ts'
import { AT, said, stageFor, withTimers } from './on-stage.ts'
import { archived, bodies, quiet, say, SECOND, settled, stageWithArchive } from './with-archive.ts'

/** The walk is over, and letting go of what waited takes until go(): so long the store is away. */
async function stageLettingGo (t: TestContext): Promise<{ stage: RoomStage, go: () => void }> {
  let isSlow = false
  let go: (() => void) | undefined
  const stage = stageWithArchive(t, {}, {
    async release () {
      if (!isSlow) return
      isSlow = false
      await new Promise<void>(resolve => { go = resolve })
    }
  })
  await stage.enter()
  say(stage, 1)
  stage.room.offline(AT + 2 * SECOND)
  say(stage, 2, false)
  await stage.enter()
  isSlow = true
  await quiet()
  assert.ok(go)
  return { stage, go }
}

test('a walk whose stay is over closes no gap, however late it ends', async t => {
  const { stage, go } = await stageLettingGo(t)
  stage.room.offline(AT + 10 * SECOND)
  for (let n = 20; n < 60; n++) say(stage, n, false)
  go()
  await quiet()
  assert.notEqual(stage.ledger.open, undefined)
  await stage.enter()
  await settled(stage)
  assert.deepEqual([bodies(stage).length, stage.ledger.gaps, stage.ledger.open], [42, [], undefined])
})

test('the same when the stream is resumed: nothing is fetched that was not asked for', async t => {
  const { stage, go } = await stageLettingGo(t)
  for (let n = -300; n < 0; n++) stage.archive.items.unshift({ ...archived(n), at: AT - 9e9 + n * SECOND })
  stage.room.offline(AT + 10 * SECOND)
  go()
  await quiet()
  assert.ok(stage.room.resume())
  await settled(stage)
  assert.deepEqual(bodies(stage), ['1', '2'])
})

test('a try to join that another has overtaken does nothing any more in the room that is joined', async t => {
  let isBlocked = true
  let go: () => void = () => {}
  const stage = stageWithArchive(t, { catchUp: 'all' })
  stage.ledger.open = { from: formatTime(AT), cause: 'stopped' }
  stage.ledger.absence = async () => {
    if (isBlocked) {
      isBlocked = false
      await new Promise<void>(resolve => { go = resolve })
    }
    return stage.ledger.open
  }
  const overtaken = stage.room.enter()
  await quiet()
  stage.room.offline(AT + SECOND)
  await stage.enter()
  await settled(stage)
  say(stage, 5)
  go()
  await overtaken
  say(stage, 6)
  await settled(stage)
  assert.deepEqual([bodies(stage), stage.ledger.open, stage.room.status().state], [['5', '6'], undefined, 'joined'])
})

test('who leaves while a rejoin is on its way stays outside', async t => {
  const stage = stageWithArchive(t)
  await stage.enter()
  say(stage, 1)
  stage.room.offline(AT + SECOND)
  stage.archive.faults.push(new StanzaError('forbidden', 'auth'))
  await stage.enter()
  await stage.room.leave()
  await quiet()
  assert.equal(stage.room.status().state, 'outside')
  assert.equal(stage.sent.at(-1)?.attrs['type'], 'unavailable')
})

test('the gap is not closed before what the history told is durable', async t => {
  let take: () => void = () => {}
  const stage = stageFor(t, {}, { record: () => new Promise(resolve => { take = () => { resolve(undefined) } }) })
  stage.ledger.open = { from: formatTime(AT), cause: 'stopped' }
  await stage.enter([said('missed', 3, 'b')])
  await quiet()
  assert.notEqual(stage.ledger.open, undefined)
  take()
  await quiet()
  assert.equal(stage.ledger.open, undefined)
})

test('a live message whose ids cannot be trusted is not recorded again by the walk', async t => {
  const stage = stageWithArchive(t)
  await stage.enter()
  say(stage, 1)
  stage.room.offline(AT + 2 * SECOND)
  for (let n = 2; n < 60; n++) say(stage, n, false)
  stage.archive.onPage = () => {
    stage.archive.onPage = undefined
    stage.archive.items.push(archived(60))
    stage.hear(groupchat('alice', `<body>60</body>${stanzaId('id60')}${stanzaId('forged')}`), AT + 60 * SECOND)
  }
  await stage.enter()
  await settled(stage)
  assert.deepEqual(bodies(stage).filter(body => body === '60'), ['60'])
})

test('after a resumed stream everything is live: no sender sets the time of his message, and a first subject is kept', async t => {
  const stage = stageWithArchive(t)
  await stage.enter([], null)
  say(stage, 1)
  stage.room.offline(AT + 2 * SECOND)
  await stage.enter([], null)
  await settled(stage)
  stage.room.offline(AT + 20 * SECOND)
  assert.ok(stage.room.resume())
  stage.hear(groupchat('mallory', `<body>forged</body>${stanzaId('x')}<delay xmlns="urn:xmpp:delay" stamp="2001-01-01T00:00:00Z"/>`), AT + 30 * SECOND)
  stage.hear(groupchat('alice', '<subject>brand new</subject>'), AT + 31 * SECOND)
  await settled(stage)
  assert.deepEqual(bodies(stage), ['1', 'forged', 'brand new'])
})

function subjectsOf (stage: RoomStage): Array<string | undefined> {
  return stage.recorded.filter(({ kind }) => kind === 'subject').map(({ body }) => body)
}

test('a subject that is changed during the walk is recorded once, and so is the one before it', async t => {
  const stage = stageWithArchive(t)
  await stage.enter([], 'A')
  say(stage, 1)
  stage.hear(groupchat('alice', `<subject>A2</subject>${stanzaId('s0')}`), AT + 1.5 * SECOND)
  stage.archive.items.push({ id: 's0', at: AT + 1.5 * SECOND, stanza: groupchat('alice', '<subject>A2</subject>', 'xmlns="jabber:client"') })
  stage.room.offline(AT + 2 * SECOND)
  for (let n = 4; n < 60; n++) say(stage, n, false)
  stage.archive.onPage = () => {
    stage.archive.onPage = undefined
    stage.hear(groupchat('alice', '<subject>B</subject>'), AT + 61 * SECOND)
  }
  await stage.enter([], 'A2')
  await settled(stage)
  stage.room.offline(AT + 70 * SECOND)
  await stage.enter([], 'B')
  await settled(stage)
  assert.deepEqual(subjectsOf(stage), ['A2', 'B'])
})

test('an old subject that the walk finds is not taken for the present one', async t => {
  const stage = stageWithArchive(t)
  const subject = (text: string): string => groupchat('alice', `<subject>${text}</subject>`, 'xmlns="jabber:client"')
  await stage.enter([], '')
  say(stage, 1)
  stage.room.offline(AT + 2 * SECOND)
  stage.archive.items.push({ id: 's1', at: AT + 3 * SECOND, stanza: subject('old') })
  for (let n = 4; n < 60; n++) say(stage, n, false)
  stage.archive.onPage = () => {
    stage.archive.onPage = undefined
    stage.archive.items.push({ id: 's2', at: AT + 61 * SECOND, stanza: subject('new') })
    stage.hear(groupchat('alice', `<subject>new</subject>${stanzaId('s2')}`), AT + 61 * SECOND)
  }
  await stage.enter([], 'old')
  await settled(stage)
  stage.room.offline(AT + 70 * SECOND)
  await stage.enter([], 'new')
  await settled(stage)
  assert.deepEqual(subjectsOf(stage).toSorted(), ['new', 'old'])
})

test('a page that is longer than asked for is taken to its end', async t => {
  const stage = stageWithArchive(t)
  stage.archive.max = 400
  const { answer } = stage.archive
  stage.archive.answer = (iq, hear) => answer(parseXml(iq.toString().replace('<max>250</max>', '<max>400</max>')), hear)
  await stage.enter()
  say(stage, 1)
  stage.room.offline(AT + 2 * SECOND)
  for (let n = 2; n < 500; n++) say(stage, n, false)
  await stage.enter()
  await settled(stage)
  assert.equal(bodies(stage).length, 499)
})

test('a message that is taken out of the archive while we walk over it does not end the walk', async t => {
  const stage = stageWithArchive(t)
  await stage.enter()
  say(stage, 1)
  stage.room.offline(AT + 2 * SECOND)
  for (let n = 2; n < 130; n++) say(stage, n, false)
  let pages = 0
  stage.archive.onPage = () => {
    if (++pages === 2) stage.archive.items.splice(stage.archive.items.findIndex(({ id }) => id === 'id51'), 1)
  }
  await stage.enter()
  await settled(stage)
  assert.equal(bodies(stage).length, 129)
  assert.deepEqual([stage.ledger.gaps, stage.sent.some(({ attrs }) => attrs['type'] === 'unavailable')], [[], false])
})

test('everything was fetched by id: a room whose clock is ahead is no gap', async t => {
  const stage = stageWithArchive(t)
  const push = (n: number): void => { stage.archive.items.push({ ...archived(n), at: AT + (n + 600) * SECOND }) }
  await stage.enter()
  push(1)
  stage.hear(groupchat('alice', `<body>1</body>${stanzaId('id1')}`), AT + SECOND)
  stage.room.offline(AT + 2 * SECOND)
  push(3)
  await stage.enter()
  await settled(stage)
  assert.deepEqual([bodies(stage), stage.ledger.gaps], [['1', '3'], []])
})

test('an old gap that the archive has no answer for does not keep the others open', async t => {
  const tick = withTimers(t)
  const stage = stageWithArchive(t)
  await stage.enter()
  say(stage, -890)
  say(stage, 1)
  for (const ago of [900, 700]) {
    const from = AT - ago * SECOND
    stage.ledger.gaps.push({ room: LAB, from: formatTime(from), to: formatTime(from + SECOND), cause: 'disconnected', problem: 'unanswered' })
  }
  const { answer } = stage.archive
  stage.archive.answer = (iq, hear) => {
    if (iq.toString().includes(formatTime(AT - 900 * SECOND - 86_400 * SECOND))) throw new StanzaError('bad-request', 'modify')
    return answer(iq, hear)
  }
  stage.room.offline(AT + 2 * SECOND)
  await stage.enter()
  for (let n = 0; n < 5; n++) await tick(300_000)
  assert.deepEqual(stage.ledger.gaps.map(({ filled }) => filled !== undefined), [false, true])
})

test('the first subject a room ever gets, set while its past is fetched, has no empty one before it', async t => {
  const stage = stageWithArchive(t, { catchUp: 'all' })
  for (let n = 0; n < 60; n++) say(stage, n, false)
  stage.archive.onPage = () => {
    stage.archive.onPage = undefined
    stage.hear(groupchat('alice', '<subject>first</subject>'), AT + 61 * SECOND)
  }
  await stage.enter([], '')
  await settled(stage)
  assert.deepEqual(subjectsOf(stage), ['first'])
})
