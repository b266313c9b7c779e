import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { after, before } from 'node:test'
import { createFind } from '../../src/archive/find.ts'
import type { FindRequest, Found, Searchable } from '../../src/archive/find.ts'
import { createIndexFeed } from '../../src/archive/index-feed.ts'
import { createSqliteStore } from '../../src/archive/sqlite.ts'
import { silentLogger } from '../../src/log.ts'
import { parseRoomJid } from '../../src/model/address.ts'
import { formatTime, parseDateTime } from '../../src/model/archive-time.ts'
import { createLocalIndex } from '../../src/search/local.ts'
import { message } from '../helpers/events.ts'

const LOUNGE: Searchable = { jid: parseRoomJid('lounge@conference.example.org'), slug: 'foyer', aliases: ['hall'] }
const LAB: Searchable = { jid: parseRoomJid('lab@conference.example.org'), slug: 'lab', aliases: [] }
const SECRET: Searchable = { jid: parseRoomJid('secret@conference.example.org'), slug: 'secret', aliases: [] }
const NOON = parseDateTime('2026-11-21T12:00:00Z')

const folder = mkdtempSync(join(tmpdir(), 'hansard-find-'))
const store = createSqliteStore({ path: ':memory:' })
const index = createLocalIndex({ path: join(folder, 'search.db'), log: silentLogger, readers: 1 })
const find = createFind({ store, index })

before(async () => {
  const rooms = [LOUNGE, LAB, SECRET]
  await store.append(Array.from({ length: 30 }, (_, n) => message({
    room: rooms[n % 3]!.jid, uid: `u${n}`, time: formatTime(NOON + Math.floor(n / 6) * 1e6), body: `apple number${n}`
  })))
  await createIndexFeed({ store, index, log: silentLogger }).advance()
})
after(async () => {
  await index.close()
  await store.close()
  rmSync(folder, { recursive: true })
})

function ask (request: Partial<FindRequest<Searchable>> = {}): Promise<Found<Searchable>> {
  return find({ text: 'apple', rooms: [LOUNGE, LAB], limit: 50, ...request })
}

async function walk (request: Partial<FindRequest<Searchable>>): Promise<string[]> {
  const uids: string[] = []
  for (let cursor: string | undefined; ;) {
    const { hits, next } = await ask({ ...request, ...(cursor === undefined ? {} : { before: cursor }) })
    uids.push(...hits.map(({ event }) => event.uid))
    if (next === undefined) return uids
    assert.ok(hits.length > 0)
    cursor = next
  }
}

function cursorOf (id: string): string {
  return Buffer.from(id).toString('base64url')
}

test('hits are newest first, each with its room, and exactly those of the rooms given', async () => {
  const { hits, total, totalIsExact, next } = await ask()
  assert.deepEqual([hits.length, total, totalIsExact, next], [20, 20, true, undefined])
  assert.ok(hits.every(({ event, room }) => event.room === room.jid))
  assert.deepEqual(hits.map(({ event }) => event.time), hits.map(({ event }) => event.time).sort().reverse())
})

for (const limit of [1, 3, 7, 19, 20]) {
  test(`pages of ${limit} are the whole, also where rooms share a microsecond`, async () => {
    assert.deepEqual(await walk({ limit }), (await ask()).hits.map(({ event }) => event.uid))
  })
}

test('in: takes the slug, a former slug, the address and its localpart', async () => {
  for (const name of ['foyer', 'hall', LOUNGE.jid, 'lounge']) {
    const { hits } = await ask({ text: `apple in:${name}` })
    assert.deepEqual([hits.length, ...new Set(hits.map(({ event }) => event.room))], [10, LOUNGE.jid], name)
  }
})

test('no name, and no cursor, opens a room that was not given', async () => {
  for (const text of ['apple in:secret', `apple in:${SECRET.jid}`, 'number2']) assert.equal((await ask({ text })).total, 0)
  const hidden = (await find({ text: 'apple', rooms: [SECRET], limit: 50 })).hits.map(({ event }) => event)
  const middle = hidden[5]!
  const forged = await ask({ before: cursorOf(middle._id) })
  assert.ok(forged.hits.every(({ event }) => event.room !== SECRET.jid))
  // Whether the event that a cursor names exists makes no difference.
  const invented = middle._id.replace('secret@', 'secreu@')
  assert.deepEqual(await ask({ before: cursorOf(invented) }), forged)
})

test('without rooms there is nothing to find', async () => {
  assert.deepEqual((await ask({ rooms: [] })).hits, [])
})

const DAMAGED: ReadonlyArray<readonly [string, string]> = [
  ['that is empty', ''],
  ['of no meaning', '%%%'],
  ['of a room alone', cursorOf('lounge@conference.example.org')],
  ['of a time alone', cursorOf('2026-11-21T12:00:00.000000Z')],
  ['of a month that does not exist', cursorOf('lounge@conference.example.org:t:2026-99-99T99:99:99.999999Z')],
  ['of a day that does not exist', cursorOf('lounge@conference.example.org:t:2026-02-30T12:00:00.000000Z')],
  ['of a year before all', cursorOf('lounge@conference.example.org:t:0000-01-01T00:00:00.000000Z')],
  ['of an unknown stream', cursorOf('lounge@conference.example.org:x:2026-11-21T12:00:00.000000Z')],
  ['with something behind it', cursorOf('lounge@conference.example.org:t:2026-11-21T12:00:00.000000Z\n')],
  ['of a leap second', cursorOf('lounge@conference.example.org:t:2026-11-21T12:00:60.000000Z')]
]

for (const [name, before] of DAMAGED) {
  test(`a cursor ${name} is a mistake of the query`, async () => {
    await assert.rejects(ask({ before }), { code: 'ERR_QUERY' })
  })
}

test('a query that cannot be read is a mistake of the query', async () => {
  await assert.rejects(ask({ text: '"open' }), { code: 'ERR_QUERY' })
})

test('a hit that is no longer in the record is left out, and paging goes on', async () => {
  const gone = createFind({ index, store: { fetch: async ids => (await store.fetch(ids)).filter(({ uid }) => uid !== 'u27') } })
  const { hits, next } = await gone({ text: 'apple', rooms: [LOUNGE], limit: 1 })
  assert.deepEqual([hits, typeof next], [[], 'string'])
})
