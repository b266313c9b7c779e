import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { formatTime } from '../../src/model/archive-time.ts'
import type { ArchiveStore, CountQuery, PageQuery } from '../../src/archive/store.ts'
import { ANNEX, at, join, LOUNGE, message, messages } from './sample-events.ts'
import type { Contract } from './store-contract.ts'
import { uids, walk } from './store-under-test.ts'

// uid-0 … uid-540, a minute apart; even ones of alice, odd ones of bob; every third with a join beside it, elsewhere noise.
async function fill (store: ArchiveStore): Promise<void> {
  const talk = messages(10).map((event, n) => ({ ...event, nick: n % 2 === 0 ? 'alice' : 'bob' }))
  await store.append([
    ...talk,
    ...[0, 3, 6, 9].map(n => join(n * 60)),
    ...messages(30, { room: ANNEX })
  ])
}

function named (...minutes: number[]): string[] {
  return minutes.map(minute => `uid-${minute * 60}`)
}

const ALL = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]

const CASES: ReadonlyArray<readonly [name: string, query: Partial<PageQuery>, minutes: readonly number[], complete: boolean]> = [
  ['all', {}, ALL, true],
  ['the first three', { limit: 3 }, [0, 1, 2], false],
  ['the last three', { limit: 3, reverse: true }, [7, 8, 9], false],
  ['all in reverse stand oldest first', { reverse: true }, ALL, true],
  ['one nick', { nick: 'bob' }, [1, 3, 5, 7, 9], true],
  ['one nick, the first two', { nick: 'bob', limit: 2 }, [1, 3], false],
  ['one nick, the last two', { nick: 'bob', limit: 2, reverse: true }, [7, 9], false],
  ['a nick unknown', { nick: 'carol' }, [], true],
  ['a nick in other case', { nick: 'Bob' }, [], true],
  ['a nick that is the beginning of another', { nick: 'bo' }, [], true],
  ['end, inclusive', { end: at(120) }, [0, 1, 2], true],
  ['start, inclusive', { start: at(420) }, [7, 8, 9], true],
  ['start a microsecond later', { start: at(420.000001) }, [8, 9], true],
  ['end a microsecond earlier', { end: at(119.999999) }, [0, 1], true],
  ['start and end', { start: at(180), end: at(300) }, [3, 4, 5], true],
  ['start is end', { start: at(180), end: at(180) }, [3], true],
  ['start after end', { start: at(300), end: at(180) }, [], true],
  ['start before the first', { start: at(-9999) }, ALL, true],
  ['end before the first', { end: at(-1) }, [], true],
  ['start after the last', { start: at(9999) }, [], true],
  ['end after the last', { end: at(9999) }, ALL, true],
  ['start, end and nick', { start: at(60), end: at(300), nick: 'alice' }, [2, 4], true],
  ['after, exclusive', { after: 'uid-360' }, [7, 8, 9], true],
  ['before, exclusive', { before: 'uid-180' }, [0, 1, 2], true],
  ['after and before', { after: 'uid-120', before: 'uid-300' }, [3, 4], true],
  ['after and before in reverse', { after: 'uid-120', before: 'uid-540', reverse: true, limit: 2 }, [7, 8], false],
  ['after itself and before itself', { after: 'uid-120', before: 'uid-120' }, [], true],
  ['after the last', { after: 'uid-540' }, [], true],
  ['before the first', { before: 'uid-0', reverse: true }, [], true],
  ['after an event of another nick', { after: 'uid-180', nick: 'alice' }, [4, 6, 8], true],
  ['after an event of the other stream', { after: 'join-360' }, [7, 8, 9], true],
  ['after an event before the start', { after: 'uid-0', start: at(480) }, [8, 9], true],
  ['before an event after the end', { before: 'uid-540', end: at(60) }, [0, 1], true],
  ['after and end', { after: 'uid-60', end: at(240), limit: 2 }, [2, 3], false],
  ['after an event past the end', { after: 'uid-480', end: at(240) }, [], true],
  ['presence', { stream: 'presence' }, [], true]
]

export function pageContract ({ fresh }: Contract): void {
  test('pages by time, nick and neighbours', async t => {
    const store = await fresh(t)
    await fill(store)
    for (const [name, query, minutes, complete] of CASES) {
      await t.test(name, async () => {
        const page = await store.page(LOUNGE, { stream: 'talk', limit: 100, ...query })
        const expected = query.stream === 'presence' ? ['join-0', 'join-180', 'join-360', 'join-540'] : named(...minutes)
        assert.deepEqual(uids(page.events), expected)
        assert.equal(page.complete, complete)
      })
    }
  })

  test('a page exactly full is complete, one short of it is not, in both directions', async t => {
    const store = await fresh(t)
    await store.append(messages(10))
    for (const reverse of [false, true]) {
      for (const [limit, complete] of [[9, false], [10, true], [11, true]] as const) {
        const page = await store.page(LOUNGE, { stream: 'talk', limit, reverse })
        assert.deepEqual([page.events.length, page.complete], [Math.min(limit, 10), complete], `limit ${limit}, reverse ${reverse}`)
        const byNick = await store.page(LOUNGE, { stream: 'talk', limit, reverse, nick: 'alice' })
        assert.deepEqual([byNick.events.length, byNick.complete], [Math.min(limit, 10), complete], `by nick, limit ${limit}`)
      }
    }
  })

  test('limit 0 gives an empty page, complete only when nothing matches', async t => {
    const store = await fresh(t)
    await store.append(messages(3))
    const page = async (query: Partial<PageQuery>) => store.page(LOUNGE, { stream: 'talk', limit: 0, ...query })
    assert.deepEqual(await page({}), { events: [], complete: false })
    assert.deepEqual(await page({ reverse: true }), { events: [], complete: false })
    assert.deepEqual(await page({ nick: 'alice' }), { events: [], complete: false })
    assert.deepEqual(await page({ nick: 'bob' }), { events: [], complete: true })
    assert.deepEqual(await page({ start: at(9999) }), { events: [], complete: true })
    assert.deepEqual(await page({ after: 'uid-120' }), { events: [], complete: true })
  })

  test('an unknown uid after or before is item-not-found, also in an unknown room', async t => {
    const store = await fresh(t)
    await fill(store)
    for (const room of [LOUNGE, 'nowhere@conference.example.org' as typeof LOUNGE]) {
      for (const query of [{ after: 'uid-77' }, { before: 'uid-77' }, { after: 'uid-77', before: 'uid-60' }, { after: 'uid-77', nick: 'bob' }]) {
        await assert.rejects(store.page(room, { stream: 'talk', limit: 5, ...query }), { code: 'ERR_ITEM_NOT_FOUND' })
      }
    }
    await assert.rejects(store.page(LOUNGE, { stream: 'talk', limit: 5, after: 'uid-600' }), { code: 'ERR_ITEM_NOT_FOUND' }, 'known in the other room only')
  })

  test('an unknown room has empty pages', async t => {
    const store = await fresh(t)
    await fill(store)
    assert.deepEqual(await store.page('nowhere@conference.example.org' as typeof LOUNGE, { stream: 'talk', limit: 5 }), { events: [], complete: true })
  })

  test('a room whose name begins with the name of another is another room', async t => {
    const store = await fresh(t)
    const longer = `${LOUNGE}x` as typeof LOUNGE
    await store.append([message(0), message(1, { room: longer }), message(2, { room: longer })])
    assert.equal((await store.page(LOUNGE, { stream: 'talk', limit: 9 })).events.length, 1)
    assert.equal(await store.count(longer, { stream: 'talk' }), 2)
    assert.equal(await store.rank(longer, 'talk', at(2)), 1)
  })

  test('fetch gives the events asked for in the order asked and leaves out the unknown', async t => {
    const store = await fresh(t)
    const results = await store.append([...messages(5), join(7), message(3, { room: ANNEX })])
    const ids = results.map(({ event }) => event._id)
    const wanted = [ids[5], ids[0], `${LOUNGE}:t:${at(5)}`, ids[6], ids[2], `nowhere@x:t:${at(0)}`] as typeof ids
    assert.deepEqual(uids(await store.fetch(wanted)), ['join-7', 'uid-0', 'uid-3', 'uid-120'])
    assert.deepEqual(await store.fetch([]), [])
  })

  test('getMany gives the events of these uids in the order asked and leaves out the unknown', async t => {
    const store = await fresh(t)
    await store.append([...messages(5), join(7), message(3, { room: ANNEX }), message(60, { room: ANNEX, body: 'elsewhere' })])
    const wanted = ['uid-240', 'no such uid', 'join-7', 'uid-3', 'uid-60', '']
    const found = await store.getMany(LOUNGE, wanted)
    assert.deepEqual(uids(found), ['uid-240', 'join-7', 'uid-60'])
    assert.deepEqual(found[2], await store.get(LOUNGE, 'uid-60'))
    assert.deepEqual(await store.getMany(LOUNGE, []), [])
    assert.deepEqual(await store.getMany('nowhere@conference.example.org' as typeof LOUNGE, wanted), [])
  })

  test('counts and ranks do not depend on days', async t => {
    const store = await fresh(t)
    const hours = Array.from({ length: 24 * 5 }, (_, n) => n * 3600)
    await store.append(hours.flatMap(s => [message(s, { nick: s % 7200 === 0 ? 'alice' : 'bob' }), ...(s % 10800 === 0 ? [join(s)] : [])]))
    const counts: ReadonlyArray<readonly [query: CountQuery, expected: number]> = [
      [{ stream: 'talk' }, 120],
      [{ stream: 'presence' }, 40],
      [{ stream: 'talk', nick: 'alice' }, 60],
      [{ stream: 'talk', nick: 'carol' }, 0],
      [{ stream: 'presence', nick: 'alice' }, 40],
      [{ stream: 'talk', start: at(3600 * 10) }, 110],
      [{ stream: 'talk', end: at(3600 * 99) }, 100],
      [{ stream: 'talk', start: at(3600 * 10), end: at(3600 * 99) }, 90],
      [{ stream: 'talk', start: at(3600 * 10 + 1), end: at(3600 * 99 - 1), nick: 'bob' }, 44],
      [{ stream: 'talk', start: at(3600 * 99), end: at(3600 * 10) }, 0],
      [{ stream: 'presence', start: at(3600 * 50), end: at(3600 * 52) }, 1]
    ]
    for (const [query, expected] of counts) assert.equal(await store.count(LOUNGE, query), expected, JSON.stringify(query))
    for (const n of [0, 1, 23, 24, 60, 119]) {
      assert.equal(await store.rank(LOUNGE, 'talk', at(3600 * n)), n)
      assert.equal(await store.rank(LOUNGE, 'talk', at(3600 * n + 0.000001)), n + 1)
    }
    assert.equal(await store.rank(LOUNGE, 'talk', at(-5)), 0)
    assert.equal(await store.rank(ANNEX, 'talk', at(0)), 0)
  })

  test('counts and ranks are those of a list, over years and at their edges, also after a purge', async t => {
    const store = await fresh(t)
    // Steps of every size from a microsecond to years, from long before 1970 on.
    const times: number[] = []
    for (let time = -120 * 365 * 86_400e6, n = 0; n < 150; n++) {
      times.push(time)
      time += n % 3 === 0 ? 2 ** (n % 50) + 1 : 2 ** (20 + n % 28)
    }
    await store.append(times.map((time, n) => message(0, { uid: `u${n}`, time: formatTime(time) })))
    const moments = times.flatMap(time => [time - 1, time, time + 1])
    const check = async (left: readonly number[]): Promise<void> => {
      for (const [n, start] of moments.entries()) {
        const end = moments[(n * 7) % moments.length] ?? start
        assert.equal(await store.rank(LOUNGE, 'talk', formatTime(start)), left.filter(time => time < start).length)
        assert.equal(await store.count(LOUNGE, { stream: 'talk', start: formatTime(start), end: formatTime(end) }),
          left.filter(time => time >= start && time <= end).length)
        assert.equal(await store.count(LOUNGE, { stream: 'talk', end: formatTime(end) }), left.filter(time => time <= end).length)
      }
      assert.equal(await store.count(LOUNGE, { stream: 'talk' }), left.length)
    }
    await check(times)
    await store.purge(LOUNGE, formatTime(times[70] ?? 0))
    await check(times.slice(71))
  })

  test('ten thousand events are walked in order in both directions', async t => {
    const store = await fresh(t)
    const batch = messages(10_000)
    for (let from = 0; from < batch.length; from += 1000) await store.append(batch.slice(from, from + 1000))
    const expected = batch.map(({ uid }) => uid)
    assert.deepEqual(uids(await walk(store, LOUNGE, 999, false)), expected)
    assert.deepEqual(uids(await walk(store, LOUNGE, 1000, true)), expected)
  })

  test('events appended during a walk do not disturb it', async t => {
    const store = await fresh(t)
    await store.append(messages(60))
    const seen: string[] = []
    for (let after: string | undefined, n = 0; ; n++) {
      const page = await store.page(LOUNGE, { stream: 'talk', limit: 7, ...(after === undefined ? {} : { after }) })
      seen.push(...uids(page.events))
      if (page.complete) break
      after = page.events.at(-1)?.uid
      if (n < 5) await store.append([message(-100 - n), message(60 * 60 + n)])
    }
    assert.deepEqual(seen, [...messages(60).map(({ uid }) => uid), ...[0, 1, 2, 3, 4].map(n => `uid-${3600 + n}`)])
  })
}
