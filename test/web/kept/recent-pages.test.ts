import assert from 'node:assert/strict'
import test from 'node:test'
import { createRecentPages } from '../../../src/web/kept/recent-pages.ts'
import { published, remove, said, siteWith } from '../site-under-test.ts'

test('of a place only the newest page is there, under its tag', () => {
  const pages = createRecentPages()
  pages.put('a', 'one', 'first')
  assert.equal(pages.get('a', 'one'), 'first')
  pages.put('a', 'two', 'second')
  assert.deepEqual([pages.get('a', 'one'), pages.get('a', 'two'), pages.get('b', 'two')], [undefined, 'second', undefined])
})

test('memory is bounded, also by a page that is too large by itself', () => {
  const pages = createRecentPages(10)
  pages.put('a', 'x', '12345')
  pages.put('b', 'x', '12345')
  pages.put('c', 'x', '1')
  assert.deepEqual(['a', 'b', 'c'].map(place => pages.get(place, 'x')), [undefined, '12345', '1'])
  pages.put('d', 'x', '12345678901')
  assert.deepEqual(['a', 'b', 'c', 'd'].map(place => pages.get(place, 'x')), [undefined, undefined, undefined, undefined])
  pages.put('a', 'x', '1234567890')
  assert.equal(pages.get('a', 'x'), '1234567890')
})

test('a page is not told for long', () => {
  let now = 0
  const pages = createRecentPages(10, () => now)
  pages.put('a', 'x', '1')
  now = 3_999
  assert.equal(pages.get('a', 'x'), '1')
  now = 4_000
  assert.equal(pages.get('a', 'x'), undefined)
})

test('today is made once for all who read it between two messages, and anew when something is said or removed', async t => {
  const lounge = published('lounge', 'indexed')
  const first = said(lounge, '2026-11-21T10:00:00', 'a', 'a needle')
  const { app, store } = await siteWith(t, [lounge], [first])
  let reads = 0
  const { page } = store // eslint-disable-line @typescript-eslint/unbound-method -- an object of functions
  store.page = async (room, query) => { reads++; return page(room, query) }
  const ask = async () => (await app.inject('/r/lounge/2026-11-21')).body
  const body = await ask()
  const before = reads
  assert.ok(before > 0)
  assert.equal(await ask(), body)
  assert.equal(reads, before)
  await store.append([said(lounge, '2026-11-21T10:01:00', 'b', 'one more')])
  assert.match(await ask(), /one more/)
  await remove(store, first)
  assert.doesNotMatch(await ask(), /a needle/)
})
