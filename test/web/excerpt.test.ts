import assert from 'node:assert/strict'
import test from 'node:test'
import type { ArchiveTime } from '../../src/model/archive-time.ts'
import { happened, published, remove, said, siteWith } from './site-under-test.ts'

const LOUNGE = published('lounge', 'indexed', { title: 'The Lounge' })
const talk = [
  said(LOUNGE, '2026-11-19T23:50:00', 'alice', 'BEFORE', { uid: 'before' }),
  said(LOUNGE, '2026-11-19T23:58:00', 'alice', 'shall we\nstart?', { uid: 'a' }),
  happened(LOUNGE, '2026-11-19T23:58:30', 'join', 'eve'),
  said(LOUNGE, '2026-11-19T23:59:59', 'bob', '<b>yes</b>', { uid: 'b' }),
  said(LOUNGE, '2026-11-20T00:00:01', 'carol', 'good morning', { uid: 'c' }),
  said(LOUNGE, '2026-11-20T00:02:00', 'alice', 'AFTER', { uid: 'after' })
]
const url = (from: string, to: string, form = '') => `/r/lounge/excerpt${form}?${new URLSearchParams({ from, to }).toString()}`

test('an excerpt is the talk from one message to the other, both included, whichever was named first', async t => {
  const { app } = await siteWith(t, [LOUNGE], talk)
  const { statusCode, body, headers } = await app.inject(url('a', 'c'))
  assert.equal(statusCode, 200)
  assert.match(body, /shall we\nstart\?[\s\S]*&lt;b&gt;yes&lt;\/b&gt;[\s\S]*good morning/)
  assert.doesNotMatch(body, /BEFORE|AFTER|eve/)
  assert.equal((await app.inject(url('c', 'a'))).body, body)
  assert.equal(headers['x-robots-tag'], 'noindex')
  assert.match(body, /<link rel="canonical" href="https:\/\/logs\.example\.org\/r\/lounge\/2026-11-19">/)
  assert.match(body, />https:\/\/logs\.example\.org\/r\/lounge\/excerpt\?from=a&amp;to=c<\/a>/)
})

test('its title tells the time and the people', async t => {
  const { app } = await siteWith(t, [LOUNGE], [
    ...talk, said(LOUNGE, '2026-11-20T00:03:00', 'dan', 'x', { uid: 'd' }), said(LOUNGE, '2026-11-20T00:03:00', 'eve', 'x', { uid: 'e' })
  ])
  const titleOf = async (from: string, to: string) => /<title>(.*)<\/title>/.exec((await app.inject(url(from, to))).body)?.[1]
  assert.equal(await titleOf('a', 'c'), '19 November 2026, 23:58 – 20 November 2026, 00:00 UTC: alice, bob and carol – The Lounge – Test logs')
  assert.equal(await titleOf('a', 'b'), '19 November 2026, 23:58–23:59 UTC: alice and bob – The Lounge – Test logs')
  assert.equal(await titleOf('b', 'b'), '19 November 2026, 23:59 UTC: bob – The Lounge – Test logs')
  assert.equal(await titleOf('a', 'e'), '19 November 2026, 23:58 – 20 November 2026, 00:03 UTC: alice, bob, carol and 2 others – The Lounge – Test logs')
})

test('a line stands between its days, and each message leads to its place in its day', async t => {
  const { app } = await siteWith(t, [LOUNGE], talk)
  const { body } = await app.inject(url('a', 'c'))
  assert.match(body, /href="\/r\/lounge\/2026-11-19#t235959"[\s\S]*<li class="d"><a href="\/r\/lounge\/2026-11-20">20 November 2026<\/a><\/li>[\s\S]*#t000001"/)
  assert.equal(body.match(/<li class="d">/g)?.length, 1)
  assert.doesNotMatch((await app.inject(url('a', 'b'))).body, /<li class="d">/)
})

test('as text it can be copied, with where it is from', async t => {
  const { app } = await siteWith(t, [LOUNGE], talk)
  const { body, headers } = await app.inject(url('c', 'a', '.txt'))
  assert.equal(body, [
    'The Lounge, 19 November 2026, 23:58 – 20 November 2026, 00:00 UTC', 'https://logs.example.org/r/lounge/excerpt?from=a&to=c', '',
    '[23:58:00] <alice> shall we', '           start?', '[23:59:59] <bob> <b>yes</b>', '',
    '-- 20 November 2026 --', '[00:00:01] <carol> good morning', ''
  ].join('\n'))
  assert.equal(headers['content-type'], 'text/plain; charset=utf-8')
  assert.equal(headers['x-robots-tag'], 'noindex')
  assert.equal(headers.link, '<https://logs.example.org/r/lounge/2026-11-19>; rel="canonical"')
})

test('what would be too long is cut, says so and leads on to the days', async t => {
  const many = Array.from({ length: 501 }, (_, n) =>
    said(LOUNGE, `2026-11-20T10:${String(Math.floor(n / 60)).padStart(2, '0')}:${String(n % 60).padStart(2, '0')}`, 'alice', `line ${n}.`, { uid: `n${n}` }))
  const { app } = await siteWith(t, [LOUNGE], [...many, said(LOUNGE, '2026-11-21T10:00:00', 'bob', 'LATER', { uid: 'later' })])
  const whole = (await app.inject(url('n0', 'n499'))).body
  assert.equal(whole.match(/line \d+\./g)?.length, 500)
  assert.doesNotMatch(whole, /class="notice"/)
  const cut = (await app.inject(url('n0', 'later'))).body
  assert.equal(cut.match(/line \d+\./g)?.length, 500)
  assert.doesNotMatch(cut, /LATER/)
  assert.match(cut, /500 messages at most[\s\S]*href="\/r\/lounge\/2026-11-20#t100819">[\s\S]*href="\/r\/lounge\/2026-11-21#t100000">on 21 November 2026/)
  assert.match(cut, /<title>20 November 2026, 10:00–10:08 UTC/)
  const text = (await app.inject(url('n0', 'later', '.txt'))).body
  assert.match(text, /line 499\.\n\n-- cut after 500 messages; it goes on at https:\/\/logs\.example\.org\/r\/lounge\/2026-11-20#t100819 --\n$/)
})

test('reactions by the thousand between two messages do not hide that there is more', async t => {
  const reactions = Array.from({ length: 3000 }, (_, n) => happened(LOUNGE, `2026-11-20T11:${String(Math.floor(n / 60)).padStart(2, '0')}:${String(n % 60).padStart(2, '0')}`, 'message', `nick${n}`, { reactsTo: 'first', reactions: ['👍'] }))
  const { app, store } = await siteWith(t, [LOUNGE], [
    said(LOUNGE, '2026-11-20T10:00:00', 'alice', 'FIRST', { uid: 'first' }), ...reactions, said(LOUNGE, '2026-11-20T12:00:00', 'bob', 'LAST', { uid: 'last' })
  ])
  for (const { uid } of reactions) await store.revise(LOUNGE.jid, uid, event => ({ ...event, appliesTo: 'first' }))
  const { body } = await app.inject(url('first', 'last'))
  assert.match(body, /FIRST/)
  assert.match(body, /Read on/)
})

test('a removed message is a tombstone in each form, and may be an end', async t => {
  const { app, store } = await siteWith(t, [LOUNGE], talk)
  for (const uid of ['a', 'b']) await remove(store, talk.find(event => event.uid === uid) ?? talk[0] as typeof talk[number])
  for (const form of ['', '.txt']) {
    const { body, statusCode } = await app.inject(url('a', 'c', form))
    assert.equal(statusCode, 200)
    assert.doesNotMatch(body, /start\?|yes|alice|bob/)
    assert.match(body, /emoved by a moderator: spam/)
  }
})

test('what was not recorded meanwhile stands in its place', async t => {
  const { app, store } = await siteWith(t, [LOUNGE], talk)
  await store.putGaps([{
    room: LOUNGE.jid, cause: 'disconnected', from: '2026-11-19T23:58:10.000000Z' as ArchiveTime, to: '2026-11-19T23:59:00.000000Z' as ArchiveTime
  }])
  assert.match((await app.inject(url('a', 'c'))).body, /start\?[\s\S]*Not recorded from[\s\S]*yes/)
  assert.match((await app.inject(url('a', 'c', '.txt'))).body, /start\?\n-- not recorded from 23:58:10 to 23:59:00 \(50 seconds\)[^\n]*\n\[23:59:59\]/)
  assert.doesNotMatch((await app.inject(url('b', 'c'))).body, /Not recorded/)
})

test('a part of another message stands for that message', async t => {
  const { app, store } = await siteWith(t, [LOUNGE], talk)
  await store.revise(LOUNGE.jid, 'c', event => ({ ...event, appliesTo: 'b' }))
  const { body } = await app.inject(url('a', 'c'))
  assert.match(body, /excerpt\?from=a&amp;to=b<\/a>/)
  assert.doesNotMatch(body, /good morning/)
})

for (const [what, from, to] of [['an unknown message', 'a', 'unknown'], ['comings and goings', 'a', 'joined'], ['a message of another room', 'a', 'elsewhere']] as const) {
  test(`there is no excerpt with ${what}`, async t => {
    const other = published('other', 'indexed')
    const { app } = await siteWith(t, [LOUNGE, other], [
      ...talk, happened(LOUNGE, '2026-11-20T09:00:00', 'join', 'eve', { uid: 'joined' }), said(other, '2026-11-20T09:00:00', 'eve', 'x', { uid: 'elsewhere' })
    ])
    for (const form of ['', '.txt']) assert.equal((await app.inject(url(from, to, form))).statusCode, 404)
  })
}

test('one message alone is an excerpt, and without any there is none', async t => {
  const { app } = await siteWith(t, [LOUNGE], talk)
  const { body } = await app.inject('/r/lounge/excerpt?from=b')
  assert.match(body, /yes/)
  assert.doesNotMatch(body, /start\?|good morning/)
  for (const query of ['', '?to=b', '?from=', '?from=a&from=b']) {
    const { statusCode, body } = await app.inject(`/r/lounge/excerpt${query}`)
    assert.equal(statusCode, 400, query)
    assert.match(body, /That did not work/)
  }
})
