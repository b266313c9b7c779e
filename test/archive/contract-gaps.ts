import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import type { RoomJid } from '../../src/model/address.ts'
import type { Gap } from '../../src/model/gap.ts'
import type { GapsQuery } from '../../src/archive/store.ts'
import { ANNEX, at, join, LOUNGE, message, ODD_ROOMS } from './sample-events.ts'
import type { Contract } from './store-contract.ts'
import { allChanges, assertGapFormat, uids } from './store-under-test.ts'

function gap (from: number, to?: number, fields: Partial<Gap> = {}): Gap {
  return { room: LOUNGE, from: at(from), ...(to === undefined ? {} : { to: at(to) }), cause: 'disconnected', ...fields }
}

const FILLED = { filled: at(900) }

const QUERIES: ReadonlyArray<readonly [name: string, query: GapsQuery, found: readonly number[]]> = [
  ['no bounds', {}, [0, 100, 200, 250]],
  ['a time after all that is closed', { start: at(500) }, [250]],
  ['a time that begins as a gap ends', { start: at(150) }, [100, 200, 250]],
  ['a time that begins just after a gap ends', { start: at(150.000001) }, [200, 250]],
  ['a time that ends as a gap begins', { end: at(200) }, [0, 100, 200]],
  ['a time that ends just before a gap begins', { end: at(199.999999) }, [0, 100]],
  ['a time within a gap', { start: at(110), end: at(120) }, [100]],
  ['a moment', { start: at(220), end: at(220) }, [200]],
  ['a time between gaps', { start: at(20), end: at(90) }, []],
  ['a time before all', { end: at(-1) }, []],
  ['a time long past all', { start: at(1e8), end: at(2e8) }, [250]],
  ['a time that ends before it begins', { start: at(260), end: at(255) }, []],
  ['holes', { holesOnly: true }, [100, 250]],
  ['holes of a time', { start: at(0), end: at(240), holesOnly: true }, [100]]
]

export function gapsContract ({ fresh, place, open }: Contract): void {
  test('a room without gaps has none, and putting none is nothing', async t => {
    const store = await fresh(t)
    await store.putGaps([])
    assert.deepEqual(await store.gaps(LOUNGE), [])
    assert.deepEqual(await store.gaps(LOUNGE, { holesOnly: true }), [])
  })

  test('a gap comes back with every field, also when the record is opened again', async t => {
    const here = place(t)
    const store = await open(t, here)
    const full: Gap = gap(0, 60.000001, { cause: 'killed', problem: 'expired', after: 'ü\u200b \u0000"\\', ...FILLED })
    await store.putGaps([gap(70), full])
    assert.deepEqual(await store.gaps(LOUNGE), [full, gap(70)])
    for (const found of await store.gaps(LOUNGE)) assertGapFormat(found)
    await store.close()
    assert.deepEqual(await (await open(t, here)).gaps(LOUNGE), [full, gap(70)])
  })

  for (const [name, query, found] of QUERIES) {
    test(`gaps of ${name}`, async t => {
      const store = await fresh(t)
      await store.putGaps([gap(250), gap(100, 150), gap(0, 10, FILLED), gap(200, 230, FILLED), gap(90, 300, { room: ANNEX })])
      assert.deepEqual((await store.gaps(LOUNGE, query)).map(({ from }) => from), found.map(at))
    })
  }

  test('a gap takes the place of the one of the same room and beginning, whole', async t => {
    const store = await fresh(t)
    await store.putGaps([gap(0, undefined, { after: 'x' }), gap(0, 5, { room: ANNEX })])
    await store.putGaps([gap(0, 60, { problem: 'no-archive' })])
    assert.deepEqual(await store.gaps(LOUNGE), [gap(0, 60, { problem: 'no-archive' })])
    await store.putGaps([gap(0, 70, FILLED)])
    assert.deepEqual(await store.gaps(LOUNGE), [gap(0, 70, FILLED)])
    assert.deepEqual(await store.gaps(LOUNGE, { holesOnly: true }), [])
    await store.putGaps([gap(0)])
    assert.deepEqual(await store.gaps(LOUNGE, { start: at(1000), holesOnly: true }), [gap(0)])
    assert.deepEqual(await store.gaps(ANNEX), [gap(0, 5, { room: ANNEX })])
  })

  test('of a gap put twice at once the last form stands, and putting it again changes nothing', async t => {
    const store = await fresh(t)
    const both = [gap(0), gap(5), gap(0, 60)]
    for (let n = 0; n < 3; n++) {
      await store.putGaps(both)
      assert.deepEqual(await store.gaps(LOUNGE), [gap(0, 60), gap(5)])
    }
  })

  test('a lone surrogate in the id before a gap is recorded as U+FFFD', async t => {
    const store = await fresh(t)
    await store.putGaps([gap(0, 1, { after: 'a\ud83d' })])
    assert.deepEqual(await store.gaps(LOUNGE), [gap(0, 1, { after: 'a\ufffd' })])
  })

  test('gaps of rooms of odd names keep apart, and leave no trace in what is told of events', async t => {
    const store = await fresh(t)
    await store.append(ODD_ROOMS.map(room => message(0, { room })))
    const told = async () => (await allChanges(store)).map(({ id }) => id).sort()
    const [before, changes] = [await store.rooms(), await told()]
    const cursor = await store.present()
    const silent = ['silent@conference.example.org', '_silent@conference.example.org'] as RoomJid[]
    for (const room of [...ODD_ROOMS, ...silent]) await store.putGaps([gap(0, 10, { room, after: room }), gap(20, undefined, { room })])
    for (const room of [...ODD_ROOMS, ...silent]) {
      assert.deepEqual(await store.gaps(room), [gap(0, 10, { room, after: room }), gap(20, undefined, { room })])
      const isSilent = silent.includes(room)
      for (const stream of ['talk', 'presence'] as const) {
        const count = stream === 'talk' && !isSilent ? 1 : 0
        assert.equal((await store.page(room, { stream, limit: 9 })).events.length, count)
        assert.equal((await store.page(room, { stream, limit: 9, nick: 'alice' })).events.length, count)
        assert.equal(await store.count(room, { stream }), count)
        assert.equal(await store.rank(room, stream, at(1e6)), count)
      }
      assert.equal((await store.days(room)).length, isSilent ? 0 : 1)
      assert.equal(await store.lastTime(room), isSilent ? undefined : at(0))
    }
    assert.deepEqual(await store.rooms(), before)
    assert.deepEqual(await told(), changes)
    assert.deepEqual(await allChanges(store, cursor), [])
  })

  test('an event is placed and anchored as if no gap began at its time', async t => {
    const store = await fresh(t)
    await store.putGaps([gap(0), gap(0.5)])
    const results = await store.append([message(0), join(0.5)])
    assert.deepEqual(results.map(({ event }) => [event.time, event.anchor]), [[at(0), 't071409'], [at(0.5), 't071409b']])
    await store.scrub(LOUNGE, [results[0]!.event.uid], event => ({ ...event, body: '' }))
    await store.putGaps([gap(0, 1)])
    assert.deepEqual(uids(await store.fetch(results.map(({ event }) => event._id))), ['uid-0', 'join-0.5'])
  })

  test('a purge leaves gaps and counts none', async t => {
    const store = await fresh(t)
    await store.putGaps([gap(0, 10), gap(20)])
    await store.append([message(5), join(15)])
    assert.equal(await store.purge(LOUNGE, at(1000)), 2)
    assert.deepEqual(await store.gaps(LOUNGE), [gap(0, 10), gap(20)])
    assert.deepEqual(await store.rooms(), [])
  })

  test('hundreds of gaps are kept', async t => {
    const store = await fresh(t)
    const many = Array.from({ length: 1201 }, (_, n) => gap(n * 10, n * 10 + 5, n % 2 === 0 ? FILLED : {}))
    await store.putGaps([...many].reverse())
    assert.deepEqual(await store.gaps(LOUNGE), many)
    assert.deepEqual(await store.gaps(LOUNGE, { holesOnly: true }), many.filter((_, n) => n % 2 === 1))
    assert.deepEqual(await store.gaps(LOUNGE, { start: at(6000), end: at(6012) }), many.slice(600, 602))
  })

  test('two writers of one gap agree, and lose none', async t => {
    const here = place(t)
    const stores = [await open(t, here), await open(t, here)] as const
    await Promise.all(stores.flatMap((store, who) => [0, 1, 2, 3].map(n => store.putGaps([gap(0, n + who), gap(10 * (n + 1), undefined, { after: `${who}` })]))))
    const found = await stores[0].gaps(LOUNGE)
    assert.deepEqual(found.map(({ from }) => from), [0, 10, 20, 30, 40].map(at))
    assert.deepEqual(await stores[1].gaps(LOUNGE), found)
  })
}
