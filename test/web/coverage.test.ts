import assert from 'node:assert/strict'
import test from 'node:test'
import type { ArchiveTime } from '../../src/model/archive-time.ts'
import type { Gap } from '../../src/model/gap.ts'
import { published, remove, said, siteWith } from './site-under-test.ts'
import type { SiteUnderTest } from './site-under-test.ts'

const LOUNGE = published('lounge', 'indexed', { title: 'The Lounge' })
const gone = said(LOUNGE, '2026-11-19T12:00:00', 'bob', 'CANARY')
const talk = [
  said(LOUNGE, '2025-06-01T10:00:00', 'alice', 'x'), said(LOUNGE, '2026-11-19T07:14:09.5', 'alice', 'x'), gone,
  said(LOUNGE, '2026-11-19T22:00:01', 'alice', 'x')
]

function gap (from: string, to: string | undefined, more: Partial<Gap> = {}): Gap {
  const time = (text: string): ArchiveTime => `${text}.000000Z` as ArchiveTime
  return { room: LOUNGE.jid, from: time(from), cause: 'disconnected', ...(to === undefined ? {} : { to: time(to) }), ...more }
}

interface CoverageJson {
  readonly since: string
  readonly years: readonly string[]
  readonly year: string
  readonly isCounted: boolean
  readonly days: ReadonlyArray<{ readonly day: string, readonly missingSeconds: number, readonly [key: string]: unknown }>
  readonly gaps: readonly unknown[]
}

async function coverageOf ({ app }: SiteUnderTest, query = ''): Promise<CoverageJson> {
  for (;;) {
    const json = (await app.inject(`/r/lounge/coverage.json${query}`)).json<CoverageJson>()
    if (json.isCounted) return json
  }
}

test('each day has its first and last second, and how much was removed', async t => {
  const site = await siteWith(t, [LOUNGE], talk)
  await remove(site.store, gone)
  const { days, since, years, year, gaps } = await coverageOf(site)
  assert.deepEqual([since, years, year, gaps], ['2025-06-01T10:00:00.000000Z', ['2026', '2025'], '2026', []])
  assert.deepEqual(days, [{
    day: '2026-11-19',
    messages: 3,
    first: '2026-11-19T07:14:09.500000Z',
    last: '2026-11-19T22:00:01.000000Z',
    removed: 1,
    edited: 0,
    missingSeconds: 0
  }])
  const { body, headers } = await site.app.inject('/r/lounge/coverage')
  assert.match(body, /begins on <a href="\/r\/lounge\/2025-06-01"><time datetime="2025-06-01T10:00:00Z">1 June 2025, 10:00:00 UTC/)
  assert.match(body, /Thu 19 Nov<\/a><\/th><td>07:14:09–22:00:01<\/td><td>3<\/td><td>1<\/td><td><\/td>/)
  assert.match(body, /Nothing is known to be missing/)
  assert.doesNotMatch(body, /CANARY/)
  assert.equal(headers['x-robots-tag'], 'noindex')
})

test('what is missing is told with its cause, and counted on each day that it touches', async t => {
  const site = await siteWith(t, [LOUNGE], talk)
  await site.store.putGaps([
    gap('2025-12-31T23:00:00', '2026-01-02T01:30:00', { cause: 'killed', problem: 'expired' }),
    gap('2026-01-02T01:00:00', '2026-01-02T02:00:00'),
    gap('2026-03-01T10:00:00', '2026-03-01T11:00:00', { filled: '2026-03-02T08:00:00.000000Z' as ArchiveTime }),
    gap('2026-11-20T23:00:00', undefined, { cause: 'removed' })
  ])
  const { days, gaps } = await coverageOf(site)
  assert.deepEqual(days.map(({ day, missingSeconds }) => [day, missingSeconds]), [
    ['2026-01-01', 86_400], ['2026-01-02', 7_200], ['2026-11-19', 0], ['2026-11-20', 3_600], ['2026-11-21', 43_200]
  ])
  assert.deepEqual(gaps, [
    { from: '2025-12-31T23:00:00.000000Z', to: '2026-01-02T01:30:00.000000Z', cause: 'killed', problem: 'expired' },
    { from: '2026-01-02T01:00:00.000000Z', to: '2026-01-02T02:00:00.000000Z', cause: 'disconnected' },
    { from: '2026-03-01T10:00:00.000000Z', to: '2026-03-01T11:00:00.000000Z', cause: 'disconnected', filled: '2026-03-02T08:00:00.000000Z' },
    { from: '2026-11-20T23:00:00.000000Z', cause: 'removed' }
  ])
  const { body } = await site.app.inject('/r/lounge/coverage')
  assert.match(body, /this archive broke off without warning[\s\S]*has been recovered on 2 March 2026[\s\S]*the room did not let this archive in/)
  assert.deepEqual((await coverageOf(site, '?year=2025')).days.map(({ day, missingSeconds }) => [day, missingSeconds]), [['2025-06-01', 0], ['2025-12-31', 3_600]])
})

test('a year of which nothing is known has no page, and a room without record says so', async t => {
  const site = await siteWith(t, [LOUNGE, published('empty', 'indexed')], talk)
  assert.equal((await site.app.inject('/r/lounge/coverage?year=1999')).statusCode, 404)
  assert.equal((await site.app.inject('/r/lounge/coverage.json?year=1999')).json<{ error: string }>().error, 'not_found')
  assert.equal((await site.app.inject('/r/lounge/coverage?year=x')).statusCode, 400)
  assert.match((await site.app.inject('/r/empty/coverage')).body, /Nothing is recorded so far/)
})

test('the page of a room leads to its statistics, its links and what is recorded of it', async t => {
  const { app } = await siteWith(t, [LOUNGE], talk)
  const { body } = await app.inject('/r/lounge/')
  for (const part of ['stats', 'links', 'coverage']) {
    assert.ok(body.includes(`href="/r/lounge/${part}"`))
    assert.equal((await app.inject(`/r/lounge/${part}`)).statusCode, 200)
  }
})
