import assert from 'node:assert/strict'
import test, { after } from 'node:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import type { PublishedRoom } from '../../src/access/can-read.ts'
import { createIndexFeed } from '../../src/archive/index-feed.ts'
import { createSqliteStore } from '../../src/archive/sqlite.ts'
import { silentLogger } from '../../src/log.ts'
import { findMamPage } from '../../src/mam/page.ts'
import type { MamPage } from '../../src/mam/page.ts'
import type { MamQuery } from '../../src/mam/query.ts'
import { defined } from '../../src/model/defined.ts'
import { formatTime, parseDateTime } from '../../src/model/archive-time.ts'
import type { ArchiveTime } from '../../src/model/archive-time.ts'
import type { ArchivedEvent, RoomEvent } from '../../src/model/event.ts'
import { createLocalIndex } from '../../src/search/local.ts'
import type { SearchIndex } from '../../src/search/search-index.ts'
import { LOUNGE, message } from '../helpers/events.ts'

const ROOM: PublishedRoom = { jid: LOUNGE, slug: 'lounge', aliases: [], title: 'Lounge', description: '', level: 'public', isOpen: true }
const NOON = parseDateTime('2026-11-21T12:00:00Z')
const NO_INDEX: Pick<SearchIndex, 'search'> = { search: () => { throw new Error('not to be asked') } }

const folder = mkdtempSync(join(tmpdir(), 'hansard-mam-'))
const store = createSqliteStore({ path: ':memory:' })
const index = createLocalIndex({ path: join(folder, 'search.db'), log: silentLogger, readers: 1 })
const feed = createIndexFeed({ store, index, log: silentLogger })
after(async () => {
  await index.close()
  await store.close()
  rmSync(folder, { recursive: true })
})

function at (seconds: number): ArchiveTime {
  return formatTime(NOON + seconds * 1e6)
}

let rooms = 0

/** A room of its own for each run, so that one store and one index serve all. */
async function roomWith (events: ReadonlyArray<Partial<RoomEvent>>): Promise<{ room: PublishedRoom, events: ArchivedEvent[] }> {
  const room = { ...ROOM, jid: `room${++rooms}@conference.example.org` as typeof LOUNGE }
  const results = await store.append(events.map((fields, n) => message({ ...fields, room: room.jid, uid: `u${n}` })))
  await feed.advance()
  return { room, events: results.map(({ event }) => event).sort((a, b) => a.time < b.time ? -1 : 1) }
}

function find (room: PublishedRoom, query: Partial<MamQuery> = {}, from: Pick<SearchIndex, 'search'> = index): Promise<MamPage> {
  return findMamPage(room, { max: 50, isBackward: false, isFlipped: false, ...query }, { store, index: from })
}

interface Walk { readonly uids: string[], readonly completes: number, readonly pages: MamPage[] }

/** As clients walk: on with the last id, or the first when backward, until it is complete. */
async function walk (room: PublishedRoom, query: Partial<MamQuery>, most: number): Promise<Walk> {
  const pages: MamPage[] = []
  let edge: Partial<MamQuery> = {}
  for (;;) {
    const page = await find(room, { ...query, ...edge })
    pages.push(page)
    assert.ok(pages.length <= most, 'the walk ends')
    const next = query.isBackward === true ? page.events[0] : page.events.at(-1)
    if (page.complete || next === undefined) break
    edge = query.isBackward === true ? { before: next.uid } : { after: next.uid }
  }
  const uids = (query.isBackward === true ? pages.toReversed() : pages).flatMap(({ events }) => events.map(({ uid }) => uid))
  return { uids, completes: pages.filter(({ complete }) => complete).length, pages }
}

const EVENTS = fc.array(fc.record({
  time: fc.integer({ min: 0, max: 20 }).map(at),
  nick: fc.constantFrom('alice', 'bob', ''),
  kind: fc.constantFrom('message' as const, 'message' as const, 'subject' as const, 'join' as const),
  body: fc.constantFrom('apple', 'apple pie', 'cherry')
}), { maxLength: 25 })

const QUERY = fc.record({
  max: fc.integer({ min: 1, max: 10 }),
  isBackward: fc.boolean(),
  start: fc.option(fc.integer({ min: -1, max: 21 }).map(at), { nil: undefined }),
  end: fc.option(fc.integer({ min: -1, max: 21 }).map(at), { nil: undefined }),
  nick: fc.option(fc.constantFrom('alice', 'bob', 'nobody'), { nil: undefined }),
  // By their place in the data, if there is one.
  afterId: fc.option(fc.nat(24), { nil: undefined, freq: 2 }),
  beforeId: fc.option(fc.nat(24), { nil: undefined, freq: 2 }),
  ids: fc.option(fc.uniqueArray(fc.nat(24), { maxLength: 12 }), { nil: undefined, freq: 3 })
})

type Conditions = Pick<MamQuery, 'start' | 'end' | 'nick' | 'afterId' | 'beforeId' | 'ids' | 'fulltext'>

/** The plain filter over the whole list, in its order. */
function filter (talk: readonly ArchivedEvent[], { start, end, nick, afterId, beforeId, ids, fulltext }: Conditions): ArchivedEvent[] {
  const place = (uid: string): number => talk.findIndex(event => event.uid === uid)
  return talk.filter((event, n) =>
    (start === undefined || event.time >= start) && (end === undefined || event.time <= end) &&
    (nick === undefined || event.nick === nick) &&
    (afterId === undefined || n > place(afterId)) && (beforeId === undefined || n < place(beforeId)) &&
    (ids === undefined || ids.includes(event.uid)) && (fulltext === undefined || event.body?.includes(fulltext)))
}

type GeneratedQuery = typeof QUERY extends fc.Arbitrary<infer T> ? T : never

/** What was generated as a query on this talk: without the ids that it has not. */
function queryOn (talk: readonly ArchivedEvent[], { afterId, beforeId, ids, ...rest }: GeneratedQuery): Partial<MamQuery> {
  const uidAt = (n: number | undefined) => n === undefined ? undefined : talk[n]?.uid
  return defined({ ...rest, afterId: uidAt(afterId), beforeId: uidAt(beforeId), ids: ids?.flatMap(n => uidAt(n) ?? []) })
}

for (const fulltext of [undefined, 'apple']) {
  const what = fulltext === undefined ? 'the record' : 'a search'
  test(`for any data, conditions, page size and direction the pages of ${what} are the whole, complete once, with the exact count`, async () => {
    await fc.assert(fc.asyncProperty(EVENTS, QUERY, async (data, generated) => {
      const { room, events } = await roomWith(data)
      const talk = events.filter(({ kind }) => kind === 'message' || kind === 'subject')
      const query = { ...queryOn(talk, generated), ...defined({ fulltext }) }
      const wanted = filter(talk, query)
      const { uids, completes, pages } = await walk(room, query, wanted.length + 1)
      assert.deepEqual(uids, wanted.map(({ uid }) => uid))
      assert.equal(completes, 1)
      assert.equal(pages.length, Math.max(1, Math.ceil(wanted.length / generated.max)))
      for (const page of pages) {
        assert.equal(page.count, wanted.length)
        const first = page.events[0]
        if (first !== undefined && page.index !== undefined) assert.equal(page.index, wanted.findIndex(({ uid }) => uid === first.uid))
        if (generated.isBackward) assert.equal(page.index, undefined)
      }
    }), { numRuns: fulltext === undefined ? 300 : 100 })
  })
}

test('for any two places of a result set, in whichever order, a page between them is what a plain filter cuts out', async () => {
  const PLACES = fc.record({ after: fc.option(fc.nat(24), { nil: undefined }), before: fc.option(fc.nat(24), { nil: undefined }) })
  await fc.assert(fc.asyncProperty(EVENTS, QUERY, PLACES, fc.constantFrom(undefined, 'apple'), async (data, generated, places, fulltext) => {
    const { room, events } = await roomWith(data)
    const talk = events.filter(({ kind }) => kind === 'message' || kind === 'subject')
    const query = { ...queryOn(talk, generated), ...defined({ fulltext }) }
    const [after, before] = [places.after, places.before].map(n => n === undefined ? undefined : talk[n])
    const wanted = filter(talk, query)
    const left = wanted.filter(({ time }) => (after === undefined || time > after.time) && (before === undefined || time < before.time))
    const page = await find(room, { ...query, ...defined({ after: after?.uid, before: before?.uid }) })
    const cut = generated.isBackward ? left.slice(-generated.max) : left.slice(0, generated.max)
    assert.deepEqual(page.events.map(({ uid }) => uid), cut.map(({ uid }) => uid))
    assert.deepEqual([page.complete, page.count], [cut.length === left.length, wanted.length])
  }), { numRuns: 200 })
})

const FIVE: ReadonlyArray<readonly [string, Partial<MamQuery>]> = [
  ['everything', {}],
  ['a range of time', { start: at(0), end: at(4) }],
  ['a nick', { nick: 'alice' }],
  ['a search', { fulltext: 'apple' }],
  ['a nick in a search', { fulltext: 'apple', nick: 'alice' }],
  ['what lies between two ids of the filter', { afterId: 'u5', beforeId: 'u6' }],
  ['a search between two ids of the filter', { fulltext: 'apple', afterId: 'u5', beforeId: 'u6' }],
  ['ids', { ids: ['u4', 'u0', 'u2', 'u1', 'u3'] }],
  ['ids in a search', { ids: ['u4', 'u0', 'u2', 'u1', 'u3'], fulltext: 'apple' }]
]

for (const isBackward of [false, true]) {
  const direction = isBackward ? 'backward' : 'forward'
  for (const [name, query] of FIVE) {
    const isAmong = 'afterId' in query
    test(`of five that match ${name}, ${direction}, four are not complete, five are, and six find no more`, async () => {
      const { room } = await roomWith([
        ...[0, 1, 2, 3, 4].map(n => ({ time: at(n), body: 'apple' })),
        ...(isAmong ? [{ time: at(-1), body: 'apple' }, { time: at(5), body: 'apple' }] : [])
      ])
      for (const [max, complete] of [[4, false], [5, true], [6, true]] as const) {
        const page = await find(room, { ...query, max, isBackward })
        assert.deepEqual([page.events.length, page.complete, page.count], [Math.min(max, 5), complete, 5])
      }
    })

    test(`of five that match ${name}, ${direction}, a maximum of 0 tells the exact count and no event, and is not complete`, async () => {
      const { room } = await roomWith([
        ...[0, 1, 2, 3, 4].map(n => ({ time: at(n), body: 'apple' })),
        ...(isAmong ? [{ time: at(-1), body: 'apple' }, { time: at(5), body: 'apple' }] : [])
      ])
      assert.deepEqual(await find(room, { ...query, max: 0, isBackward }), { events: [], complete: false, stable: true, count: 5 })
      const nothing = await find(room, { ...query, max: 0, isBackward, start: at(50) })
      assert.deepEqual(nothing, { events: [], complete: true, stable: true, count: 0 })
    })
  }
}

test('messages asked for by id come in the order of the archive, and other conditions hold for them too', async () => {
  const { room } = await roomWith(['apple', 'cherry', 'apple', 'apple'].map((body, n) => ({ time: at(n), body, nick: n < 2 ? 'alice' : 'bob' })))
  const uids = async (query: Partial<MamQuery>) => (await find(room, { ids: ['u3', 'u0', 'u1'], ...query })).events.map(({ uid }) => uid)
  assert.deepEqual(await uids({}), ['u0', 'u1', 'u3'])
  assert.deepEqual(await uids({ nick: 'alice' }), ['u0', 'u1'])
  assert.deepEqual(await uids({ start: at(1) }), ['u1', 'u3'])
  assert.deepEqual(await uids({ end: at(1) }), ['u0', 'u1'])
  assert.deepEqual(await uids({ afterId: 'u2' }), ['u3'])
  assert.deepEqual(await uids({ beforeId: 'u1' }), ['u0'])
  assert.deepEqual(await uids({ fulltext: 'apple' }), ['u0', 'u3'])
  assert.deepEqual(await uids({ max: 2 }), ['u0', 'u1'])
  assert.deepEqual(await uids({ max: 2, isBackward: true }), ['u1', 'u3'])
  assert.deepEqual(await uids({ after: 'u2' }), ['u3'])
  assert.deepEqual(await uids({ before: 'u2', isBackward: true, max: 1 }), ['u1'])
})

test('one unknown id among those asked for makes the whole query not found', async () => {
  const { room } = await roomWith([{ time: at(0) }, { time: at(1), kind: 'join', nick: 'bob' }])
  for (const ids of [['nobody'], ['u0', 'nobody'], ['u0', 'u1'], ['']]) {
    await assert.rejects(find(room, { ids }), { code: 'ERR_ITEM_NOT_FOUND' }, ids.join())
    await assert.rejects(find(room, { ids, fulltext: 'apple', start: at(5) }), { code: 'ERR_ITEM_NOT_FOUND' }, ids.join())
  }
})

test('a whole page of ids is found', async () => {
  const { room } = await roomWith(Array.from({ length: 250 }, (_, n) => ({ time: at(n) })))
  const page = await find(room, { ids: Array.from({ length: 250 }, (_, n) => `u${249 - n}`), max: 250 }, NO_INDEX)
  assert.deepEqual([page.events.length, page.complete, page.events[0]?.uid], [250, true, 'u0'])
})

test('after-id with after, and before-id with before, are the intersection', async () => {
  const { room } = await roomWith(Array.from({ length: 6 }, (_, n) => ({ time: at(n), body: 'apple' })))
  for (const fulltext of [{}, { fulltext: 'apple' }]) {
    const uids = async (query: Partial<MamQuery>) => (await find(room, { ...query, ...fulltext })).events.map(({ uid }) => uid)
    assert.deepEqual(await uids({ afterId: 'u1', after: 'u3' }), ['u4', 'u5'])
    assert.deepEqual(await uids({ afterId: 'u3', after: 'u1' }), ['u4', 'u5'])
    assert.deepEqual(await uids({ beforeId: 'u4', before: 'u2', isBackward: true }), ['u0', 'u1'])
    assert.deepEqual(await uids({ beforeId: 'u2', before: 'u4', isBackward: true }), ['u0', 'u1'])
    assert.deepEqual(await uids({ afterId: 'u4', beforeId: 'u1' }), [])
    assert.deepEqual(await uids({ afterId: 'u2', beforeId: 'u3' }), [])
    assert.deepEqual(await uids({ afterId: 'u2', beforeId: 'u2' }), [])
  }
})

test('an id of the filter does not turn the direction of paging', async () => {
  const { room } = await roomWith(Array.from({ length: 6 }, (_, n) => ({ time: at(n) })))
  const page = await find(room, { beforeId: 'u5', max: 2 }, NO_INDEX)
  assert.deepEqual([page.events.map(({ uid }) => uid), page.complete, page.count, page.index], [['u0', 'u1'], false, 5, 0])
})

test('start and end are inclusive to the microsecond', async () => {
  const { room } = await roomWith([{ time: at(1) }])
  const { events: [only] } = await find(room, { start: at(1), end: at(1) }, NO_INDEX)
  assert.equal(only?.time, at(1))
})

test('between two ids lies what is between them, taken from the newer end', async () => {
  const { room } = await roomWith(Array.from({ length: 6 }, (_, n) => ({ time: at(n), body: 'apple' })))
  for (const fulltext of [{}, { fulltext: 'apple' }]) {
    const page = await find(room, { after: 'u0', before: 'u5', max: 2, isBackward: true, ...fulltext })
    assert.deepEqual(page.events.map(({ uid }) => uid), ['u3', 'u4'])
    assert.deepEqual([page.complete, page.count], [false, 6])
    const all = await find(room, { after: 'u0', before: 'u5', max: 4, isBackward: true, ...fulltext })
    assert.equal(all.complete, true)
  }
})

test('an id is unknown in another room, and for a search as well', async () => {
  const { room } = await roomWith([])
  await roomWith([{ time: at(0) }])
  for (const edge of [{ after: 'u0' }, { before: 'u0' }, { afterId: 'u0' }, { beforeId: 'u0' }, { ids: ['u0'] }]) {
    for (const fulltext of [{}, { fulltext: 'apple' }]) await assert.rejects(find(room, { ...edge, ...fulltext }), { code: 'ERR_ITEM_NOT_FOUND' })
  }
})

test('an id of somebody who came or went is none of the archive', async () => {
  const { room } = await roomWith([{ time: at(0), kind: 'join' }, { time: at(1) }])
  for (const edge of [{ after: 'u0' }, { before: 'u0' }, { afterId: 'u0' }, { beforeId: 'u0' }]) {
    await assert.rejects(find(room, edge), { code: 'ERR_ITEM_NOT_FOUND' })
  }
})

test('an event that does not match, or was removed, is a place to page from', async () => {
  const { room, events } = await roomWith(['apple', 'cherry', 'apple'].map((body, n) => ({ time: at(n), body, nick: body })))
  const { body, stanza, ...rest } = events[1] as ArchivedEvent
  await store.scrub(rest.room, [rest.uid], () => ({ ...rest, removed: { by: 'moderator', time: at(9) } }))
  await feed.advance()
  assert.deepEqual((await find(room, { after: 'u1', nick: 'apple' })).events.map(({ uid }) => uid), ['u2'])
  assert.deepEqual((await find(room, { before: 'u1', fulltext: 'apple', isBackward: true })).events.map(({ uid }) => uid), ['u0'])
  assert.deepEqual((await find(room, { afterId: 'u1', fulltext: 'apple' })).events.map(({ uid }) => uid), ['u2'])
  assert.deepEqual((await find(room, { beforeId: 'u1', nick: 'apple' })).events.map(({ uid }) => uid), ['u0'])
  assert.equal((await find(room, { ids: ['u1'] })).events[0]?.removed?.by, 'moderator')
})

test('a search whose words come to nothing is empty and complete, one that cannot be read is refused', async () => {
  const { room } = await roomWith([{ time: at(0) }])
  assert.deepEqual(await find(room, { fulltext: '…' }), { events: [], complete: true, stable: true, count: 0 })
  await assert.rejects(find(room, { fulltext: 'an "open quote' }), { code: 'ERR_QUERY' })
})

test('a search in one room finds nothing of another, whatever it asks for', async () => {
  const secret = await roomWith([{ time: at(0), body: 'apple' }])
  const { room } = await roomWith([{ time: at(0), body: 'cherry' }])
  for (const text of ['apple', `apple in:${secret.room.jid}`, `in:${secret.room.jid}`]) {
    assert.deepEqual(await find(room, { fulltext: text }), { events: [], complete: true, stable: true, count: 0 })
  }
})

test('pages of very long messages are cut to a size, and the walk still has them all', async () => {
  const { room } = await roomWith(Array.from({ length: 12 }, (_, n) => ({ time: at(n), body: `apple ${'x'.repeat(480_000)}` })))
  for (const isBackward of [false, true]) {
    const { uids, pages, completes } = await walk(room, { isBackward, max: 250 }, 12)
    assert.deepEqual(uids, Array.from({ length: 12 }, (_, n) => `u${n}`))
    assert.deepEqual([pages.length, completes], [3, 1])
    const places = pages.map(({ events }) => isBackward ? undefined : Number(events[0]?.uid.slice(1)))
    assert.deepEqual(pages.map(({ count, index }) => [count, index]), places.map(place => [12, place]))
  }
})

test('a single message beyond every size is still a page', async () => {
  const { room } = await roomWith([{ time: at(0), body: 'x'.repeat(3_000_000) }, { time: at(1) }])
  const page = await find(room, {}, NO_INDEX)
  assert.deepEqual([page.events.length, page.complete], [1, false])
})

test('a walk meets each message once while new ones arrive', async () => {
  const { room } = await roomWith(Array.from({ length: 6 }, (_, n) => ({ time: at(n) })))
  const seen: string[] = []
  for (let after: string | undefined; ;) {
    const page = await find(room, { max: 2, ...(after === undefined ? {} : { after }) }, NO_INDEX)
    seen.push(...page.events.map(({ uid }) => uid))
    if (page.complete) break
    after = seen.at(-1)
    if (seen.length < 6) await store.append([message({ room: room.jid, uid: `new${seen.length}`, time: at(100 + seen.length) })])
  }
  assert.deepEqual(seen, ['u0', 'u1', 'u2', 'u3', 'u4', 'u5', 'new2', 'new4'])
})

test('while something waits for its place, what reaches up to the present is not stable, and nothing but an empty page is the end of a walk on', async () => {
  const { room } = await roomWith([0, 1, 2].map(n => ({ time: at(n) })))
  const ask = async (query: Partial<MamQuery>) => {
    const asked = { max: 50, isBackward: false, isFlipped: false, ...query }
    const { complete, stable } = await findMamPage(room, asked, { store, index, isBehind: jid => jid === room.jid })
    return [complete, stable]
  }
  assert.deepEqual(await ask({}), [false, false])
  assert.deepEqual(await ask({ after: 'u2' }), [true, false], 'there is no id to go on from')
  assert.deepEqual(await ask({ isBackward: true }), [true, false], 'the other end is there')
  assert.deepEqual(await ask({ isBackward: true, before: 'u2' }), [true, true])
  assert.deepEqual(await ask({ max: 0 }), [false, false])
  assert.deepEqual(await ask({ ids: ['u1'] }), [true, true])
})
