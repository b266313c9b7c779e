import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { createArchive } from '../../src/archive/archive.ts'
import { openLocalState } from '../../src/archive/local-state.ts'
import type { LocalState } from '../../src/archive/local-state.ts'
import { SpoolFault } from '../../src/archive/spool.ts'
import type { Spool } from '../../src/archive/spool.ts'
import { createSqliteStore } from '../../src/archive/sqlite.ts'
import { silentLogger } from '../../src/log.ts'
import type { RoomJid } from '../../src/model/address.ts'
import { ANNEX, at, LOUNGE, message } from './sample-events.ts'
import { createShakyStore, until } from './shaky-store.ts'

interface Setting {
  readonly maxBytes?: number
  readonly spool?: (spool: Spool) => Partial<Spool>
  readonly onPlaced?: (room: RoomJid, time: string) => void
  readonly patienceMs?: number
}

/** Archives over one store and one spool file, one after the other. */
function setStage (t: TestContext, { maxBytes = 1_000_000, spool = () => ({}), onPlaced, patienceMs }: Setting = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'hansard-spool-'))
  const shaky = createShakyStore()
  const heard: string[] = []
  let local: LocalState | undefined

  function start () {
    const opened = openLocalState({ path: join(directory, 'spool.db'), maxBytes, log: silentLogger })
    local = opened
    const archive = createArchive({
      store: shaky.store,
      spool: { ...opened.spool, ...spool(opened.spool) },
      quarantine: opened.quarantine,
      onRecorded () { heard.push('recorded') },
      onPlaced (room, time) {
        heard.push(`placed ${room} ${time}`)
        onPlaced?.(room, time)
      },
      onFull () { heard.push('full') },
      onFree () { heard.push('free') },
      log: silentLogger,
      pauses: { first: 1, most: 4 },
      ...(patienceMs === undefined ? {} : { patienceMs })
    })
    return { archive, local: opened, record: (seconds: number, fields = {}) => archive.record(message(seconds, fields)) }
  }

  t.after(() => {
    local?.close()
    rmSync(directory, { recursive: true })
  })
  return { ...shaky, heard, start, uids: (room = LOUNGE) => shaky.talk(room).map(({ uid }) => uid) }
}

test('an event is in the store when record() resolves, and the index is told of what is new', async t => {
  const { start, uids, heard } = setStage(t)
  const { archive, record } = start()
  await record(0)
  assert.deepEqual(uids(), ['uid-0'])
  await record(0)
  assert.deepEqual(archive.status(), { waiting: 0, spooled: 0, spooledBytes: 0, isFull: false, quarantined: 0 })
  await archive.close(1000)
  assert.deepEqual(heard, ['recorded'])
})

test('the order of calls is the order of the record, also for equal times, and however many come at once', async t => {
  const directory = mkdtempSync(join(tmpdir(), 'hansard-order-'))
  t.after(() => { rmSync(directory, { recursive: true }) })
  const store = createSqliteStore({ path: ':memory:' })
  const local = openLocalState({ path: join(directory, 'spool.db'), maxBytes: 10_000_000, log: silentLogger })
  t.after(() => { local.close() })
  const archive = createArchive({ store, ...local, onRecorded () {}, onPlaced () {}, onFull () {}, onFree () {}, log: silentLogger })
  const uids = Array.from({ length: 5_000 }, (_, n) => `u${n}`)
  await Promise.all(uids.map(uid => archive.record(message(0, { uid }))))
  await archive.close(60_000)
  const page = await store.page(LOUNGE, { stream: 'talk', limit: 10_000 })
  assert.deepEqual(page.events.map(({ uid }) => uid), uids)
  assert.equal(local.spool.status().events, 0)
})

test('calls that come at any moment of another are all recorded', async t => {
  const { start, uids } = setStage(t)
  const { archive, record } = start()
  for (let turns = 1; turns < 12; turns++) {
    const later: Array<Promise<void>> = []
    let tail = record(turns)
    for (let turn = 0; turn < turns; turn++) tail = tail.then(() => {})
    await tail.then(() => { later.push(record(turns + 0.5)) })
    await Promise.all(later)
    assert.equal(archive.status().waiting, 0)
  }
  assert.equal(uids().length, 22)
})

for (const weather of ['away', 'lost', 'part'] as const) {
  test(`while the store is ${weather} events wait in the spool, and are recorded in order when it answers again`, async t => {
    const { start, set, uids, heard, talk } = setStage(t)
    const { archive, record } = start()
    await record(0)
    set(weather)
    await Promise.all([1, 2, 3, 4].map(n => record(n)))
    await Promise.all([5, 6].map(n => record(n)))
    const { spooled, spooledBytes, problem } = archive.status()
    assert.equal(spooled, 6)
    assert.ok(spooledBytes > 600)
    assert.match(problem ?? '', /it is away/)
    set('fine')
    await until(() => archive.status().spooled === 0)
    assert.deepEqual(uids(), [0, 1, 2, 3, 4, 5, 6].map(n => `uid-${n}`))
    assert.deepEqual(archive.status(), { waiting: 0, spooled: 0, spooledBytes: 0, isFull: false, quarantined: 0 })
    assert.equal(heard.filter(word => word.startsWith('placed')).at(-1), `placed ${LOUNGE} ${talk(LOUNGE).at(-1)?.time}`)
    await archive.close(1000)
  })
}

test('what an earlier process left in the spool is recorded first', async t => {
  const { start, set, uids } = setStage(t)
  const before = start()
  set('away')
  await Promise.all([before.record(1), before.record(2, { room: ANNEX })])
  await before.archive.close(60_000)
  before.local.close()
  const now = start()
  assert.equal(now.archive.status().spooled, 2)
  await now.record(3)
  set('fine')
  await now.archive.close(60_000)
  assert.deepEqual([uids(), uids(ANNEX)], [['uid-1', 'uid-3'], ['uid-2']])
})

test('a held room waits, the others do not; then what was heard live follows what was recovered', async t => {
  const { start, uids, talk, heard } = setStage(t)
  const { archive, record } = start()
  await record(0)
  await archive.hold(LOUNGE)
  await Promise.all([record(100), record(101), record(100, { room: ANNEX })])
  assert.deepEqual([uids(), uids(ANNEX)], [['uid-0'], ['uid-100']])
  assert.equal(archive.status().spooled, 2)
  // The clock of the room's server is fast.
  const recovered = [50, 100.5, 150].map(n => message(n, { uid: `old-${n}`, via: 'catch-up' }))
  const appended = archive.append(recovered)
  await archive.release(LOUNGE)
  assert.deepEqual((await appended).map(({ isNew }) => isNew), [true, true, true])
  assert.deepEqual(uids(), ['uid-0', 'old-50', 'old-100.5', 'old-150', 'uid-100', 'uid-101'])
  assert.deepEqual(talk(LOUNGE).slice(3).map(({ time }) => time), [at(150), at(150.000001), at(150.000002)])
  await archive.release(LOUNGE)
  await record(200)
  assert.deepEqual(heard.filter(word => word.startsWith('placed')), [`placed ${LOUNGE} ${at(150.000002)}`])
  await archive.close(1000)
})

test('history told on join keeps its time, also where it had to wait', async t => {
  const { start, uids, talk } = setStage(t)
  const { archive, record } = start()
  await record(100)
  await archive.hold(LOUNGE)
  await Promise.all([record(50, { via: 'catch-up' }), record(60)])
  await archive.release(LOUNGE)
  assert.deepEqual(uids(), ['uid-50', 'uid-100', 'uid-60'])
  assert.equal(talk(LOUNGE)[0]?.time, at(50))
  await archive.close(1000)
})

test('hold() waits for what was recorded before, and keeps nothing of it back', async t => {
  const { start, set, uids, appends } = setStage(t)
  const { archive, record } = start()
  set('away')
  await Promise.all([record(1), record(2)])
  let isHeld = false
  const held = archive.hold(LOUNGE).then(() => { isHeld = true })
  await record(3)
  assert.equal(isHeld, false)
  set('fine')
  await held
  assert.deepEqual(uids(), ['uid-1', 'uid-2'])
  assert.equal(archive.status().spooled, 1)
  await archive.release(LOUNGE)
  assert.deepEqual(uids(), ['uid-1', 'uid-2', 'uid-3'])
  assert.ok(appends.every(batch => !batch.includes('uid-3') || batch.length === 1))
  await archive.close(1000)
})

test('hold() during a batch under way waits for it, and for what is behind it', async t => {
  const { start, uids } = setStage(t)
  const { archive, record } = start()
  const writes = [record(1), record(2)]
  const held = archive.hold(LOUNGE)
  const later = record(3)
  await held
  assert.deepEqual(uids(), ['uid-1', 'uid-2'])
  await Promise.all([...writes, later])
  await archive.release(LOUNGE)
  assert.deepEqual(uids(), ['uid-1', 'uid-2', 'uid-3'])
  await archive.close(1000)
})

test('a room that is held anew lets go what the hold before kept, and a late release does not end the new one', async t => {
  const { start, set, uids } = setStage(t)
  const { archive, record } = start()
  await archive.hold(LOUNGE)
  await record(1)
  set('away')
  const appended = archive.append([message(0, { uid: 'old', via: 'catch-up' })])
  const released = archive.release(LOUNGE)
  const again = archive.hold(LOUNGE)
  await record(2)
  set('fine')
  await Promise.all([appended, released, again])
  assert.deepEqual(uids(), ['old', 'uid-1'])
  assert.equal(archive.status().spooled, 1)
  await archive.release(LOUNGE)
  assert.deepEqual(uids(), ['old', 'uid-1', 'uid-2'])
  await archive.close(1000)
})

test('when a room has caught up with its spool, its clock is told before anything goes straight to the store', async t => {
  const direct: Array<Promise<void>> = []
  const stage = setStage(t, {
    onPlaced (_room, time) {
      if (direct.length > 0) return
      assert.equal(stage.talk(LOUNGE).at(-1)?.time, time)
      direct.push(archive.record(message(200)))
      assert.equal(archive.status().spooled, 0)
    }
  })
  const { archive, record } = stage.start()
  await archive.hold(LOUNGE)
  await record(1)
  await archive.release(LOUNGE)
  assert.equal(direct.length, 1)
  await Promise.all(direct)
  assert.deepEqual(stage.uids(), ['uid-1', 'uid-200'])
  await archive.close(1000)
})

test('when neither store nor spool take any more events are refused, until the store has taken what waits', async t => {
  const { start, set, heard, uids } = setStage(t, { maxBytes: 1_000 })
  const { archive, record } = start()
  set('away')
  const outcomes: string[] = []
  await Promise.all(Array.from({ length: 20 }, (_, n) => record(n).then(() => { outcomes.push('taken') }, ({ code }: { code: string }) => {
    assert.ok(heard.includes('full'))
    outcomes.push(code)
  })))
  const taken = archive.status().spooled
  assert.ok(taken > 2 && taken < 20)
  assert.deepEqual(outcomes, Array.from({ length: 20 }, (_, n) => n < taken ? 'taken' : 'ERR_SPOOL_FULL'))
  assert.equal(archive.status().isFull, true)
  await assert.rejects(record(30, { room: ANNEX }), { code: 'ERR_SPOOL_FULL', message: /spool\.max_mb/ })
  set('fine')
  await until(() => heard.includes('free'))
  assert.deepEqual(heard.filter(word => word === 'full' || word === 'free'), ['full', 'free'])
  assert.equal(archive.status().isFull, false)
  await record(40)
  assert.deepEqual(uids(), [...Array.from({ length: taken }, (_, n) => `uid-${n}`), 'uid-40'])
  await archive.close(1000)
})

test('a spool that fills up with held rooms lets them go, and nothing is lost', async t => {
  const { start, uids, heard } = setStage(t, { maxBytes: 4_000 })
  const { archive, record } = start()
  await Promise.all([archive.hold(LOUNGE), archive.hold(ANNEX)])
  for (let n = 0; n < 100; n++) await Promise.all([record(n), record(n, { room: ANNEX })])
  await archive.close(60_000)
  for (const room of [LOUNGE, ANNEX]) assert.deepEqual(uids(room), Array.from({ length: 100 }, (_, n) => `uid-${n}`))
  assert.ok(!heard.includes('full'))
})

test('what the store refuses is kept in the quarantine and takes nothing with it, whichever way it came', async t => {
  const { start, refused, set, uids } = setStage(t)
  const { archive, local, record } = start()
  for (const uid of ['uid-2', 'uid-12', 'uid-22']) refused.add(uid)
  await Promise.all([1, 2, 3].map(n => record(n)))
  set('away')
  await Promise.all([11, 12, 13].map(n => record(n)))
  set('fine')
  await until(() => archive.status().spooled === 0)
  const results = await archive.append([21, 22, 23].map(n => message(n)))
  assert.deepEqual(results.map(({ event }) => event.uid), ['uid-21', 'uid-23'])
  assert.deepEqual(uids(), [1, 3, 11, 13, 21, 23].map(n => `uid-${n}`))
  assert.equal(archive.status().quarantined, 3)
  const kept = local.quarantine.list(10)
  assert.deepEqual(kept.map(({ stanza }) => (JSON.parse(stanza) as { uid: string }).uid), ['uid-22', 'uid-12', 'uid-2'])
  assert.ok(kept.every(({ room, error }) => room === LOUNGE && /it is refused/.test(error)))
  await archive.close(1000)
})

test('a spool that cannot be written sends what a held room says to the store all the same, in order', async t => {
  const { start, uids, heard, talk } = setStage(t, { spool: () => ({ push: () => 0 }) })
  const { archive, record } = start()
  await archive.hold(LOUNGE)
  await archive.append([message(50, { uid: 'old', via: 'catch-up' })])
  const writes = [record(1), record(2)]
  await new Promise(setImmediate)
  writes.push(record(3))
  await Promise.all(writes)
  assert.deepEqual(uids(), ['old', 'uid-1', 'uid-2', 'uid-3'])
  assert.ok(!heard.includes('full'))
  assert.deepEqual(heard.filter(word => word.startsWith('placed')), [`placed ${LOUNGE} ${talk(LOUNGE).at(-1)?.time}`])
  await archive.close(1000)
})

test('order outlives a spool and a store that fail by turns', async t => {
  let isBroken = true
  const { start, set, uids } = setStage(t, { spool: spool => ({ push: events => isBroken ? 0 : spool.push(events) }) })
  const { archive, record } = start()
  await archive.hold(LOUNGE)
  await archive.append([message(50, { uid: 'old', via: 'catch-up' })])
  set('part')
  const writes = [1, 2, 3, 4].map(n => record(n))
  await new Promise(setImmediate)
  isBroken = false
  await Promise.all(writes)
  set('fine')
  await archive.close(60_000)
  assert.deepEqual(uids(), ['old', 'uid-1', 'uid-2', 'uid-3', 'uid-4'])
})

test('a spool that cannot be written is full while the store is away', async t => {
  const { start, set, heard, uids } = setStage(t, { spool: () => ({ push: () => 0 }) })
  const { archive, record } = start()
  set('away')
  await assert.rejects(record(1), { code: 'ERR_SPOOL_FULL' })
  await assert.rejects(record(2), { code: 'ERR_SPOOL_FULL' })
  set('fine')
  await until(() => heard.includes('free'))
  await record(3)
  assert.deepEqual(uids(), ['uid-3'])
  await archive.close(1000)
})

test('a spool that cannot be read holds up its own rooms and no others, until it can', async t => {
  let isBroken = true
  const { start, uids } = setStage(t, {
    spool: spool => ({
      read (...asked) {
        if (isBroken) throw new SpoolFault('Cannot use the spool: disk I/O error')
        return spool.read(...asked)
      }
    })
  })
  const { archive, record } = start()
  await archive.hold(LOUNGE)
  await record(1)
  const released = archive.release(LOUNGE)
  await until(() => archive.status().problem !== undefined)
  await Promise.all([record(2), record(3, { room: ANNEX })])
  assert.deepEqual([uids(), uids(ANNEX)], [[], ['uid-3']])
  isBroken = false
  await released
  await until(() => archive.status().spooled === 0)
  assert.deepEqual(uids(), ['uid-1', 'uid-2'])
  assert.equal(archive.status().problem, undefined)
  await archive.close(1000)
})

test('who is killed between recording and taking out of the spool leaves nothing twice', async t => {
  let isKilled = true
  const { start, uids, appends } = setStage(t, { spool: spool => ({ remove (events) { if (!isKilled) spool.remove(events) } }) })
  const before = start()
  await before.archive.hold(LOUNGE)
  await Promise.all([before.record(1), before.record(2)])
  const released = before.archive.release(LOUNGE).catch(() => {})
  await until(() => uids().length === 2)
  before.local.close()
  await Promise.all([before.archive.close(0), released])
  isKilled = false
  const now = start()
  assert.equal(now.archive.status().spooled, 2)
  await now.archive.close(60_000)
  assert.deepEqual(uids(), ['uid-1', 'uid-2'])
  assert.deepEqual(appends.at(-1), ['uid-1', 'uid-2'])
  assert.equal(now.local.spool.status().events, 0)
})

test('close() brings what waits into the store, held or not, and takes no more', async t => {
  const { start, uids } = setStage(t)
  const { archive, record } = start()
  await archive.hold(LOUNGE)
  await record(1)
  const last = record(2)
  await archive.close(60_000)
  await last
  assert.deepEqual(uids(), ['uid-1', 'uid-2'])
  await assert.rejects(record(3), { code: 'ERR_STORE_CLOSED' })
  await assert.rejects(archive.append([message(4)]), { code: 'ERR_STORE_CLOSED' })
  await assert.rejects(archive.hold(LOUNGE), { code: 'ERR_STORE_CLOSED' })
})

test('close() leaves to the next process what a store that is away or hangs does not take', async t => {
  for (const weather of ['away', 'hangs'] as const) {
    const { start, set, uids } = setStage(t)
    const before = start()
    set(weather)
    const writes = [before.record(1), before.record(2)]
    const release = before.archive.hold(LOUNGE)
    const outcome = assert.rejects(release, { code: 'ERR_STORE_CLOSED' })
    await before.archive.close(20)
    await Promise.all([...writes, outcome])
    before.local.close()
    set('fine')
    const now = start()
    await now.archive.close(60_000)
    assert.deepEqual(uids(), ['uid-1', 'uid-2'])
  }
})

test('what a store that hangs does not answer is durable all the same, and a killed process leaves it to the next', async t => {
  const { start, set, uids } = setStage(t, { patienceMs: 5 })
  const before = start()
  set('hangs')
  await Promise.all([before.record(1), before.record(2)])
  await before.record(3)
  const { waiting, spooled, problem } = before.archive.status()
  assert.deepEqual([waiting, spooled, problem], [0, 3, 'no answer for 5 ms'])
  before.local.close()
  set('fine')
  const now = start()
  await now.archive.close(60_000)
  assert.deepEqual(uids(), ['uid-1', 'uid-2', 'uid-3'])
})

test('what a slow store takes after all stands once, in order, and then events go straight to it again', async t => {
  const { start, set, uids, heard } = setStage(t, { patienceMs: 1 })
  const { archive, record } = start()
  set('slow')
  const writes = [record(1), record(2)]
  await Promise.all(writes)
  assert.equal(archive.status().spooled, 2)
  await record(3)
  set('fine')
  await until(() => archive.status().spooled === 0)
  await record(4)
  assert.deepEqual(uids(), ['uid-1', 'uid-2', 'uid-3', 'uid-4'])
  assert.deepEqual(heard.filter(line => line.startsWith('placed')).length > 0, true)
  assert.equal(archive.status().problem, undefined)
})

test('a room that is let go is not kept back by many that are held', async t => {
  const { start, uids } = setStage(t)
  const { archive } = start()
  const rooms = Array.from({ length: 200 }, (_, n) => `room${n}@conference.example.org` as RoomJid)
  for (const room of rooms) await archive.hold(room)
  await Promise.all(rooms.map(room => archive.record(message(1, { room }))))
  const last = rooms.at(-1)!
  await archive.release(last)
  assert.deepEqual([uids(last), uids(rooms[0])], [['uid-1'], []])
  await archive.close(60_000)
  assert.ok(rooms.every(room => uids(room).length === 1))
})

test('thousands of rooms that wait are drained, each in order', async t => {
  const { start, set, uids } = setStage(t)
  const { archive } = start()
  set('away')
  const rooms = Array.from({ length: 1_000 }, (_, n) => `room${n}@conference.example.org` as RoomJid)
  await Promise.all([1, 2, 3].flatMap(n => rooms.map(room => archive.record(message(n, { room })))))
  set('fine')
  await archive.close(60_000)
  for (const room of rooms) assert.deepEqual(uids(room), ['uid-1', 'uid-2', 'uid-3'])
})
