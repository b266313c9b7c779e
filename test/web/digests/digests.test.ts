import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'node:test'
import type { TestContext } from 'node:test'
import fc from 'fast-check'
import { createSqliteStore } from '../../../src/archive/sqlite.ts'
import type { ArchiveStore } from '../../../src/archive/store.ts'
import { silentLogger } from '../../../src/log.ts'
import { HansardError } from '../../../src/model/errors.ts'
import type { RoomEvent } from '../../../src/model/event.ts'
import { createDigests } from '../../../src/web/digests/digests.ts'
import type { Digests, RoomDigest } from '../../../src/web/digests/digests.ts'
import { figuresOf, rankingOf } from '../../../src/web/digests/figures.ts'
import { createKeptFiles } from '../../../src/web/kept/kept-files.ts'
import { NOW, published, remove, said } from '../site-under-test.ts'

const ROOM = published('lounge', 'indexed')
const LONG = 600_000

interface Stage {
  readonly store: ArchiveStore
  /** How many pages of talk were read. */
  readonly reads: () => number
  /** Begins anew, with what is on disk. */
  restart (patienceMs?: number, store?: ArchiveStore): Digests
  /** All that the files say. */
  kept (): string
}

async function stageOf (t: TestContext, events: readonly RoomEvent[], isKept = true): Promise<Stage> {
  const path = mkdtempSync(join(tmpdir(), 'hansard-digests-'))
  const store = createSqliteStore({ path: ':memory:' })
  if (events.length > 0) await store.append(events)
  let reads = 0
  const counted: ArchiveStore = { ...store, page: async (...asked) => { reads += 1; return store.page(...asked) } }
  const kept = isKept ? createKeptFiles({ path, edition: 'test', store, maxBytes: 1e9, log: silentLogger }) : undefined
  const running: Digests[] = []
  t.after(async () => {
    for (const digests of running) await digests.stop()
    await store.close()
    rmSync(path, { recursive: true, force: true })
  })
  return {
    store,
    reads: () => reads,
    restart (patienceMs = LONG, from = counted) {
      const digests = createDigests({ store: from, kept, now: () => NOW, log: silentLogger, patienceMs })
      running.push(digests)
      return digests
    },
    kept: () => readdirSync(path, { recursive: true, withFileTypes: true }).filter(file => file.isFile())
      .map(file => `${join(file.parentPath, file.name)} ${readFileSync(join(file.parentPath, file.name), 'utf8')}`).join('\n')
  }
}

const DAYS = ['2024-02-29', '2024-03-01', '2025-12-31', '2026-01-01', '2026-11-20', '2026-11-21']
const HOSTS = ['example.org', 'www.example.org', 'example.net']
const talk = fc.array(fc.record({
  day: fc.constantFrom(...DAYS), hour: fc.nat(23), second: fc.nat(59), nick: fc.constantFrom('alice', 'bob', 'carol', 'dan'), link: fc.option(fc.tuple(fc.constantFrom(...HOSTS), fc.nat(3)))
}), { minLength: 1, maxLength: 60 })

test('figures are those that a plain look through all talk gives', async t => {
  await fc.assert(fc.asyncProperty(talk, async lines => {
    const events = lines.map(({ day, hour, second, nick, link }) =>
      said(ROOM, `${day}T${String(hour).padStart(2, '0')}:00:${String(second).padStart(2, '0')}`, nick, link === null ? 'x' : `https://${link[0]}/${link[1]}`))
      .sort((one, other) => one.time < other.time ? -1 : 1)
    const stage = await stageOf(t, events, false)
    const digests = stage.restart()
    const digest = await digests.of(ROOM.jid)
    const figures = figuresOf(digest.months, { isWhole: true })
    assert.equal(figures.messages, events.length)
    assert.equal(figures.people, new Set(events.map(({ nick }) => nick)).size)
    for (const { month, messages, people, newcomers } of figures.months) {
      const own = events.filter(({ time }) => time.startsWith(month))
      const before = new Set(events.filter(({ time }) => time.slice(0, 7) < month).map(({ nick }) => nick))
      const names = new Set(own.map(({ nick }) => nick))
      assert.deepEqual([messages, people, newcomers], [own.length, names.size, [...names].filter(nick => !before.has(nick)).length])
    }
    figures.heat.forEach((hours, weekday) => {
      hours.forEach((messages, hour) => {
        const isThen = ({ time }: RoomEvent): boolean =>
          (new Date(time).getUTCDay() + 6) % 7 === weekday && Number(time.slice(11, 13)) === hour
        assert.equal(messages, events.filter(isThen).length)
      })
    })
    const links = await digests.linksTo(ROOM.jid, digest, 'example.org')
    const posted = events.filter(({ body }) => /^https:\/\/(www\.)?example\.org\//.test(body ?? ''))
    assert.deepEqual(
      links.map(({ url, times, first, last }) => [url, times, first.uid, last.uid]).sort(),
      [...new Set(posted.map(({ body }) => body))].map(url => {
        const own = posted.filter(({ body }) => body === url)
        return [url, own.length, own[0]?.uid, own.at(-1)?.uid]
      }).sort()
    )
    await stage.store.close()
  }), { numRuns: 40 })
})

const years = ['2022', '2023', '2024', '2026'].flatMap(year => ['01-10', '01-11', '05-20'].map(day =>
  said(ROOM, `${year}-${day}T10:00:00`, `nick${year}`, `see https://example.org/${year}`, { uid: `${year}-${day}` })))

test('what was made once is not read from the record again, also after a restart', async t => {
  const stage = await stageOf(t, years)
  const first = await stage.restart().of(ROOM.jid)
  assert.deepEqual([first.ready, first.months.length, stage.reads()], [12, 8, 12])
  const again = stage.restart()
  const digest = await again.of(ROOM.jid)
  assert.deepEqual(digest.months, first.months)
  assert.deepEqual((await again.linksTo(ROOM.jid, digest, 'example.org')).map(({ url, times }) => [url, times]), ['2022', '2023', '2024', '2026'].map(year => [`https://example.org/${year}`, 3]))
  assert.equal(stage.reads(), 12)
})

test('a new message costs the reading of its day, however long the record is', async t => {
  const stage = await stageOf(t, years)
  const digests = stage.restart()
  await digests.of(ROOM.jid)
  const before = stage.reads()
  await stage.store.append([said(ROOM, '2026-05-20T11:00:00', 'late', 'x')])
  const digest = await digests.of(ROOM.jid)
  assert.equal(stage.reads(), before + 1)
  assert.equal(figuresOf(digest.months, { isWhole: true }).messages, 13)
})

test('a removed text is in no digest, neither in those held nor in those made anew', async t => {
  const stage = await stageOf(t, years)
  const digests = stage.restart()
  await digests.of(ROOM.jid)
  assert.match(stage.kept(), /example\.org\/2022/)
  for (const event of years.filter(({ time }) => time.startsWith('2022'))) await remove(stage.store, event)
  for (const asked of [digests, stage.restart()]) {
    const digest = await asked.of(ROOM.jid)
    assert.equal(JSON.stringify(digest.months).includes('nick2022'), false)
    assert.deepEqual(digest.months.flatMap(({ days }) => days).map(({ removed }) => removed).reduce((sum, n) => sum + n), 3)
    assert.deepEqual((await asked.linksTo(ROOM.jid, digest, 'example.org')).filter(({ url }) => url.includes('2022')), [])
  }
  assert.doesNotMatch(stage.kept(), /example\.org\/2022|nick2022/)
})

test('a visit does not wait for years to be read: it tells how far that is, and shows the newest first', async t => {
  const stage = await stageOf(t, years)
  let allow: () => void = () => {}
  const allowed = new Promise<void>(resolve => { allow = resolve })
  const slow: ArchiveStore = {
    ...stage.store,
    async page (room, query) {
      if (query.start !== undefined && query.start < '2024') await allowed
      return stage.store.page(room, query)
    }
  }
  const digests = stage.restart(0, slow)
  let digest = await digests.of(ROOM.jid)
  assert.equal(digest.days.length, 12)
  const isSorted = ({ months }: RoomDigest): boolean => months.every(({ month }, n) => n === 0 || month > (months[n - 1]?.month ?? ''))
  while (digest.ready < 6) digest = await digests.of(ROOM.jid)
  assert.deepEqual([digest.ready, digest.months.map(({ month }) => month), isSorted(digest)], [6, ['2024-01', '2024-05', '2026-01', '2026-05'], true])
  assert.equal(figuresOf(digest.months, { isWhole: false }).months[0]?.newcomers, undefined)
  allow()
  while (digest.ready < 12) digest = await digests.of(ROOM.jid)
  assert.equal(figuresOf(digest.months, { isWhole: true }).people, 4)
})

test('a store that is away is told, and the next visit goes on', async t => {
  const stage = await stageOf(t, years)
  let isAway = true
  const digests = stage.restart(LONG, {
    ...stage.store,
    async page (room, query) {
      if (isAway) throw new HansardError('ERR_STORE_UNAVAILABLE', 'away')
      return stage.store.page(room, query)
    }
  })
  await assert.rejects(digests.of(ROOM.jid), { code: 'ERR_STORE_UNAVAILABLE' })
  isAway = false
  assert.equal((await digests.of(ROOM.jid)).ready, 12)
})

test('nothing goes on after the end', async t => {
  const stage = await stageOf(t, years)
  const digests = stage.restart(0)
  await digests.of(ROOM.jid)
  await digests.stop()
  const reads = stage.reads()
  await new Promise(resolve => { setImmediate(resolve) })
  assert.equal(stage.reads(), reads)
})

test('a room in which nobody spoke has empty figures', async t => {
  const stage = await stageOf(t, [])
  const { ready, days, months } = await stage.restart().of(ROOM.jid)
  assert.deepEqual([ready, days, months], [0, [], []])
  assert.deepEqual(figuresOf(months, { isWhole: true }).months, [])
})

test('the median is told of five answers and more; who said little is not named', async t => {
  const waits = [3, 8, 20, 40, 300]
  const conversation = waits.flatMap((wait, n) => [
    said(ROOM, `2026-11-20T1${n}:00:00`, 'alice', 'how?'),
    said(ROOM, `2026-11-20T1${n}:${String(Math.floor(wait / 60)).padStart(2, '0')}:${String(wait % 60).padStart(2, '0')}`, 'bob', 'alice: so')
  ])
  const stage = await stageOf(t, [...conversation, said(ROOM, '2026-11-20T20:00:00', 'carol', 'x'), said(ROOM, '2026-11-20T20:00:01', '', 'x')])
  const { months } = await stage.restart().of(ROOM.jid)
  assert.deepEqual(figuresOf(months, { isWhole: true }).wait, { answers: 5, median: 20 })
  assert.deepEqual(rankingOf(months, 20), {
    named: [{ nick: 'alice', messages: 5 }, { nick: 'bob', messages: 5 }], others: { people: 2, messages: 2 }
  })
  const fewer = await stageOf(t, conversation.slice(0, 8))
  assert.deepEqual(figuresOf((await fewer.restart().of(ROOM.jid)).months, { isWhole: true }).wait, { answers: 4, median: undefined })
})
