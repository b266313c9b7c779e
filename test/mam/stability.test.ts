import assert from 'node:assert/strict'
import test, { after } from 'node:test'
import type { PublishedRoom } from '../../src/access/can-read.ts'
import { createSqliteStore } from '../../src/archive/sqlite.ts'
import { findMamPage } from '../../src/mam/page.ts'
import type { MamQuery } from '../../src/mam/query.ts'
import { formatTime, parseDateTime } from '../../src/model/archive-time.ts'
import type { ArchiveTime } from '../../src/model/archive-time.ts'
import type { Gap } from '../../src/model/gap.ts'
import { LOUNGE, message } from '../helpers/events.ts'

const ROOM: PublishedRoom = { jid: LOUNGE, slug: 'lounge', aliases: [], title: 'Lounge', description: '', level: 'public', isOpen: true }
const NOON = parseDateTime('2026-11-21T12:00:00Z')

const store = createSqliteStore({ path: ':memory:' })
after(() => store.close())

function at (seconds: number): ArchiveTime {
  return formatTime(NOON + seconds * 1e6)
}

let rooms = 0

/** Whether a page is said to be stable of a room with talk at the seconds 0, 10 … 90, whose uids are u0, u10 … u90. */
async function stabilityOf (gap: Partial<Gap>, query: Partial<MamQuery>): Promise<boolean> {
  const room = { ...ROOM, jid: `room${++rooms}@conference.example.org` as typeof LOUNGE }
  const seconds = Array.from({ length: 10 }, (_, n) => n * 10)
  await store.append(seconds.map(second => message({ room: room.jid, uid: `u${second}`, time: at(second), nick: second % 20 === 0 ? 'even' : 'odd' })))
  await store.putGaps([{ room: room.jid, from: at(30), cause: 'disconnected', ...gap }])
  const index = {
    search: async () => {
      const { events, complete } = await store.page(room.jid, { stream: 'talk', limit: 3 })
      return { hits: events.map(({ _id }) => _id), total: 10, totalIsExact: true, complete }
    }
  }
  return (await findMamPage(room, { max: 3, isBackward: false, isFlipped: false, ...query }, { store, index })).stable
}

// A hole from 30 to 40; what is said at its two ends is recorded.
const PAGES: ReadonlyArray<readonly [string, Partial<MamQuery>, boolean]> = [
  ['a page that ends before the hole', {}, true],
  ['a page that ends with the last message before it', { max: 4 }, true],
  ['a page with messages of both sides', { max: 5 }, false],
  ['a page after the last message before it', { after: 'u30' }, false],
  ['a page after the first message behind it', { after: 'u40' }, true],
  ['the last page, from the newer end', { isBackward: true }, true],
  ['a page back to the first message behind it', { isBackward: true, max: 6 }, true],
  ['a page back over it', { isBackward: true, max: 7 }, false],
  ['a page back from the first message behind it', { isBackward: true, before: 'u40' }, false],
  ['a page back from the last message before it', { isBackward: true, before: 'u30' }, true],
  ['all there is', { max: 50 }, false],
  ['a range before it', { max: 50, end: at(30) }, true],
  ['a range behind it', { max: 50, start: at(40) }, true],
  ['a range within it, where nothing is recorded', { max: 50, start: at(33), end: at(34) }, false],
  ['a range that begins in it', { max: 50, start: at(35) }, false],
  ['what lies between two ids around it', { after: 'u20', before: 'u50' }, false],
  ['what lies between two ids behind it', { after: 'u40', before: 'u70' }, true],
  ['what lies after an id of the filter behind it', { max: 50, afterId: 'u40' }, true],
  ['what lies before an id of the filter before it', { max: 50, beforeId: 'u30' }, true],
  ['what lies between two ids of the filter around it', { max: 50, afterId: 'u20', beforeId: 'u50' }, false],
  ['a message asked for by its id', { ids: ['u30'] }, true],
  ['the count alone', { max: 0 }, false],
  ['one nick over it', { max: 50, nick: 'even' }, false],
  ['one nick before it', { max: 2, nick: 'even' }, true],
  ['a search before it', { fulltext: 'x' }, true]
]

for (const [name, query, stable] of PAGES) {
  test(`${name} is ${stable ? 'stable' : 'not stable'}`, async () => {
    assert.equal(await stabilityOf({ to: at(40), problem: 'no-archive' }, query), stable)
  })

  test(`${name} is stable once the hole is filled`, async () => {
    assert.equal(await stabilityOf({ to: at(40), filled: at(60) }, query), true)
  })
}

const OPEN: ReadonlyArray<readonly [string, Partial<MamQuery>, boolean]> = [
  ['up to the present', { max: 50 }, false],
  ['backward from the present', { isBackward: true }, false],
  ['before it began', {}, true],
  ['of a range before it began', { max: 50, end: at(95) }, true],
  ['of a range that ends after it began', { max: 50, end: at(99) }, false],
  ['after the last that was heard', { after: 'u90' }, false],
  ['of days to come', { start: at(1e6) }, false]
]

for (const [name, query, stable] of OPEN) {
  test(`while nobody listens or catch-up goes on, a page ${name} is ${stable ? 'stable' : 'not stable'}`, async () => {
    assert.equal(await stabilityOf({ from: at(95) }, query), stable)
  })
}
