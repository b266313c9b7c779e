import assert from 'node:assert/strict'
import test from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { formatTime } from '../../src/model/archive-time.ts'
import type { RoomEvent } from '../../src/model/event.ts'
import { parseXml } from '../../src/xmpp/element.ts'
import { ADDRESS, groupchat, LAB, presence } from '../helpers/fake-room-server.ts'
import { AT, live, said, stageFor } from './on-stage.ts'

test('events go to the record in the order in which they were heard, however slowly it takes them', async t => {
  const calls: RoomEvent[] = []
  const stage = stageFor(t, {}, { record: event => new Promise(() => { calls.push(event) }) })
  await stage.enter([said('0', 0)])
  for (let n = 1; n < 1000; n++) stage.hear(live(String(n)), AT + 1e6)
  assert.deepEqual(calls.map(({ body }) => body), Array.from({ length: 1000 }, (_, n) => String(n)))
  assert.ok(calls.every(({ time }, n) => n === 0 || time > (calls[n - 1]?.time ?? '')))
})

test('an event that the record refuses does not stop the next', async t => {
  const taken: string[] = []
  const stage = stageFor(t, {}, {
    record: async ({ body = '' }) => {
      if (body === 'bad') throw new Error('refused')
      taken.push(body)
    }
  })
  await stage.enter()
  for (const body of ['one', 'bad', 'two']) stage.hear(live(body))
  await stage.room.drained()
  assert.deepEqual(taken, ['one', 'two'])
})

test('who was there before us is no event; who comes and goes afterwards is', async t => {
  const stage = stageFor(t)
  await stage.join()
  stage.hear(presence('alice'))
  stage.hear(presence('archiver', { status: [110] }))
  stage.hear(presence('bob'))
  assert.equal(stage.room.status().occupants, 3)
  stage.hear(presence('alice', { type: 'unavailable' }))
  assert.deepEqual(await stage.told(), ['live join bob', 'live leave alice'])
})

test('real addresses are kept when that is configured, and in the protected field only', async t => {
  for (const keepRealJids of [false, true]) {
    const stage = stageFor(t, { keepRealJids })
    await stage.enter()
    stage.hear(presence('alice', { item: 'jid="alice@example.org/phone"' }))
    await stage.room.drained()
    assert.deepEqual(stage.recorded[0]?.private, keepRealJids ? { jid: 'alice@example.org/phone' } : undefined)
    assert.equal(JSON.stringify(stage.recorded).includes('alice@example.org'), keepRealJids)
  }
})

test('a destroyed room is recorded with where it points to', async t => {
  const stage = stageFor(t)
  await stage.enter()
  stage.hear(`<presence type="unavailable" from="${LAB}/archiver" to="${ADDRESS}"><x xmlns="http://jabber.org/protocol/muc#user">` +
    '<item affiliation="none" role="none"/><destroy jid="new@conference.localhost"><reason>moved</reason></destroy></x></presence>')
  await stage.room.drained()
  assert.deepEqual(stage.recorded.map(({ kind, nick, alternate, reason }) => [kind, nick, alternate, reason]),
    [['destroy', '', 'new@conference.localhost', 'moved']])
})

test('a room that becomes members-only is asked at once, so that its pages close', async t => {
  const stage = stageFor(t)
  await stage.enter()
  assert.equal(stage.infos.at(-1)?.isOpen, true)
  stage.disco = parseXml('<iq type="result"><query xmlns="http://jabber.org/protocol/disco#info"><feature var="muc_membersonly"/></query></iq>')
  stage.hear(presence('archiver', { type: 'unavailable', status: [110, 322] }))
  await setImmediate()
  assert.equal(stage.infos.at(-1)?.isOpen, false)
})

const STATUS_170 = '<x xmlns="http://jabber.org/protocol/muc#user"><status code="104"/><status code="170"/><status code="100"/></x>'

test('a change of configuration is told by the room alone, also beside a text of its own', async t => {
  const stage = stageFor(t)
  await stage.enter()
  const asked = stage.infos.length
  stage.hear(groupchat('alice', STATUS_170))
  stage.hear(groupchat('alice', `<body>hi</body>${STATUS_170}`))
  assert.equal(stage.infos.length, asked)
  stage.hear(groupchat('', STATUS_170))
  stage.hear(groupchat('', `<body>The room is logged.</body>${STATUS_170}`))
  stage.hear(`<message from="${LAB}" to="${ADDRESS}">${STATUS_170}</message>`)
  await setImmediate()
  assert.equal(stage.infos.length, asked + 2)
  assert.deepEqual(await stage.told(), ['live message alice hi', 'live configuration', 'live message The room is logged.', 'live configuration'])
  assert.deepEqual(stage.recorded[1]?.status, [104, 170])
})

test('what a hostile room sends is heard without harm', async t => {
  const stage = stageFor(t)
  await stage.enter()
  const names = ['__proto__', 'a'.repeat(1000), '<b>', '\u202eevil', '🎉/slash']
  for (const nick of names) {
    const { attrs } = parseXml(presence('x', { status: [110, 100, 999] }))
    stage.hear(Object.assign(parseXml(presence('x', { status: [110] })), { attrs: { ...attrs, from: `${LAB}/${nick}` } }))
  }
  stage.hear(`<presence from="${LAB}" to="${ADDRESS}"><c xmlns="http://jabber.org/protocol/caps"/></presence>`)
  stage.hear(`<presence from="${LAB}" to="${ADDRESS}" type="unavailable"/>`)
  stage.hear(`<iq from="${LAB}" to="${ADDRESS}" type="get" id="x"><query xmlns="urn:example"/></iq>`)
  stage.hear(groupchat('alice', '<body>' + 'x'.repeat(100_000) + '</body>'))
  assert.deepEqual((await stage.told()).length, names.length + 1)
  assert.deepEqual(stage.recorded.slice(0, -1).map(({ nick }) => nick), names)
})

test('an event of another process moves our clock on when we join again', async t => {
  let last = formatTime(AT)
  const stage = stageFor(t, {}, { lastTime: async () => last })
  await stage.enter()
  last = formatTime(AT + 60e6)
  stage.room.offline(AT)
  await stage.enter()
  stage.hear(live('next'), AT)
  await stage.room.drained()
  assert.equal(stage.recorded[0]?.time, formatTime(AT + 60e6 + 1))
})
