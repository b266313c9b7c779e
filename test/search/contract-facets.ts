import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import type { ArchiveTime } from '../../src/model/archive-time.ts'
import type { Facet, SearchPage } from '../../src/search/search-index.ts'
import { LOUNGE } from '../helpers/events.ts'
import { OTHER, ROOMS, THIRD, add, ask, at, realTalk, recorded } from './index-under-test.ts'
import type { IndexUnderTest } from './index-under-test.ts'

function counts (facets: ReadonlyArray<Facet<string>> = []): Record<string, number> {
  return Object.fromEntries(facets.map(({ value, count }) => [value, count]))
}

function isExact ({ facets }: SearchPage): boolean {
  assert.ok(facets)
  return Object.values(facets).flat().every(facet => facet.isExact)
}

export function facetsContract (engine: IndexUnderTest): void {
  test('facets tell how the hits are spread, and add up to the total', async t => {
    const index = await engine.open(t)
    const events = realTalk()
    await add(index, events)
    for (const [query, holds] of [
      ['dspace', /\bdspaces?\b/i], ['after:2000', /^/]
    ] as const) {
      const expected = events.filter(({ body = '' }) => holds.test(body))
      const page = await ask(index, query, { facets: true, limit: 3 })
      assert.ok(page.facets !== undefined && isExact(page))
      const sum = (facets: ReadonlyArray<Facet<string>>) => facets.reduce((sum, { count }) => sum + count, 0)
      assert.deepEqual([sum(page.facets.rooms), sum(page.facets.years), sum(page.facets.kinds)], [page.total, page.total, page.total])
      assert.equal(page.total, expected.length)
      for (const room of ROOMS) assert.equal(counts(page.facets.rooms)[room], expected.filter(event => event.room === room).length)
      const said = new Map<string, number>()
      for (const { nick } of expected) said.set(nick, (said.get(nick) ?? 0) + 1)
      const most = [...said.values()].sort((a, b) => b - a).slice(0, 20)
      assert.deepEqual(page.facets.people.map(({ count }) => count), most)
      for (const { value, count } of page.facets.people) assert.equal(count, said.get(value))
    }
  })

  test('facets are those of the query, its bounds and the rooms of the reader, whatever the page', async t => {
    const index = await engine.open(t)
    const years = [2019, 2020, 2020, 2022]
    const events = years.flatMap((year, n) => ROOMS.map(room =>
      recorded({ room, time: `${year}-0${n + 1}-01T00:00:00.000000Z` as ArchiveTime, body: n === 3 ? 'pear' : 'apple', nick: `n${n}` })))
    await add(index, [...events, recorded({ kind: 'subject', body: 'apple', nick: '', time: at(0) })])
    const page = await ask(index, 'apple', { facets: true, limit: 1, rooms: [LOUNGE, THIRD], before: { time: at(5), id: events[0]!._id } })
    assert.deepEqual(page.facets?.years.map(({ value, count }) => [value, count]), [['2026', 1], ['2020', 4], ['2019', 2]])
    assert.deepEqual(counts(page.facets?.rooms), { [LOUNGE]: 4, [THIRD]: 3 })
    assert.deepEqual(counts(page.facets?.kinds), { message: 6, subject: 1 })
    assert.deepEqual(counts(page.facets?.people), { n0: 2, n1: 2, n2: 2 })
    const bounded = await ask(index, 'during:2020 -pear', { facets: true, rooms: [OTHER] })
    assert.deepEqual([counts(bounded.facets?.years), counts(bounded.facets?.rooms)], [{ 2020: 2 }, { [OTHER]: 2 }])
  })

  test('where nothing is found there are none, and without being asked for too', async t => {
    const index = await engine.open(t)
    await add(index, [recorded({ body: 'apple' })])
    for (const [query, rooms] of [['pear', ROOMS], ['', ROOMS], ['apple', []]] as const) {
      assert.deepEqual((await ask(index, query, { facets: true, rooms })).facets, { rooms: [], years: [], people: [], kinds: [] }, query)
    }
    assert.equal((await ask(index, 'apple')).facets, undefined)
  })
}
