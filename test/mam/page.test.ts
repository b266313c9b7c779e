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
  return findMamPage(room, { max: 50, isBackward: false, ...query }, { store, index: from })
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
  nick: fc.option(fc.constantFrom('alice', 'bob', 'nobody'), { nil: undefined })
})

interface Conditions {
  readonly start: ArchiveTime | undefined
  readonly end: ArchiveTime | undefined
  readonly nick: string | undefined
}

function isMatch (event: ArchivedEvent, { start, end, nick }: Conditions): boolean {
  return (event.kind === 'message' || event.kind === 'subject') && (start === undefined || event.time >= start) &&
    (end === undefined || event.time <= end) && (nick === undefined || event.nick === nick)
}

for (const fulltext of [undefined, 'apple']) {
  const what = fulltext === undefined ? 'the record' : 'a search'
  test(`for any data, conditions, page size and direction the pages of ${what} are the whole, complete once, with the exact count`, async () => {
    await fc.assert(fc.asyncProperty(EVENTS, QUERY, async (data, generated) => {
      const { room, events } = await roomWith(data)
      const wanted = events.filter(event => isMatch(event, generated) && (fulltext === undefined || event.body?.includes(fulltext)))
      const conditions = Object.fromEntries(Object.entries({ ...generated, fulltext }).filter(([, value]) => value !== undefined))
      const { uids, completes, pages } = await walk(room, conditions, wanted.length + 1)
      assert.deepEqual(uids, wanted.map(({ uid }) => uid))
      assert.equal(completes, 1)
      assert.equal(pages.length, Math.max(1, Math.ceil(wanted.length / generated.max)))
      for (const page of pages) {
        assert.equal(page.count, wanted.length)
        const first = page.events[0]
        if (first !== undefined && page.index !== undefined) assert.equal(page.index, wanted.findIndex(({ uid }) => uid === first.uid))
      }
    }), { numRuns: fulltext === undefined ? 150 : 60 })
  })
}

for (const isBackward of [false, true]) {
  test(`a page is complete exactly when nothing is left ${isBackward ? 'before' : 'after'} it`, async () => {
    const { room } = await roomWith(Array.from({ length: 5 }, (_, n) => ({ time: at(n), body: 'apple' })))
    for (const fulltext of [{}, { fulltext: 'apple' }]) {
      for (const [max, complete] of [[4, false], [5, true], [6, true]] as const) {
        const page = await find(room, { max, isBackward, ...fulltext })
        assert.deepEqual([page.events.length, page.complete], [Math.min(max, 5), complete])
      }
    }
  })

  test(`with a maximum of 0 ${isBackward ? 'backward' : 'forward'} there is the exact count and no event; complete only where nothing matches`, async () => {
    const { room } = await roomWith([{ time: at(0), body: 'apple' }, { time: at(1), body: 'apple' }])
    for (const fulltext of [{}, { fulltext: 'apple' }]) {
      assert.deepEqual(await find(room, { max: 0, isBackward, ...fulltext }), { events: [], complete: false, stable: true, count: 2 })
      const found = await find(room, { max: 0, isBackward, start: at(5), ...fulltext })
      assert.deepEqual(found, { events: [], complete: true, stable: true, count: 0 })
    }
  })
}

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
  for (const edge of [{ after: 'u0' }, { before: 'u0' }]) {
    for (const fulltext of [{}, { fulltext: 'apple' }]) await assert.rejects(find(room, { ...edge, ...fulltext }), { code: 'ERR_ITEM_NOT_FOUND' })
  }
})

test('an event that does not match, or was removed, is a place to page from', async () => {
  const { room, events } = await roomWith(['apple', 'cherry', 'apple'].map((body, n) => ({ time: at(n), body, nick: body })))
  const { body, stanza, ...rest } = events[1] as ArchivedEvent
  await store.replace({ ...rest, removed: { by: 'moderator', time: at(9) } })
  await feed.advance()
  assert.deepEqual((await find(room, { after: 'u1', nick: 'apple' })).events.map(({ uid }) => uid), ['u2'])
  assert.deepEqual((await find(room, { before: 'u1', fulltext: 'apple', isBackward: true })).events.map(({ uid }) => uid), ['u0'])
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
    assert.ok(pages.every(({ events, count, index }) => count === 12 && index === Number(events[0]?.uid.slice(1))))
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
