import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { createGapLedger } from '../../src/archive/gap-ledger.ts'
import { openLocalState } from '../../src/archive/local-state.ts'
import type { LocalState } from '../../src/archive/local-state.ts'
import type { RoomMemory } from '../../src/archive/room-memory.ts'
import { silentLogger } from '../../src/log.ts'
import type { RoomJid } from '../../src/model/address.ts'
import type { Gap } from '../../src/model/gap.ts'
import { ANNEX, at, LOUNGE, message } from './sample-events.ts'
import { createShakyStore } from './shaky-store.ts'

const PAUSES = { first: 1, most: 4 }

/** Ledgers over one store and one file, one after the other. */
function setStage (t: TestContext, memory: (rooms: RoomMemory) => Partial<RoomMemory> = () => ({})) {
  const directory = mkdtempSync(join(tmpdir(), 'hansard-ledger-'))
  const shaky = createShakyStore()
  let local: LocalState | undefined

  /** As after a kill, if there was one before. */
  function start () {
    local?.close()
    const opened = openLocalState({ path: join(directory, 'spool.db'), maxBytes: 1_000, log: silentLogger })
    local = opened
    const rooms = { ...opened.rooms, ...memory(opened.rooms) }
    return createGapLedger({ store: shaky.store, local: { rooms }, log: silentLogger, pauses: PAUSES })
  }

  t.after(() => {
    local?.close()
    rmSync(directory, { recursive: true })
  })
  return { ...shaky, start, published: (room = LOUNGE): Promise<Gap[]> => shaky.store.gaps(room) }
}

const STOPPED = { from: at(10), cause: 'stopped', after: 'uid-9' } as const

test('a room that nobody has listened to before has no absence and leaves no gap', async t => {
  const { start, published } = setStage(t)
  const ledger = start()
  assert.equal(await ledger.absence(LOUNGE), undefined)
  ledger.filled(LOUNGE, at(1))
  await ledger.settled()
  assert.deepEqual([await published(), await ledger.absence(LOUNGE), await ledger.holes(LOUNGE)], [[], undefined, []])
})

test('an absence is an open gap, and a filled one when everything was recovered', async t => {
  const { start, published } = setStage(t)
  const ledger = start()
  ledger.leave(LOUNGE, STOPPED)
  assert.deepEqual(await ledger.absence(LOUNGE), STOPPED)
  await ledger.settled()
  assert.deepEqual(await published(), [{ room: LOUNGE, ...STOPPED }])
  ledger.filled(LOUNGE, at(20))
  assert.equal(await ledger.absence(LOUNGE), undefined)
  await ledger.settled()
  assert.deepEqual(await published(), [{ room: LOUNGE, ...STOPPED, to: at(20), filled: at(20) }])
})

test('an absence that is open goes on unchanged', async t => {
  const { start, published } = setStage(t)
  const ledger = start()
  ledger.leave(LOUNGE, STOPPED)
  ledger.leave(LOUNGE, { from: at(30), cause: 'disconnected' })
  assert.deepEqual(await ledger.absence(LOUNGE), STOPPED)
  await ledger.settled()
  assert.equal((await published()).length, 1)
})

test('an absence does not begin before the time from which the room is known to be whole', async t => {
  const { start } = setStage(t)
  const ledger = start()
  ledger.filled(LOUNGE, at(50))
  ledger.leave(LOUNGE, STOPPED)
  assert.equal((await ledger.absence(LOUNGE))?.from, at(50))
})

test('what could not be recovered is a hole behind us; what could be is none', async t => {
  const { start, published } = setStage(t)
  const ledger = start()
  ledger.leave(LOUNGE, STOPPED)
  ledger.lost(LOUNGE, { to: at(20), problem: 'no-archive' })
  const whole = { room: LOUNGE, ...STOPPED, to: at(20), problem: 'no-archive' }
  assert.deepEqual(await ledger.holes(LOUNGE), [whole])

  ledger.leave(LOUNGE, { from: at(30), cause: 'disconnected', after: 'uid-29' })
  ledger.progress(LOUNGE, { from: at(33), after: 'uid-33' })
  assert.deepEqual(await ledger.absence(LOUNGE), { from: at(33), cause: 'disconnected', after: 'uid-33' })
  ledger.lost(LOUNGE, { to: at(40), problem: 'unanswered' })
  const rest = { room: LOUNGE, from: at(33), to: at(40), cause: 'disconnected', problem: 'unanswered', after: 'uid-33' } as const
  assert.deepEqual(await ledger.holes(LOUNGE), [whole, rest])
  assert.deepEqual(await published(), [
    whole, { room: LOUNGE, from: at(30), to: at(33), cause: 'disconnected', after: 'uid-29', filled: at(40) }, rest
  ])

  ledger.put({ ...rest, filled: at(50) })
  assert.deepEqual(await ledger.holes(LOUNGE), [whole])
})

test('progress that is filled in the end is one gap, as it began', async t => {
  const { start, published } = setStage(t)
  const ledger = start()
  ledger.leave(LOUNGE, STOPPED)
  ledger.progress(LOUNGE, { from: at(15), after: 'uid-15' })
  ledger.progress(LOUNGE, { from: at(14), after: 'uid-16' })
  assert.deepEqual(await ledger.absence(LOUNGE), { from: at(15), cause: 'stopped', after: 'uid-16' })
  ledger.filled(LOUNGE, at(20))
  await ledger.settled()
  assert.deepEqual(await published(), [{ room: LOUNGE, ...STOPPED, to: at(20), filled: at(20) }])
})

test('the open absence of now is no hole', async t => {
  const { start } = setStage(t)
  const ledger = start()
  ledger.leave(LOUNGE, STOPPED)
  assert.deepEqual(await ledger.holes(LOUNGE), [])
})

test('what comes before the first join is nobody\'s gap, and goes on where it was', async t => {
  const { start, published } = setStage(t)
  const before = start()
  before.leave(LOUNGE, { from: at(10), cause: 'stopped', isFirst: true })
  before.progress(LOUNGE, { from: at(12), after: 'uid-12' })
  const ledger = start()
  assert.deepEqual(await ledger.absence(LOUNGE), { from: at(12), cause: 'stopped', after: 'uid-12', isFirst: true })
  ledger.filled(LOUNGE, at(20))
  ledger.leave(LOUNGE, { from: at(30), cause: 'removed' })
  await ledger.settled()
  assert.deepEqual(await published(), [{ room: LOUNGE, from: at(30), cause: 'removed' }])
})

test('absence and progress are known after a restart', async t => {
  const { start, published } = setStage(t)
  const before = start()
  before.leave(LOUNGE, STOPPED)
  before.progress(LOUNGE, { from: at(15), after: 'uid-15' })
  before.tick(at(100))
  const ledger = start()
  assert.deepEqual(await ledger.absence(LOUNGE), { from: at(15), cause: 'stopped', after: 'uid-15' })
  ledger.filled(LOUNGE, at(120))
  await ledger.settled()
  assert.deepEqual(await published(), [{ room: LOUNGE, ...STOPPED, to: at(120), filled: at(120) }])
})

test('who is killed was away since it was last known to listen', async t => {
  const { start, published } = setStage(t)
  const first = start()
  first.filled(LOUNGE, at(0))
  first.tick(at(10))
  first.tick(at(20))
  first.filled(ANNEX, at(25))
  const second = start()
  assert.deepEqual(await second.absence(LOUNGE), { from: at(20), cause: 'killed' })
  // Killed again, before it had joined anything.
  second.tick(at(100))
  const third = start()
  assert.deepEqual(await third.absence(LOUNGE), { from: at(20), cause: 'killed' })
  assert.deepEqual(await third.absence(ANNEX), { from: at(25), cause: 'killed' })
  await third.settled()
  assert.deepEqual(await published(), [{ room: LOUNGE, from: at(20), cause: 'killed' }])
})

test('where this machine knows nothing, the store does: the gap that stands open, or the last recorded time', async t => {
  const { start, store, model, published } = setStage(t)
  await store.putGaps([
    { room: LOUNGE, from: at(1), to: at(2), cause: 'stopped', problem: 'no-archive' },
    { room: LOUNGE, ...STOPPED },
    { room: LOUNGE, from: at(50), cause: 'killed' }
  ])
  model.append(message(100))
  model.append(message(200, { room: ANNEX }))
  const ledger = start()
  assert.deepEqual(await ledger.absence(LOUNGE), STOPPED)
  assert.deepEqual(await ledger.absence(ANNEX), { from: at(200), cause: 'killed' })
  ledger.filled(LOUNGE, at(300))
  await ledger.settled()
  assert.deepEqual((await published()).map(({ from, to, filled }) => [from, to, filled]), [
    [at(1), at(2), undefined], [at(10), at(300), at(300)], [at(50), at(50), at(50)]
  ])
  assert.deepEqual(await published(ANNEX), [{ room: ANNEX, from: at(200), cause: 'killed' }])
})

test('who leaves while the store is asked is believed', async t => {
  const { start, set, model } = setStage(t)
  model.append(message(100))
  set('away')
  const ledger = start()
  const asked = ledger.absence(LOUNGE)
  ledger.leave(LOUNGE, { from: at(150), cause: 'disconnected' })
  set('fine')
  assert.deepEqual(await asked, { from: at(150), cause: 'disconnected' })
})

test('rooms that are left at once are published in one call', async t => {
  const { start, puts } = setStage(t)
  const ledger = start()
  const rooms = Array.from({ length: 200 }, (_, n) => `room${n}@conference.example.org` as RoomJid)
  for (const room of rooms) ledger.leave(room, STOPPED)
  await ledger.settled()
  assert.deepEqual(puts.map(({ length }) => length), [200])
})

for (const weather of ['away', 'lost'] as const) {
  test(`while the store is ${weather} gaps wait, also for the next process, and are published in their last form`, async t => {
    const { start, set, published } = setStage(t)
    const before = start()
    set(weather)
    before.leave(LOUNGE, STOPPED)
    before.leave(ANNEX, STOPPED)
    before.lost(LOUNGE, { to: at(20), problem: 'expired' })
    before.leave(LOUNGE, { from: at(30), cause: 'disconnected' })
    await before.close(5)
    await assert.rejects(before.settled(), { code: 'ERR_STORE_CLOSED' })
    const ledger = start()
    set('fine')
    await ledger.settled()
    assert.deepEqual(await published(), [
      { room: LOUNGE, ...STOPPED, to: at(20), problem: 'expired' }, { room: LOUNGE, from: at(30), cause: 'disconnected' }
    ])
    assert.deepEqual(await published(ANNEX), [{ room: ANNEX, ...STOPPED }])
  })
}

test('what is published is not published again by the next process', async t => {
  const { start, puts } = setStage(t)
  const before = start()
  before.leave(LOUNGE, STOPPED)
  await before.settled()
  await start().settled()
  assert.equal(puts.length, 1)
})

test('holes() waits for what is not published yet', async t => {
  const { start, set } = setStage(t)
  const ledger = start()
  set('away')
  ledger.leave(LOUNGE, STOPPED)
  ledger.lost(LOUNGE, { to: at(20), problem: 'refused' })
  const holes = ledger.holes(LOUNGE)
  set('fine')
  assert.deepEqual((await holes).map(({ problem }) => problem), ['refused'])
})

test('a gap that the store refuses is dropped and takes no other with it', async t => {
  const { start, refused, published } = setStage(t)
  refused.add('bad')
  const ledger = start()
  ledger.put({ room: LOUNGE, from: at(1), cause: 'killed' }, { room: LOUNGE, from: at(2), cause: 'killed', after: 'bad' }, { room: LOUNGE, from: at(3), cause: 'killed' })
  await ledger.settled()
  assert.deepEqual((await published()).map(({ from }) => from), [at(1), at(3)])
})

test('what a full disk did not take is saved by a later tick', async t => {
  let isFull = true
  const { start, published } = setStage(t, rooms => ({
    save (news) {
      if (isFull) throw new Error('database or disk is full')
      rooms.save(news)
    }
  }))
  const before = start()
  before.leave(LOUNGE, STOPPED)
  assert.deepEqual(await before.absence(LOUNGE), STOPPED)
  await before.settled()
  assert.equal((await published()).length, 1)
  isFull = false
  before.tick(at(50))
  assert.deepEqual(await start().absence(LOUNGE), STOPPED)
})

test('close() publishes what it can', async t => {
  const { start, published } = setStage(t)
  const ledger = start()
  ledger.leave(LOUNGE, STOPPED)
  await ledger.close(60_000)
  assert.equal((await published()).length, 1)
  await ledger.settled()
})
