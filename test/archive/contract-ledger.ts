import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import type { Day } from '../../src/model/day.ts'
import { ANNEX, at, join, LOUNGE, message } from './sample-events.ts'
import type { Contract } from './store-contract.ts'

const DAY = 86_400
const FIRST = '2026-11-21' as Day
const SECOND = '2026-11-22' as Day

export function ledgerContract ({ fresh }: Contract): void {
  test('a day has its counts, its people, its first and last talk', async t => {
    const store = await fresh(t)
    await store.append([
      message(60), message(10, { nick: 'bob' }), message(600, { nick: 'bob' }), join(5, { nick: 'carol' }), join(900),
      message(DAY, { nick: 'Alice' }), message(3, { room: ANNEX })
    ])
    const { revision, ...first } = await store.day(LOUNGE, FIRST) ?? assert.fail('no such day')
    assert.deepEqual(first, { day: FIRST, talk: 3, lines: 3, presence: 2, people: 2, first: at(10), last: at(600) })
    assert.ok(revision.length > 0)
    assert.deepEqual((await store.days(LOUNGE)).map(({ day, talk, people }) => [day, talk, people]), [[FIRST, 3, 2], [SECOND, 1, 1]])
    assert.deepEqual((await store.days(LOUNGE))[0], await store.day(LOUNGE, FIRST))
  })

  test('nicks are told apart by every character', async t => {
    const store = await fresh(t)
    const nicks = ['a', 'A', 'á', 'a\u0301', 'a\u200b', 'a ', '_0061', '']
    await store.append(nicks.map((nick, n) => message(n, { nick })))
    assert.equal((await store.day(LOUNGE, FIRST))?.people, nicks.length - 1, 'the room itself, without a nick, is nobody')
  })

  test('a day with presence only has a line but is not listed among the days', async t => {
    const store = await fresh(t)
    await store.append([join(0), message(2 * DAY)])
    const { revision, ...line } = await store.day(LOUNGE, FIRST) ?? assert.fail('no such day')
    assert.deepEqual(line, { day: FIRST, talk: 0, lines: 0, presence: 1, people: 0 })
    assert.ok(revision.length > 0)
    assert.deepEqual((await store.days(LOUNGE)).map(({ day }) => day), ['2026-11-23'])
  })

  test('a day on which nothing happened and a room without events have no line', async t => {
    const store = await fresh(t)
    await store.append([message(0)])
    assert.equal(await store.day(LOUNGE, SECOND), undefined)
    assert.equal(await store.day(ANNEX, FIRST), undefined)
    assert.deepEqual(await store.days(ANNEX), [])
  })

  test('days are listed from, to, in both directions and up to a limit', async t => {
    const store = await fresh(t)
    await store.append([0, 1, 2, 5, 40, 400].map(n => message(n * DAY)))
    const list = async (query: object) => (await store.days(LOUNGE, query)).map(({ day }) => day)
    assert.deepEqual(await list({}), ['2026-11-21', '2026-11-22', '2026-11-23', '2026-11-26', '2026-12-31', '2027-12-26'])
    assert.deepEqual(await list({ from: '2026-11-22', to: '2026-11-26' }), ['2026-11-22', '2026-11-23', '2026-11-26'])
    assert.deepEqual(await list({ from: '2026-11-24', limit: 1 }), ['2026-11-26'])
    assert.deepEqual(await list({ to: '2026-11-25', reverse: true, limit: 1 }), ['2026-11-23'])
    assert.deepEqual(await list({ reverse: true, limit: 2 }), ['2027-12-26', '2026-12-31'])
    assert.deepEqual(await list({ from: '2027-12-27' }), [])
    assert.deepEqual(await list({ from: '2026-12-01', to: '2026-11-01' }), [])
    assert.deepEqual(await list({ limit: 0 }), [])
  })

  test('the midnight that begins a day belongs to it', async t => {
    const store = await fresh(t)
    const midnight = DAY - (7 * 3600 + 14 * 60 + 9)
    await store.append([message(midnight - 0.000001), message(midnight)])
    assert.equal((await store.day(LOUNGE, FIRST))?.last, '2026-11-21T23:59:59.999999Z')
    assert.equal((await store.day(LOUNGE, SECOND))?.first, '2026-11-22T00:00:00.000000Z')
  })

  test('the revision changes with an appended, replaced or purged event of the day and with nothing else', async t => {
    const store = await fresh(t)
    const seen = new Set<string>()
    const revision = async (): Promise<string> => (await store.day(LOUNGE, FIRST))?.revision ?? assert.fail('no such day')
    const changed = async (): Promise<void> => {
      const now = await revision()
      assert.equal(seen.has(now), false, `revision ${now} was given before`)
      seen.add(now)
    }
    const [result] = await store.append([message(0), message(0.1), message(1)])
    await changed()
    await store.append([message(2)])
    await changed()
    await store.append([join(3)])
    await changed()
    await store.scrub(LOUNGE, [result!.event.uid], event => ({ ...event, body: '', removed: { by: 'author', time: at(9) } }))
    await changed()
    await store.scrub(LOUNGE, [result!.event.uid], event => ({ ...event, body: '', removed: { by: 'moderator', time: at(9) } }))
    await changed()
    await store.purge(LOUNGE, at(0))
    await changed()
    await store.append([message(-1)])
    await changed()
    const last = await revision()
    await store.append([message(1), message(2), message(DAY), message(0, { room: ANNEX })])
    await store.purge(LOUNGE, at(-DAY))
    assert.equal(await revision(), last)
  })

  test('what becomes part of another message is no line of its own, until it is none any more', async t => {
    const store = await fresh(t)
    const [message1, correction] = await store.append([message(0), message(1), message(DAY)])
    const lines = async (): Promise<unknown> =>
      [(await store.days(LOUNGE)).map(({ talk, lines }) => [talk, lines]), (await store.rooms())[0]?.lines]
    assert.deepEqual(await lines(), [[[2, 2], [1, 1]], 3])
    const appliesTo = message1!.event.uid
    await store.revise(LOUNGE, correction!.event.uid, event => ({ ...event, appliesTo }))
    assert.deepEqual(await lines(), [[[2, 1], [1, 1]], 2])
    await store.revise(LOUNGE, correction!.event.uid, ({ appliesTo: _, ...event }) => event)
    assert.deepEqual(await lines(), [[[2, 2], [1, 1]], 3])
    await store.revise(LOUNGE, correction!.event.uid, event => ({ ...event, appliesTo }))
    await store.purge(LOUNGE, at(1))
    assert.deepEqual(await lines(), [[[1, 1]], 1])
  })

  test('people are counted again when a replaced event has another nick', async t => {
    const store = await fresh(t)
    const results = await store.append([message(0), message(1), message(2, { nick: 'bob' })])
    await store.scrub(LOUNGE, [results[2]!.event.uid], event => ({ ...event, nick: 'alice' }))
    assert.equal((await store.day(LOUNGE, FIRST))?.people, 1)
    await store.scrub(LOUNGE, [results[0]!.event.uid], event => ({ ...event, nick: '' }))
    await store.scrub(LOUNGE, [results[1]!.event.uid], event => ({ ...event, nick: '' }))
    assert.deepEqual([(await store.day(LOUNGE, FIRST))?.people, (await store.day(LOUNGE, FIRST))?.talk], [1, 3])
    assert.equal(await store.count(LOUNGE, { stream: 'talk', nick: 'alice' }), 1)
  })

  test('rooms are listed by address with their totals', async t => {
    const store = await fresh(t)
    await store.append([message(5), message(DAY), join(-3), message(7, { room: ANNEX }), join(0, { room: 'zoo@conference.example.org' as typeof LOUNGE })])
    assert.deepEqual(await store.rooms(), [
      { room: ANNEX, talk: 1, lines: 1, presence: 0, first: at(7), last: at(7) },
      { room: LOUNGE, talk: 2, lines: 2, presence: 1, first: at(5), last: at(DAY) },
      { room: 'zoo@conference.example.org', talk: 0, lines: 0, presence: 1 }
    ])
  })

  test('the last time is the newest of either stream', async t => {
    const store = await fresh(t)
    await store.append([message(5), join(3)])
    assert.equal(await store.lastTime(LOUNGE), at(5))
    await store.append([join(8)])
    assert.equal(await store.lastTime(LOUNGE), at(8))
  })
}
