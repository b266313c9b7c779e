import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { formatTime, toMicros } from '../../src/model/archive-time.ts'
import type { RoomEvent } from '../../src/model/event.ts'
import { ANNEX, at, join, LOUNGE, message, messages, ODD_ROOMS } from './sample-events.ts'
import type { Contract } from './store-contract.ts'
import { allTalk, assertFormat, uids } from './store-under-test.ts'

const ODD_TEXTS = [
  ['control characters', '\u0001\u0007\u001b[31m\u007f\u0085'],
  ['NUL', 'a\u0000b'],
  ['line ends', 'a\r\nb\u2028c\u2029d\n'],
  ['quotes and backslashes', '\'"`\\ \\u0000 %s <b>&amp;</b>'],
  ['astral characters', '😀🏳️‍🌈𝒳'],
  ['right-to-left marks', '\u202eabc\u202c שלום'],
  ['both forms of é', 'é e\u0301'],
  ['a byte order mark', '\ufeffx\ufffe\uffff'],
  ['names of object properties', '__proto__'],
  ['nothing', ''],
  ['spaces', '  \u00a0 '],
  ['200 kB', 'ø'.repeat(100_000)]
] as const

const FULL: RoomEvent = {
  kind: 'message',
  room: LOUNGE,
  time: at(0),
  uid: 'full',
  nick: 'alice',
  via: 'import',
  occupant: 'occupant-1',
  body: 'text',
  message: 'm1',
  origin: 'o1',
  replaces: 'm0',
  retracts: 'uid-1',
  repliesTo: 'uid-2',
  reactsTo: 'uid-3',
  reactions: ['👍', '👎'],
  claimedTime: '2026-11-21T07:00:00Z',
  stanza: '<message xmlns="jabber:client"><x xmlns="urn:x"> &#9; </x></message>',
  newNick: 'bob',
  actor: 'carol',
  reason: 'because',
  role: 'moderator',
  affiliation: 'owner',
  status: [100, 172],
  alternate: 'other@conference.example.org',
  source: { format: 'text', file: 'a.log', line: 12 },
  encrypted: 'urn:xmpp:omemo:2',
  crowd: [{ nick: 'dave', occupant: 'occupant-4' }, { nick: '' }],
  private: { jid: 'alice@example.org/home', jids: { dave: 'dave@example.org/x', __proto__x: 'eve@example.org' } }
}

export function appendContract ({ fresh, driver, place, open }: Contract): void {
  test('nothing appended is nothing recorded', async t => {
    const store = await fresh(t)
    assert.deepEqual(await store.append([]), [])
    assert.deepEqual(await store.rooms(), [])
    assert.equal(await store.lastTime(LOUNGE), undefined)
    assert.equal(await store.get(LOUNGE, 'x'), undefined)
  })

  test('an event comes back with its id and anchor and every field as it was', async t => {
    const store = await fresh(t)
    const [result] = await store.append([FULL])
    const expected = { ...FULL, _id: 'lounge@conference.example.org:t:2026-11-21T07:14:09.000000Z', anchor: 't071409' }
    assert.deepEqual(result, { event: expected, isNew: true })
    const recorded = await store.get(LOUNGE, 'full')
    assert.deepEqual(recorded, expected)
    assertFormat(expected as NonNullable<typeof recorded>)
    assert.deepEqual(await store.fetch([expected._id as NonNullable<typeof recorded>['_id']]), [expected])
  })

  test('the same uid twice is recorded once and reported in the recorded form', async t => {
    const store = await fresh(t)
    const [first] = await store.append([message(0)])
    const again = await store.append([message(5, { uid: 'uid-0', body: 'another text' }), message(1)])
    assert.deepEqual(again.map(({ isNew }) => isNew), [false, true])
    assert.deepEqual(again[0]?.event, first?.event)
    assert.deepEqual(uids(await allTalk(store, LOUNGE)), ['uid-0', 'uid-1'])
  })

  test('the same uid twice in one batch is recorded once', async t => {
    const store = await fresh(t)
    const results = await store.append([message(0), message(3, { uid: 'uid-0' }), message(0)])
    assert.deepEqual(results.map(({ isNew }) => isNew), [true, false, false])
    assert.deepEqual(results[1]?.event, results[0]?.event)
    assert.equal((await allTalk(store, LOUNGE)).length, 1)
  })

  test('a whole batch appended again changes nothing', async t => {
    const store = await fresh(t)
    const batch = [...messages(50), join(3), join(7)]
    const first = await store.append(batch)
    const day = await store.day(LOUNGE, '2026-11-21' as never)
    const again = await store.append(batch)
    assert.deepEqual(again, first.map(({ event }) => ({ event, isNew: false })))
    assert.deepEqual(await store.day(LOUNGE, '2026-11-21' as never), day)
  })

  test('one uid may stand in two rooms', async t => {
    const store = await fresh(t)
    const results = await store.append([message(0, { uid: 'same' }), message(0, { uid: 'same', room: ANNEX })])
    assert.deepEqual(results.map(({ isNew }) => isNew), [true, true])
    assert.equal((await store.get(ANNEX, 'same'))?.room, ANNEX)
  })

  test('uids that differ in case, accents or invisible characters are different', async t => {
    const store = await fresh(t)
    const odd = ['uid', 'UID', 'Uid', 'uíd', 'ui\u0301d', 'u\u200bid', 'u\u0001id', 'uid ', 'u-id', 'u_id', 'uid\u0000']
    const results = await store.append(odd.map((uid, n) => message(n, { uid, body: `text of ${n}` })))
    assert.ok(results.every(({ isNew }) => isNew))
    for (const [n, uid] of odd.entries()) assert.equal((await store.get(LOUNGE, uid))?.body, `text of ${n}`)
  })

  test('events of equal time keep the order of their arrival, a microsecond apart', async t => {
    const store = await fresh(t)
    await store.append([message(0, { uid: 'a' }), message(0, { uid: 'b' })])
    await store.append([message(0, { uid: 'c' }), message(0.000001, { uid: 'd' })])
    const events = await allTalk(store, LOUNGE)
    assert.deepEqual(events.map(({ uid, time }) => [uid, time]), [
      ['a', at(0)], ['b', at(0.000001)], ['c', at(0.000002)], ['d', at(0.000003)]
    ])
  })

  test('a thousand events of one time stand in the order of their arrival', async t => {
    const store = await fresh(t)
    const batch = Array.from({ length: 1000 }, (_, n) => message(0, { uid: `u${n}` }))
    await store.append(batch.slice(0, 600))
    await store.append(batch.slice(600))
    const events = await allTalk(store, LOUNGE)
    assert.deepEqual(uids(events), uids(batch as never))
    assert.equal(events.at(-1)?.time, formatTime(toMicros(at(0)) + 999))
    assert.equal(new Set(events.map(({ anchor }) => anchor)).size, 1000)
  })

  test('talk and presence may stand at one time', async t => {
    const store = await fresh(t)
    const results = await store.append([message(0), join(0)])
    assert.deepEqual(results.map(({ event }) => event.time), [at(0), at(0)])
  })

  test('an event older than what is recorded takes its place in the order of time', async t => {
    const store = await fresh(t)
    await store.append([message(10), message(20)])
    await store.append([message(15), message(5)])
    assert.deepEqual(uids(await allTalk(store, LOUNGE)), ['uid-5', 'uid-10', 'uid-15', 'uid-20'])
    assert.equal(await store.lastTime(LOUNGE), at(20))
  })

  test('anchors count the events of a second over both streams and all batches', async t => {
    const store = await fresh(t)
    const first = await store.append([message(0.5), join(0.1), message(1)])
    const second = await store.append([message(0.2), join(0.9), message(0.7, { room: ANNEX })])
    assert.deepEqual([...first, ...second].map(({ event }) => event.anchor), ['t071409', 't071409b', 't071410', 't071409c', 't071409d', 't071409'])
  })

  test('an anchor given is not given again to another event of its second', async t => {
    const store = await fresh(t)
    await store.append([message(0.1), message(0.5)])
    await store.purge(LOUNGE, at(0.1))
    const [added] = await store.append([message(0.3)])
    assert.equal(added?.event.anchor, 't071409c')
    assert.equal((await store.get(LOUNGE, 'uid-0.5'))?.anchor, 't071409b')
  })

  test('an event pushed into the next second counts among the anchors of that one', async t => {
    const store = await fresh(t)
    await store.append([message(0.999999), message(1)])
    const [pushed] = await store.append([message(0.999999, { uid: 'pushed' })])
    assert.deepEqual([pushed?.event.time, pushed?.event.anchor], [at(1.000001), 't071410b'])
  })

  test('after z come aa and ab', async t => {
    const store = await fresh(t)
    const results = await store.append(Array.from({ length: 28 }, (_, n) => message(0, { uid: `u${n}` })))
    assert.deepEqual(results.slice(24).map(({ event }) => event.anchor), ['t071409y', 't071409z', 't071409aa', 't071409ab'])
    const [late] = await store.append([message(0.5)])
    assert.equal(late?.event.anchor, 't071409ac')
  })

  test('rooms of odd names keep apart', async t => {
    const store = await fresh(t)
    await store.append(ODD_ROOMS.flatMap(room => [message(0, { room, body: room }), join(1, { room })]))
    await store.append(ODD_ROOMS.map(room => message(2, { room, body: room })))
    for (const room of ODD_ROOMS) {
      const events = await allTalk(store, room)
      assert.deepEqual(events.map(event => [event.room, event.body]), [[room, room], [room, room]])
      assert.equal(await store.count(room, { stream: 'presence' }), 1)
      assert.equal(await store.lastTime(room), at(2))
      assert.equal((await store.days(room)).length, 1)
      assert.equal((await store.fetch([events[0]!._id]))[0]?.room, room)
    }
    assert.deepEqual((await store.rooms()).map(({ room }) => room), [...ODD_ROOMS].sort())
  })

  for (const [name, text] of ODD_TEXTS) {
    test(`a nick, uid and body of ${name} come back as they were`, async t => {
      const store = await fresh(t)
      const nick = text.slice(0, 1000)
      const uid = `x${nick}`
      await store.append([message(0, { nick, uid, body: text, reactions: [text], source: { format: 'f', [nick]: nick } })])
      await store.append([join(0, { nick: '', crowd: [{ nick, occupant: text }], private: { jids: { [nick]: text } } })])
      await store.append([message(1, { nick: 'somebody else' })])
      const event = await store.get(LOUNGE, uid)
      assert.deepEqual([event?.nick, event?.uid, event?.body, event?.reactions], [nick, uid, text, [text]])
      assert.deepEqual(uids((await store.page(LOUNGE, { stream: 'talk', nick, limit: 10 })).events), [uid])
      const crowd = await store.get(LOUNGE, 'join-0')
      assert.deepEqual([crowd?.crowd, crowd?.private], [[{ nick, occupant: text }], { jids: { [nick]: text } }])
      assert.equal(await store.count(LOUNGE, { stream: 'talk', nick }), 1)
    })
  }

  test('a lone surrogate is recorded as U+FFFD', async t => {
    const store = await fresh(t)
    const [result] = await store.append([message(0, { body: 'a\ud83d b', uid: 'x\udc00', nick: '\ud800' })])
    const expected = { ...message(0), uid: 'x\ufffd', nick: '\ufffd', body: 'a\ufffd b', anchor: 't071409', _id: `${LOUNGE}:t:${at(0)}` }
    assert.deepEqual(result?.event, expected)
    assert.deepEqual(await store.get(LOUNGE, 'x\ufffd'), expected)
    const again = await store.append([message(0, { uid: 'x\udc00' })])
    assert.equal(again[0]?.isNew, false)
  })

  test('calls that come together are all recorded, each with its own results', async t => {
    const store = await fresh(t)
    const results = await Promise.all(Array.from({ length: 40 }, (_, n) => store.append([message(n), message(n + 0.5)])))
    for (const [n, pair] of results.entries()) assert.deepEqual(pair.map(({ event }) => event.uid), [`uid-${n}`, `uid-${n + 0.5}`])
    assert.equal(await store.count(LOUNGE, { stream: 'talk' }), 80)
  })

  test('one call may hold more events than a write', async t => {
    const store = await fresh(t)
    const results = await store.append(messages(1201))
    assert.ok(results.every(({ isNew }) => isNew))
    assert.equal(await store.count(LOUNGE, { stream: 'talk' }), 1201)
  })

  test('two writers on one record lose nothing and double nothing', async t => {
    const here = place(t)
    const stores = [await open(t, here), await open(t, here)] as const
    const mine = (who: number, n: number): RoomEvent => message(n, { uid: `${who}-${n}` })
    await Promise.all(stores.map(async (store, who) => {
      for (let n = 0; n < 60; n += 3) {
        await store.append([mine(who, n), mine(who, n + 1), mine(who, n + 2), message(n, { uid: `both-${n}` })])
      }
    }))
    const events = await allTalk(stores[0], LOUNGE)
    assert.equal(events.length, 60 * 2 + 20)
    assert.equal(new Set(uids(events)).size, events.length)
    assert.deepEqual(uids(await allTalk(stores[1], LOUNGE)), uids(events))
    assert.equal((await stores[0].day(LOUNGE, '2026-11-21' as never))?.talk, events.length, driver.name)
  })
}
