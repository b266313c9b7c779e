import assert from 'node:assert/strict'
import test, { after } from 'node:test'
import fc from 'fast-check'
import type { PublishedRoom } from '../../src/access/can-read.ts'
import { createSqliteStore } from '../../src/archive/sqlite.ts'
import { takePageByJid } from '../../src/mam/by-jid.ts'
import { findMamPage } from '../../src/mam/page.ts'
import type { MamPage } from '../../src/mam/page.ts'
import type { MamQuery } from '../../src/mam/query.ts'
import { formatTime, parseDateTime } from '../../src/model/archive-time.ts'
import type { ArchivedEvent, EventId } from '../../src/model/event.ts'
import { LOUNGE, message } from '../helpers/events.ts'

const ROOM: PublishedRoom = { jid: LOUNGE, slug: 'lounge', aliases: [], title: 'Lounge', description: '', level: 'public', isOpen: true }
const NOON = parseDateTime('2026-11-21T12:00:00Z')

const store = createSqliteStore({ path: ':memory:' })
after(() => store.close())

let rooms = 0

async function roomOf (speakers: ReadonlyArray<string | undefined>): Promise<PublishedRoom> {
  const jid = `room${++rooms}@conference.example.org` as typeof LOUNGE
  await store.append(speakers.map((speaker, n) => message({
    room: jid, uid: `u${n}`, time: formatTime(NOON + n * 1e6), body: n % 2 === 0 ? 'apple' : 'pear', ...(speaker === undefined ? {} : { private: { jid: speaker } })
  })))
  return { ...ROOM, jid }
}

/** Finds by the text alone, as the index does. */
function find (room: PublishedRoom, query: Partial<MamQuery>): Promise<MamPage> {
  return findMamPage(room, { max: 50, isBackward: false, isFlipped: false, ...query }, {
    store,
    index: {
      async search ({ after, before, limit, order }) {
        const all = (await store.page(room.jid, { stream: 'talk', limit: 1000 })).events.filter(({ body, time }) =>
          body === query.fulltext && (after === undefined || time > after.time) && (before === undefined || time < before.time))
        const hits = (order === 'newest' ? all.toReversed() : all).map(({ _id }) => _id)
        return { hits: hits.slice(0, limit), total: all.length, totalIsExact: true, complete: hits.length <= limit }
      }
    }
  })
}

const uids = ({ events }: MamPage): string[] => events.map(({ uid }) => uid)

test('an account is found exactly, in all its sessions, and a session alone', async () => {
  const room = await roomOf(['alice@example.org/desk', 'alice@example.org.evil.example/x', undefined, 'alice@example.org/phone', 'malice@example.org/x', 'ALICE@example.org'])
  assert.deepEqual(uids(await find(room, { jid: 'alice@example.org' })), ['u0', 'u3', 'u5'])
  assert.deepEqual(uids(await find(room, { jid: 'alice@example.org/phone' })), ['u3'])
  assert.deepEqual(await find(room, { jid: 'nobody@example.org' }), { events: [], complete: true, count: 0, stable: true })
  assert.deepEqual(uids(await find(room, { jid: 'alice@example.org', ids: ['u3', 'u1'] })), ['u3'])
  assert.deepEqual(uids(await find(room, { jid: 'alice@example.org', fulltext: 'apple' })), ['u0'])
  assert.deepEqual(uids(await find(room, { jid: 'alice@example.org', fulltext: 'pear', isBackward: true, max: 1 })), ['u5'])
  assert.deepEqual(await find(room, { jid: 'alice@example.org', max: 0 }), { events: [], complete: false, count: 3, stable: true })
})

test('for any speakers, page size and direction the pages of one account are all it said, complete once', async () => {
  const SPEAKERS = fc.array(fc.constantFrom('alice@x/1', 'alice@x/2', 'bob@x/1', undefined), { maxLength: 20 })
  await fc.assert(fc.asyncProperty(SPEAKERS, fc.integer({ min: 1, max: 5 }), fc.boolean(), async (speakers, max, isBackward) => {
    const room = await roomOf(speakers)
    const wanted = speakers.flatMap((speaker, n) => speaker?.startsWith('alice@') === true ? [`u${n}`] : [])
    const pages: MamPage[] = []
    for (let edge = {}; ;) {
      const page = await find(room, { jid: 'alice@x', max, isBackward, ...edge })
      pages.push(page)
      if (page.complete) break
      edge = isBackward ? { before: uids(page)[0] } : { after: uids(page).at(-1) }
      assert.equal(uids(page).length, max)
    }
    assert.deepEqual((isBackward ? pages.toReversed() : pages).flatMap(uids), wanted)
    for (const { count } of pages) assert.ok(count === undefined || count === wanted.length)
  }))
})

function endless (isWanted: (n: number) => boolean) {
  let read = 0
  return {
    read: () => read,
    take: async (_edges: object, limit: number) => {
      const events = Array.from({ length: limit }, (_, n): ArchivedEvent => ({
        ...message({ uid: `u${read + n}`, private: { jid: isWanted(read + n) ? 'alice@x/1' : 'bob@x/1' } }), _id: `${read + n}` as EventId, anchor: 't000000'
      }))
      read += limit
      return { events, complete: false }
    }
  }
}

const EDGES = { after: undefined, before: undefined }

test('a search for one who says little ends: with what was found, or the advice to ask for less', async () => {
  const never = endless(() => false)
  await assert.rejects(takePageByJid({ max: 50, isBackward: false }, 'alice@x', EDGES, never.take), { condition: 'resource-constraint', type: 'wait' })
  assert.equal(never.read(), 20_000)
  const once = await takePageByJid({ max: 50, isBackward: false }, 'alice@x', EDGES, endless(n => n === 7_000).take)
  assert.deepEqual([once.events.map(({ uid }) => uid), once.complete, once.count], [['u7000'], false, undefined])
  await assert.rejects(takePageByJid({ max: 0, isBackward: false }, 'alice@x', EDGES, endless(() => true).take), { condition: 'resource-constraint' })
})
