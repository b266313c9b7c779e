import assert from 'node:assert/strict'
import test from 'node:test'
import type { TestContext } from 'node:test'
import type { ArchiveTime } from '../../src/model/archive-time.ts'
import type { RoomEvent } from '../../src/model/event.ts'
import { GAP_CAUSES, GAP_PROBLEMS } from '../../src/model/gap.ts'
import type { Gap } from '../../src/model/gap.ts'
import { happened, published, said, siteWith } from './site-under-test.ts'
import type { SiteUnderTest } from './site-under-test.ts'

const LOUNGE = published('lounge', 'indexed')
const DAY = '2026-11-20'

function time (text: string): ArchiveTime {
  return `${text.padEnd(20, '.').padEnd(26, '0')}Z` as ArchiveTime
}

/** `from` and `to` as `2026-11-20T07:14:09`; the connection was lost, and the room has no archive. */
function gap (from: string, to?: string, more: Partial<Gap> = {}): Gap {
  return {
    room: LOUNGE.jid,
    from: time(from),
    ...(to === undefined ? {} : { to: time(to) }),
    cause: 'disconnected',
    ...(to === undefined ? {} : { problem: 'no-archive' }),
    after: 'CANARY',
    ...more
  }
}

interface GappedSite extends SiteUnderTest {
  /** What stands on a page of the room, without markup. */
  readonly text: (url: string) => Promise<string>
}

async function siteOf (t: TestContext, events: readonly RoomEvent[], ...gaps: Gap[]): Promise<GappedSite> {
  const site = await siteWith(t, [LOUNGE], events)
  await site.store.putGaps(gaps)
  return {
    ...site,
    async text (url) {
      const { body } = await site.app.inject(`/r/lounge/${url}`)
      return (body.split('<main')[1] ?? body).replace(/<[^>]+>/g, '').replace(/\s+/g, ' ')
    }
  }
}

const MORNING = gap(`${DAY}T07:14:09`, `${DAY}T07:31:50`)
const TALK = [said(LOUNGE, `${DAY}T07:14:09`, 'alice', 'the last heard'), said(LOUNGE, `${DAY}T07:31:50`, 'alice', 'the first again')]
const SENTENCE = 'Not recorded from 07:14:09 to 07:31:50 (17 minutes): connection to the server lost; the room keeps no archive to recover it from.'

test('a hole stands between the messages around it, in times of the page', async t => {
  const { app, text } = await siteOf(t, TALK, MORNING)
  assert.ok((await text(DAY)).includes(SENTENCE))
  assert.match(await text(DAY), /the last heard[\s\S]*Not recorded[\s\S]*the first again/)
  assert.match(await text(`${DAY}?tz=Europe/Berlin`), /Not recorded from 08:14:09 to 08:31:50 \(17 minutes\)/)
  const { body } = await app.inject(`/r/lounge/${DAY}`)
  assert.match(body, /<li class="n g"><p>Not recorded from <time datetime="2026-11-20T07:14:09Z">07:14:09<\/time> to <time datetime="2026-11-20T07:31:50Z">/)
  assert.match(body.replace(/<[^>]+>/g, ''), /2 messages by 1 person · not recorded completely/)
  for (const events of ['full', 'none']) assert.ok((await text(`${DAY}?events=${events}`)).includes(SENTENCE))
})

test('a speaker is named again after a hole, and comings and goings are not summed up across it', async t => {
  const { app, text } = await siteOf(t, [
    ...TALK, happened(LOUNGE, `${DAY}T08:00:00`, 'join', 'bob'), happened(LOUNGE, `${DAY}T09:00:00`, 'leave', 'bob')
  ], gap(`${DAY}T07:14:09`, `${DAY}T07:14:10`), gap(`${DAY}T08:30:00`, `${DAY}T08:40:00`))
  assert.doesNotMatch((await app.inject(`/r/lounge/${DAY}`)).body, /class="c"/)
  assert.match(await text(DAY), /bob joined.*Not recorded from 08:30:00.*bob left/)
})

test('a hole over midnight stands at the end of one day and at the top of the next, and on each day between', async t => {
  const { text } = await siteOf(t, [said(LOUNGE, '2026-11-18T09:00:00', 'a', 'before'), said(LOUNGE, '2026-11-20T09:00:00', 'a', 'afterwards')],
    gap('2026-11-18T22:00:00', '2026-11-20T01:30:00'))
  assert.match(await text('2026-11-18'), /before.*Not recorded from 22:00:00 to 01:30:00 on 20 November 2026 \(1 day 3 hours\)/)
  assert.match(await text('2026-11-19'), /Nothing is recorded of this day\.[\s\S]*Not recorded from 22:00:00 on 18 November 2026 to 01:30:00 on 20 November 2026/)
  assert.match(await text('2026-11-20'), /Not recorded from 22:00:00 on 18 November 2026 to 01:30:00 \(.*afterwards/)
})

test('a hole that ends at midnight takes nothing from the day that begins', async t => {
  const { app } = await siteOf(t, [], gap('2026-11-18T22:00:00', '2026-11-19T00:00:00'))
  assert.deepEqual([(await app.inject('/r/lounge/2026-11-18')).statusCode, (await app.inject('/r/lounge/2026-11-19')).statusCode], [200, 404])
})

test('what is not recorded until now is told on every day since, and on none to come', async t => {
  const { app, text } = await siteOf(t, [said(LOUNGE, '2026-11-19T21:00:00', 'a', 'x')], gap('2026-11-19T22:00:00'))
  assert.match(await text('2026-11-19'), /Not recorded since 22:00:00: connection to the server lost\./)
  assert.match(await text('2026-11-20'), /Not recorded since 22:00:00 on 19 November 2026/)
  assert.match(await text('2026-11-21'), /Nothing is recorded of this day so far\..*Not recorded since 22:00:00 on 19 November 2026/)
  assert.equal((await app.inject('/r/lounge/2026-11-22')).statusCode, 404)
  assert.equal((await app.inject('/r/lounge/2027')).statusCode, 404)
  assert.match(await text(''), /Not recorded since 22:00:00 on 19 November 2026: connection to the server lost\. Times in UTC\./)
})

test('a day with nothing but a hole is a page that says so, not for search engines', async t => {
  const { app, text } = await siteOf(t, [], MORNING)
  const { statusCode, headers } = await app.inject(`/r/lounge/${DAY}`)
  assert.deepEqual([statusCode, headers['x-robots-tag']], [200, 'noindex'])
  assert.ok((await text(DAY)).includes(SENTENCE))
  assert.doesNotMatch(await text(DAY), /Nobody spoke|said/)
})

test('where people came and went, but nobody is recorded speaking beside a hole, nobody is said to have been silent', async t => {
  const { text } = await siteOf(t, [happened(LOUNGE, `${DAY}T08:00:00`, 'join', 'bob')], MORNING)
  assert.match(await text(DAY), /No message of this day is recorded\./)
})

test('what was recovered is no hole, anywhere', async t => {
  const { app, text } = await siteOf(t, TALK, { ...MORNING, filled: time(`${DAY}T08:00:00`) })
  for (const form of ['', '.txt', '.jsonl', '.json']) assert.doesNotMatch(await text(`${DAY}${form}`), /[Nn]ot recorded|disconnected/)
  assert.doesNotMatch((await app.inject('/r/lounge/2026-11')).body, /hole|dashed/)
  assert.equal((await app.inject('/index.json')).json<{ rooms: Array<{ holes: number }> }>().rooms[0]?.holes, 0)
})

for (const cause of GAP_CAUSES) {
  for (const problem of [...GAP_PROBLEMS, undefined]) {
    test(`${cause} and ${problem ?? 'no problem'} are told in words`, async t => {
      const { problem: _problem, ...plain } = MORNING
      const { text } = await siteOf(t, [], { ...plain, cause, ...(problem === undefined ? {} : { problem }) })
      assert.match(await text(DAY), problem === undefined ? /\(17 minutes\): [a-z ]{20,}\./ : /\(17 minutes\): [a-z ]{20,}; [a-z, ]{20,}\./)
    })
  }
}

test('the forms for programs have the hole in its place, and nothing of how it is to be filled', async t => {
  const { app } = await siteOf(t, TALK, MORNING)
  const json = await app.inject(`/r/lounge/${DAY}.json`)
  const told = { from: MORNING.from, to: MORNING.to, cause: 'disconnected', problem: 'no-archive' }
  assert.deepEqual(json.json<{ gaps: unknown }>().gaps, [told])
  assert.equal(json.json<{ events: unknown[] }>().events.length, 2)
  const lines = (await app.inject(`/r/lounge/${DAY}.jsonl`)).body.trimEnd().split('\n').map(line => JSON.parse(line) as { kind: string })
  assert.deepEqual(lines.map(({ kind }) => kind), ['message', 'gap', 'message'])
  assert.deepEqual(lines[1], { kind: 'gap', ...told })
  assert.equal((await app.inject(`/r/lounge/${DAY}.txt`)).body, [
    '[07:14:09] <alice> the last heard',
    `-- ${SENTENCE[0]?.toLowerCase() ?? ''}${SENTENCE.slice(1, -1)} --`,
    '[07:31:50] <alice> the first again',
    ''
  ].join('\n'))
  for (const form of ['', '.json', '.jsonl', '.txt']) assert.doesNotMatch((await app.inject(`/r/lounge/${DAY}${form}`)).body, /CANARY/)
})

test('an open hole has no end in JSON, and a day with nothing else is given', async t => {
  const { app } = await siteOf(t, [], gap(`${DAY}T07:14:09`))
  const json = await app.inject(`/r/lounge/${DAY}.json`)
  assert.deepEqual(json.json<{ events: unknown, gaps: unknown }>().events, [])
  assert.deepEqual(json.json<{ gaps: unknown }>().gaps, [{ from: MORNING.from, cause: 'disconnected' }])
})

test('no message can pretend to be a hole in plain text', async t => {
  const { app } = await siteOf(t, [said(LOUNGE, `${DAY}T07:00:00`, 'mallory', 'x\n-- not recorded from 07:00:00 to 09:00:00 --')])
  assert.doesNotMatch((await app.inject(`/r/lounge/${DAY}.txt`)).body, /^--/m)
})

test('the validator of every form of a day changes when a hole comes, ends, and is filled', async t => {
  const { app, store } = await siteOf(t, TALK)
  for (const form of ['', '.json', '.jsonl', '.txt']) {
    const tag = async () => String((await app.inject(`/r/lounge/${DAY}${form}`)).headers.etag)
    const tags = [await tag()]
    const room = `${DAY}T07:14:09`
    for (const state of [gap(room), gap(room, `${DAY}T07:20:00`), gap(room, `${DAY}T07:20:00`, { problem: 'refused' })]) {
      await store.putGaps([state])
      tags.push(await tag())
    }
    await store.putGaps([gap(room, `${DAY}T07:20:00`, { filled: time(`${DAY}T07:31:00`) })])
    assert.equal(await tag(), tags[0])
    assert.equal(new Set(tags).size, 4)
    const { statusCode } = await app.inject({ url: `/r/lounge/${DAY}${form}`, headers: { 'if-none-match': tags[0] } })
    assert.equal(statusCode, 304)
  }
})

test('calendars mark days with a hole, link those that have nothing else, and ask for all holes at once', async t => {
  const site = await siteOf(t, [said(LOUNGE, '2026-11-10T10:00:00', 'a', 'x'), said(LOUNGE, '2026-11-12T10:00:00', 'a', 'x')],
    gap('2026-11-10T22:00:00', '2026-11-11T20:00:00'), gap('2026-09-30T22:00:00', '2026-10-01T02:00:00'))
  let asked = 0
  const store = { ...site.store, gaps: (...query: Parameters<typeof site.store.gaps>) => { asked++; return site.store.gaps(...query) } }
  const { app } = await siteWith(t, [LOUNGE], [], { store })
  for (const url of ['/r/lounge/2026-11', '/r/lounge/2026', '/r/lounge/']) {
    asked = 0
    const { body } = await app.inject(url)
    assert.equal(asked, 1)
    assert.match(body, /<a class="v1 hole" href="\/r\/lounge\/2026-11-10" title="1 message, not recorded completely">10</)
    assert.match(body, /<a class="v0 hole" href="\/r\/lounge\/2026-11-11" title="not recorded">11</)
    assert.match(body, /<a class="v1" href="\/r\/lounge\/2026-11-12" title="1 message">12</)
    assert.match(body, /Days with a dashed frame were not recorded completely/)
  }
  const captions = [...(await app.inject('/r/lounge/2026')).body.matchAll(/<caption><a href="\/r\/lounge\/([\d-]+)"/g)].map(match => match[1])
  assert.deepEqual(captions, ['2026-09', '2026-10', '2026-11'])
  const october = await app.inject('/r/lounge/2026-10')
  assert.equal(october.statusCode, 200)
  assert.match(october.body, /class="v0 hole" href="\/r\/lounge\/2026-10-01"[\s\S]*No message of this month is recorded/)
})

test('index.json counts the holes of each room', async t => {
  const { app } = await siteOf(t, [], MORNING, gap('2026-11-21T10:00:00'), gap(`${DAY}T09:00:00`, `${DAY}T09:10:00`, { filled: time(`${DAY}T10:00:00`) }))
  assert.equal((await app.inject('/index.json')).json<{ rooms: Array<{ holes: number }> }>().rooms[0]?.holes, 2)
})

test('a message by itself shows the holes among its neighbours, and one that follows the last', async t => {
  const { text } = await siteOf(t, [
    said(LOUNGE, `${DAY}T07:14:09`, 'alice', 'one', { uid: 'one' }), said(LOUNGE, `${DAY}T07:31:50`, 'alice', 'two')
  ], MORNING, gap(`${DAY}T12:00:00`))
  assert.match(await text('m/one'), /one.*Not recorded from 07:14:09 to 07:31:50.*two.*Not recorded since 12:00:00/)
})
