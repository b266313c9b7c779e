import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import fc from 'fast-check'
import type { RoomJid } from '../../src/model/address.ts'
import type { ArchivedEvent, EventId } from '../../src/model/event.ts'
import type { Position, SearchIndex, SearchRequest } from '../../src/search/search-index.ts'
import { ROOMS, add, ask, at, found, recorded } from './index-under-test.ts'
import type { IndexUnderTest } from './index-under-test.ts'

function positionOf (event: ArchivedEvent): Position {
  return { time: event.time, id: event._id }
}

function inOrder (events: readonly ArchivedEvent[]): ArchivedEvent[] {
  return [...events].sort((a, b) => a.time === b.time ? (a._id < b._id ? -1 : 1) : a.time < b.time ? -1 : 1)
}

type Order = SearchRequest['order']

async function walk (index: SearchIndex, events: readonly ArchivedEvent[], query: string, order: Order, limit: number): Promise<EventId[]> {
  const byId = new Map(events.map(event => [event._id, event]))
  const all: EventId[] = []
  for (let last: ArchivedEvent | undefined; ;) {
    const edge = last === undefined ? {} : { [order === 'newest' ? 'before' : 'after']: positionOf(last) }
    const page = await ask(index, query, { order, limit, ...edge })
    all.push(...page.hits)
    assert.ok(page.complete || page.hits.length === limit, 'a page that is not full is the last')
    if (page.complete) return all
    last = byId.get(page.hits.at(-1) as EventId)
  }
}

export function pagingContract (engine: IndexUnderTest): void {
  test('hits stand in the order of time, whenever they came', async t => {
    const index = await engine.open(t)
    const [a, b, c, d] = [5, 1, 9, 3].map(second => recorded({ body: `word ${second}`, time: at(second * 1_000_000) }))
    assert.ok(a && b && c && d)
    await add(index, [a, c])
    await add(index, [b])
    await add(index, [d])
    const ids = [b, d, a, c].map(event => event._id)
    assert.deepEqual((await ask(index, 'word', { order: 'oldest' })).hits, ids)
    assert.deepEqual((await ask(index, 'word', { order: 'newest' })).hits, ids.reverse())
  })

  test('pages of any size, both ways, show every hit once, also where rooms share a microsecond', async t => {
    const index = await engine.open(t)
    const events = Array.from({ length: 60 }, (_, n) =>
      recorded({ room: ROOMS[n % 3] as RoomJid, time: at(Math.floor(n / 3) % 15 * 10 + Math.floor(n / 45)), body: n % 4 === 0 ? 'other' : 'word' }))
    const unique = [...new Map(events.map(event => [event._id, event])).values()]
    for (const event of [...unique].reverse()) await add(index, [event])
    const words = inOrder(unique.filter(event => event.body === 'word')).map(event => event._id)
    for (const limit of [1, 2, 3, 7, words.length, 100]) {
      assert.deepEqual(await walk(index, unique, 'word', 'oldest', limit), words)
      assert.deepEqual(await walk(index, unique, 'word', 'newest', limit), [...words].reverse())
      assert.deepEqual(await walk(index, unique, 'after:2020', 'newest', limit), inOrder(unique).map(event => event._id).reverse())
    }
  })

  test('a position need not match, nor be there any more', async t => {
    const index = await engine.open(t)
    const events = [1, 2, 3].map(n => recorded({ body: n === 2 ? 'gone' : 'word', time: at(n) }))
    await add(index, events)
    const [first, middle, last] = events as [ArchivedEvent, ArchivedEvent, ArchivedEvent]
    for (let round = 0; round < 2; round++) {
      assert.deepEqual((await ask(index, 'word', { after: positionOf(middle) })).hits, [last._id])
      assert.deepEqual((await ask(index, 'word', { before: positionOf(middle) })).hits, [first._id])
      await index.apply([{ id: middle._id, event: undefined }], await index.checkpoint(), 'gone')
    }
    assert.deepEqual((await ask(index, 'word', { after: positionOf(first), before: positionOf(last) })).hits, [])
  })

  test('a page of none tells the total and whether anything is there', async t => {
    const index = await engine.open(t)
    await add(index, [recorded({ body: 'word' })])
    assert.deepEqual(await ask(index, 'word', { limit: 0 }), { hits: [], total: 1, totalIsExact: true, complete: false })
    assert.deepEqual(await ask(index, 'nothing', { limit: 0 }), { hits: [], total: 0, totalIsExact: true, complete: true })
  })

  test('bounds are inclusive, positions are not, and only bounds change the total', async t => {
    const index = await engine.open(t)
    const events = [0, 1, 2, 3, 4].map(n => recorded({ body: `word ${n}`, time: at(n) }))
    await add(index, events)
    const page = await ask(index, 'word', { start: at(1), end: at(3), after: positionOf(events[1] as ArchivedEvent), order: 'oldest' })
    assert.deepEqual(page, { hits: [events[2]?._id, events[3]?._id], total: 3, totalIsExact: true, complete: true })
    assert.equal((await ask(index, 'word', { start: at(3), end: at(1) })).total, 0)
  })

  test('the nick of a request is exact, from: is not', async t => {
    const index = await engine.open(t)
    const nicks = ['Alice', 'alice', 'ALICE', 'Alice B', 'Älice', '']
    const events = nicks.map((nick, n) => recorded({ nick, body: `word of ${nick}`, time: at(n) }))
    await add(index, events)
    assert.deepEqual(await found(index, events, 'word', { nick: 'alice' }), ['word of alice'])
    assert.deepEqual(await found(index, events, 'word', { nick: 'nobody' }), [])
    assert.deepEqual(await found(index, events, 'word from:aLiCe'), ['word of Alice', 'word of alice', 'word of ALICE'])
    assert.deepEqual(await found(index, events, 'word from:"alice b"'), ['word of Alice B'])
    assert.deepEqual(await found(index, events, 'word -from:alice -from:"Alice B"'), ['word of Älice', 'word of '])
    assert.deepEqual(await found(index, events, 'from:nobody'), [])
    assert.deepEqual(await found(index, events, 'from:älice from:"Alice B"'), ['word of Alice B', 'word of Älice'])
  })

  test('operators of time count in UTC days', async t => {
    const index = await engine.open(t)
    const times = ['2023-12-31T23:59:59.999999Z', '2024-01-01T00:00:00.000000Z', '2024-05-17T12:00:00.000000Z', '2024-12-31T23:59:59.999999Z', '2025-01-01T00:00:00.000000Z']
    const events = times.map(time => recorded({ body: time, time: time as ArchivedEvent['time'] }))
    await add(index, events)
    assert.deepEqual(await found(index, events, 'during:2024'), times.slice(1, 4))
    assert.deepEqual(await found(index, events, 'before:2024'), times.slice(0, 1))
    assert.deepEqual(await found(index, events, 'after:2024'), times.slice(4))
    assert.deepEqual(await found(index, events, 'on:2024-05-17'), times.slice(2, 3))
    assert.deepEqual(await found(index, events, 'after:2024-01 before:2024-12'), times.slice(2, 3))
    assert.deepEqual(await found(index, events, 'after:2024 before:2024'), [])
    assert.deepEqual(await found(index, events, 'before:1970'), [])
  })

  test('total and completeness are right for any limit and bounds', async t => {
    const index = await engine.open(t)
    const events = Array.from({ length: 40 }, (_, n) => recorded({ body: n % 3 === 0 ? 'fizz' : 'none', time: at(n) }))
    await add(index, events)
    await fc.assert(fc.asyncProperty(
      fc.nat(45), fc.nat(45), fc.nat(20), fc.constantFrom('newest', 'oldest'),
      async (from, to, limit, order) => {
        const expected = events.filter((event, n) => event.body === 'fizz' && n >= from && n <= to).map(event => event._id)
        if (order === 'newest') expected.reverse()
        const page = await ask(index, 'fizz', { start: at(from), end: at(to), limit, order })
        const total = expected.length
        assert.deepEqual(page, { hits: expected.slice(0, limit), total, totalIsExact: true, complete: total <= limit })
      }), { numRuns: 100 })
  })
}
