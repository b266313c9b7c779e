import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { createSqliteStore } from '../../src/archive/sqlite.ts'
import { BOUNDS } from '../../src/mirror/bounds.ts'
import { findHistory, newestWithin, planHistory } from '../../src/mirror/history.ts'
import { formatTime } from '../../src/model/archive-time.ts'
import type { HistoryRequest } from '../../src/xmpp/muc.ts'
import { LOUNGE, message } from '../helpers/events.ts'
import { NOW } from './mirror-under-test.ts'

const { history, maxHistory, maxHistoryCharacters } = BOUNDS
const ago = (seconds: number) => formatTime(NOW - seconds * 1e6)

const PLANS: ReadonlyArray<readonly [string, HistoryRequest, number, number, string | undefined]> = [
  ['nothing said', {}, history, maxHistoryCharacters, undefined],
  ['none by count', { maxstanzas: 0 }, 0, maxHistoryCharacters, undefined],
  ['none by time', { seconds: 0 }, 0, maxHistoryCharacters, ago(0)],
  ['none by characters', { maxchars: 0 }, maxHistory, 0, undefined],
  ['a count', { maxstanzas: 7 }, 7, maxHistoryCharacters, undefined],
  ['more than is given', { maxstanzas: 10 ** 15 }, maxHistory, maxHistoryCharacters, undefined],
  ['a time', { seconds: 60 }, maxHistory, maxHistoryCharacters, ago(60)],
  ['more time than there is', { seconds: 10 ** 15 - 1 }, maxHistory, maxHistoryCharacters, undefined],
  ['a moment', { since: '2026-11-21T11:00:00Z' }, maxHistory, maxHistoryCharacters, ago(3600)],
  ['a moment in another zone', { since: '2026-11-21T13:00:00+02:00' }, maxHistory, maxHistoryCharacters, ago(3600)],
  ['a moment to come', { since: '2026-11-21T13:00:00Z' }, 0, maxHistoryCharacters, ago(0)],
  ['a moment that is none', { since: 'yesterday' }, history, maxHistoryCharacters, undefined],
  ['all limits at once', { maxstanzas: 5, maxchars: 100, seconds: 60, since: '2026-11-21T11:00:00Z' }, 5, 100, ago(60)]
]
for (const [name, request, messages, characters, start] of PLANS) {
  test(`${name}: the plan of a history`, () => {
    assert.deepEqual(planHistory(request, NOW), { messages, characters, ...(start === undefined ? {} : { start }) })
  })
}

test('what fits is the newest, and the next older would not', () => {
  fc.assert(fc.property(fc.array(fc.nat(50)), fc.nat(300), (lengths, limit) => {
    const kept = newestWithin(lengths, limit, length => length)
    const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0)
    assert.deepEqual(kept, lengths.slice(lengths.length - kept.length))
    assert.ok(sum(kept) <= limit)
    if (kept.length < lengths.length) assert.ok(sum(lengths.slice(lengths.length - kept.length - 1)) > limit)
  }))
})

test('the history is the newest of what was said, without subjects and without what was removed', async t => {
  const store = createSqliteStore({ path: ':memory:' })
  t.after(() => store.close())
  const results = await store.append(Array.from({ length: 60 }, (_, n) =>
    message({ uid: `u${n}`, time: formatTime(NOW + n), kind: n % 3 === 0 ? 'subject' : 'message' })))
  const { event } = results[58] as { event: typeof results[0]['event'] }
  await store.scrub(LOUNGE, [event.uid], () => ({ ...event, removed: { by: 'moderator', time: formatTime(NOW) } }))
  const uids = async (plan: Parameters<typeof findHistory>[2]) => (await findHistory(store, LOUNGE, plan)).map(({ uid }) => uid)
  assert.deepEqual(await uids({ messages: 4 }), ['u53', 'u55', 'u56', 'u59'])
  assert.deepEqual(await uids({ messages: 4, start: formatTime(NOW + 56) }), ['u56', 'u59'])
  assert.deepEqual(await uids({ messages: 0 }), [])
  assert.equal((await uids({ messages: 200 })).length, 39)
})
