import assert from 'node:assert/strict'
import test from 'node:test'
import type { RoomEvent } from '../../src/model/event.ts'
import { published, remove, said, siteWith } from './site-under-test.ts'
import type { SiteUnderTest } from './site-under-test.ts'

const LOUNGE = published('lounge', 'indexed', { title: 'The Lounge' })

/** The page when all is counted. */
async function counted ({ app }: Pick<SiteUnderTest, 'app'>, url: string): Promise<string> {
  for (;;) {
    const { body, statusCode } = await app.inject(url)
    assert.equal(statusCode, 200)
    if (!body.includes('are being counted')) return body
  }
}

const lines = (day: string, hour: number, nick: string, count: number): RoomEvent[] =>
  Array.from({ length: count }, (_, n) => said(LOUNGE, `${day}T${String(hour).padStart(2, '0')}:00:${String(n).padStart(2, '0')}`, nick, 'x'))

const talk = [
  ...lines('2025-11-30', 9, 'alice', 12), ...lines('2026-01-02', 8, 'bob', 3), ...lines('2026-01-05', 23, '<b>carol</b>', 6), ...lines('2026-01-05', 23, 'alice', 1)
]

test('all that a room said is told by month, hour and day, each with a table of its numbers', async t => {
  const site = await siteWith(t, [LOUNGE], talk)
  const body = await counted(site, '/r/lounge/stats')
  assert.match(body, /22 messages on 3 days, by fewer than 5 people/)
  assert.match(body, /<a href="\/r\/lounge\/2025-11">November 2025<\/a><\/th><td>12<\/td>/)
  assert.match(body, /<th scope="row">December 2025<\/th><td>0<\/td>/)
  assert.match(body, /<rect x="0\.1" y="0" width="\.8" height="100"><title>November 2025: 12<\/title>/)
  assert.match(body, /<title>Monday, 23:00: 7<\/title>/)
  assert.match(body, /<h2 id="busiest">Busiest days<\/h2>[\s\S]*href="\/r\/lounge\/2025-11-30">Sunday 30 November 2025<\/a> <span class="facts">12 messages/)
  assert.equal(body.match(/<svg[^>]* role="img"/g)?.length, body.match(/<details class="twin">/g)?.length)
  assert.doesNotMatch(body, /\sstyle=|<style/)
})

test('a year has its days', async t => {
  const site = await siteWith(t, [LOUNGE], talk)
  const body = await counted(site, '/r/lounge/stats?year=2026')
  assert.match(body, /10 messages on 2 days/)
  assert.match(body, /<title>5 January 2026: 7<\/title>/)
  assert.match(body, /<tr><th scope="row">3 January 2026<\/th><td>0<\/td><\/tr>/)
  assert.doesNotMatch(body, /November 2025/)
  assert.match(body, /<a href="\/r\/lounge\/stats\?year=2026" aria-current="page">/)
})

test('nobody is named, unless the room wants it; and then not who said little', async t => {
  assert.doesNotMatch(await counted(await siteWith(t, [LOUNGE], talk), '/r/lounge/stats'), /alice|bob|carol/)
  const body = await counted(await siteWith(t, [{ ...LOUNGE, ranksPeople: true }], talk), '/r/lounge/stats')
  assert.match(body, /alice<\/bdi> <span class="facts">13 messages[\s\S]*&lt;b&gt;carol&lt;\/b&gt;<\/bdi> <span class="facts">6 messages[\s\S]*1 other<\/span> <span class="facts">3 messages/)
  assert.doesNotMatch(body, /bob|<b>carol/)
})

test('small numbers of people are told together', async t => {
  const many = Array.from({ length: 7 }, (_, n) => said(LOUNGE, `2026-02-01T10:00:0${n}`, `nick${n}`, 'x'))
  const body = await counted(await siteWith(t, [LOUNGE], [...talk, ...many]), '/r/lounge/stats')
  assert.match(body, /<title>January 2026: fewer than 5<\/title>/)
  assert.match(body, /<title>February 2026: 7<\/title>/)
})

test('what is removed does not count any more', async t => {
  const site = await siteWith(t, [LOUNGE], talk)
  assert.match(await counted(site, '/r/lounge/stats'), /22 messages/)
  for (const event of talk.slice(0, 12)) await remove(site.store, event)
  const body = await counted(site, '/r/lounge/stats')
  assert.match(body, /10 messages on 2 days/)
  assert.doesNotMatch(body, /30 November 2025/)
})

test('a room without talk has no figures, and an unknown year no page', async t => {
  const { app } = await siteWith(t, [LOUNGE, published('empty', 'indexed')], talk)
  assert.match((await app.inject('/r/empty/stats')).body, /There are no messages to count/)
  assert.equal((await app.inject('/r/lounge/stats?year=1999')).statusCode, 404)
  assert.equal((await app.inject('/r/lounge/stats?year=99')).statusCode, 400)
})

test('statistics are not for search engines', async t => {
  const { app } = await siteWith(t, [LOUNGE], talk)
  assert.equal((await app.inject('/r/lounge/stats')).headers['x-robots-tag'], 'noindex')
})
