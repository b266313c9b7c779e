import assert from 'node:assert/strict'
import test from 'node:test'
import { gzipSync } from 'node:zlib'
import { happened, published, remove, said, siteWith } from './site-under-test.ts'

const LOUNGE = published('lounge', 'indexed', { title: 'The Lounge' })
const DAY = '2026-11-20'
const at = (clock: string) => `${DAY}T${clock}`

interface DayJson {
  room: string
  slug: string
  day: string
  events: Array<Record<string, unknown>>
}

test('a day is whole, in order, and each event once under its anchor', async t => {
  const events = Array.from({ length: 5000 }, (_, n) => {
    const seconds = Math.floor(n * 17.2)
    const clock = [seconds / 3600, seconds / 60 % 60, seconds % 60].map(part => String(Math.floor(part)).padStart(2, '0')).join(':')
    return said(LOUNGE, at(clock), `nick${n % 40}`, `Message number ${n}.`)
  })
  const { app } = await siteWith(t, [LOUNGE], events)
  const { body } = await app.inject(`/r/lounge/${DAY}`)
  const numbers = [...body.matchAll(/Message number (\d+)\./g)].map(match => Number(match[1]))
  assert.deepEqual(numbers, events.map((_, n) => n))
  const ids = [...body.matchAll(/<li id="([^"]+)"/g)].map(match => match[1])
  assert.equal(new Set(ids).size, 5000)
  for (const id of ids) assert.ok(body.includes(`href="#${id ?? ''}"`))
  const json = (await app.inject(`/r/lounge/${DAY}.json`)).json<DayJson>()
  assert.deepEqual(json.events.map(event => event['anchor']), ids)
})

test('the first and the last microsecond belong to the day, their neighbours do not', async t => {
  const { app } = await siteWith(t, [LOUNGE], [
    said(LOUNGE, '2026-11-19T23:59:59.999999', 'a', 'BEFORE'), said(LOUNGE, at('00:00:00.000000'), 'a', 'FIRST'),
    said(LOUNGE, at('23:59:59.999999'), 'a', 'LAST'), said(LOUNGE, '2026-11-21T00:00:00.000000', 'a', 'AFTER')
  ])
  const { body } = await app.inject(`/r/lounge/${DAY}`)
  assert.deepEqual(['BEFORE', 'FIRST', 'LAST', 'AFTER'].map(word => body.includes(word)), [false, true, true, false])
})

test('a busy day of 821 messages weighs at most 40 KiB compressed', async t => {
  const words = 'the server archive room stanza with message page error client which because their about'.split(' ')
  const events = Array.from({ length: 821 }, (_, n) => {
    const clock = `${String(Math.floor(n / 40)).padStart(2, '0')}:${String(n * 7 % 60).padStart(2, '0')}:${String(n * 13 % 60).padStart(2, '0')}`
    const body = Array.from({ length: 12 }, (_, k) => words[(n * 31 + k * k * 7) % words.length]).join(' ')
    return said(LOUNGE, at(clock), `nick${n * n % 25}`, `${body} ${(n * 2654435761 % 4294967296).toString(36)}`)
  }).sort((a, b) => a.time < b.time ? -1 : 1)
  const { app } = await siteWith(t, [LOUNGE], events)
  const { rawPayload } = await app.inject(`/r/lounge/${DAY}`)
  assert.ok(gzipSync(rawPayload).length <= 40 * 1024, String(gzipSync(rawPayload).length))
  assert.ok((rawPayload.toString().match(/<[a-z]/g) ?? []).length <= 821 * 5.5 + 250)
})

test('previous and next lead to days that have talk, with their dates and counts', async t => {
  const { app } = await siteWith(t, [LOUNGE], [
    said(LOUNGE, '2026-11-10T10:00:00', 'a', 'x'), happened(LOUNGE, '2026-11-15T10:00:00', 'join', 'a'), said(LOUNGE, at('10:00:00'), 'a', 'x')
  ])
  const { body } = await app.inject(`/r/lounge/${DAY}`)
  assert.match(body, /rel="prev" href="\/r\/lounge\/2026-11-10">.*Tue 10 Nov <small>1 message</)
  assert.doesNotMatch(body, /rel="next"|2026-11-15/)
})

test('presence is summed up, shown in full, or hidden, as asked', async t => {
  const { app } = await siteWith(t, [LOUNGE], [
    happened(LOUNGE, at('10:00:00'), 'join', 'bob'), happened(LOUNGE, at('10:00:01'), 'leave', 'bob'),
    said(LOUNGE, at('10:01:00'), 'alice', 'hi'), happened(LOUNGE, at('10:02:00'), 'kick', 'eve', { actor: 'alice', reason: 'spam' })
  ])
  const body = async (query: string) => (await app.inject(`/r/lounge/${DAY}${query}`)).body.replace(/<[^>]+>/g, '')
  assert.match(await body(''), /bob came and went[\s\S]*eve was kicked by alice: spam/)
  assert.match(await body('?events=full'), /bob joined[\s\S]*bob left/)
  assert.doesNotMatch(await body('?events=none'), /bob|eve/)
})

test('times are told in the zone asked for, and a zone that is none is named', async t => {
  const { app } = await siteWith(t, [LOUNGE], [said(LOUNGE, at('23:30:00'), 'a', 'late')])
  const berlin = (await app.inject(`/r/lounge/${DAY}?tz=Europe/Berlin`)).body
  assert.match(berlin, /<time datetime="2026-11-20T23:30:00Z">00:30</)
  assert.match(berlin, /21 November 2026 in Europe\/Berlin/)
  assert.match(berlin, /times in Europe\/Berlin/)
  const wrong = await app.inject(`/r/lounge/${DAY}?tz=Mars/<b>`)
  assert.equal(wrong.statusCode, 200)
  assert.match(wrong.body, /no time zone called “<bdi>Mars\/&lt;b&gt;<\/bdi>”[\s\S]*<time datetime="2026-11-20T23:30:00Z">23:30</)
})

test('the view that a reader chose goes along to the neighbouring days', async t => {
  const { app } = await siteWith(t, [LOUNGE], [said(LOUNGE, '2026-11-10T10:00:00', 'a', 'x'), said(LOUNGE, at('10:00:00'), 'a', 'x')])
  const { body } = await app.inject(`/r/lounge/${DAY}?tz=Asia/Tokyo&events=none`)
  assert.match(body, /rel="prev" href="\/r\/lounge\/2026-11-10\?events=none&amp;tz=Asia%2FTokyo"/)
})

test('today is marked as going on, also before anybody has spoken', async t => {
  const { app } = await siteWith(t, [LOUNGE], [said(LOUNGE, at('10:00:00'), 'a', 'x')])
  const { statusCode, body, headers } = await app.inject('/r/lounge/2026-11-21')
  assert.equal(statusCode, 200)
  assert.match(body, /still going on/)
  assert.match(body, /Nothing has been said yet today/)
  assert.equal(headers['x-robots-tag'], 'noindex')
  assert.deepEqual((await app.inject('/r/lounge/2026-11-21.json')).json<DayJson>().events, [])
  assert.doesNotMatch((await app.inject(`/r/lounge/${DAY}`)).body, /still going on/)
})

test('a day without any record says so, and leads to the nearest days', async t => {
  const { app } = await siteWith(t, [LOUNGE], [said(LOUNGE, '2026-11-10T10:00:00', 'a', 'x'), said(LOUNGE, at('10:00:00'), 'a', 'x')])
  const { statusCode, body } = await app.inject('/r/lounge/2026-11-15')
  assert.equal(statusCode, 404)
  assert.match(body, /Nothing is recorded of this day/)
  assert.match(body, /rel="prev" href="\/r\/lounge\/2026-11-10"[\s\S]*rel="next" href="\/r\/lounge\/2026-11-20"/)
  const json = await app.inject('/r/lounge/2026-11-15.json')
  assert.equal(json.statusCode, 404)
  assert.equal(json.json<{ error: string }>().error, 'not_found')
})

test('a day on which people came but nobody spoke is shown, but not to search engines', async t => {
  const { app } = await siteWith(t, [LOUNGE], [happened(LOUNGE, at('10:00:00'), 'join', 'bob')])
  const { statusCode, body, headers } = await app.inject(`/r/lounge/${DAY}`)
  assert.equal(statusCode, 200)
  assert.match(body, /Nobody spoke on this day/)
  assert.match(body, /<bdi>bob<\/bdi> joined/)
  assert.equal(headers['x-robots-tag'], 'noindex')
})

test('a removed text is in no form of its day; its place is, in each', async t => {
  const gone = said(LOUNGE, at('10:00:01'), 'bob', 'CANARY')
  const { app, store } = await siteWith(t, [LOUNGE], [said(LOUNGE, at('10:00:00'), 'a', 'stays'), gone])
  const before = await app.inject(`/r/lounge/${DAY}`)
  assert.match(before.body, /CANARY/)
  await remove(store, gone)
  for (const form of ['', '.json', '.txt', '.jsonl']) {
    const { body, statusCode } = await app.inject({ url: `/r/lounge/${DAY}${form}`, headers: { 'if-none-match': String(before.headers.etag) } })
    assert.equal(statusCode, 200)
    assert.doesNotMatch(body, /CANARY/)
    assert.match(body, /Removed by a moderator: spam|"removed":\{"by":"moderator",[^}]*"reason":"spam"/)
  }
  assert.match((await app.inject(`/r/lounge/${DAY}`)).body, /<li id="t100001" class="n x">/)
})

test('the plain forms of a day agree with each other', async t => {
  const { app } = await siteWith(t, [LOUNGE], [
    happened(LOUNGE, at('07:00:00'), 'join', 'alice', { occupant: 'o1', role: 'participant', affiliation: 'none' }),
    said(LOUNGE, at('07:14:09.372180'), 'alice', 'two\nlines', { uid: 'the uid', message: 'm1' })
  ])
  const json = await app.inject(`/r/lounge/${DAY}.json`)
  assert.match(String(json.headers['content-type']), /^application\/json/)
  assert.equal(json.headers.link, '<https://logs.example.org/r/lounge/2026-11-20>; rel="canonical"')
  const day = json.json<DayJson>()
  assert.deepEqual([day.room, day.slug, day.day], ['lounge@conference.example.org', 'lounge', DAY])
  assert.deepEqual(day.events[1], {
    id: 'lounge@conference.example.org:t:2026-11-20T07:14:09.372180Z',
    uid: 'the uid',
    time: '2026-11-20T07:14:09.372180Z',
    kind: 'message',
    nick: 'alice',
    anchor: 't071409',
    message: 'm1',
    body: 'two\nlines'
  })
  const lines = (await app.inject(`/r/lounge/${DAY}.jsonl`)).body.trimEnd().split('\n')
  assert.deepEqual(lines.map(line => JSON.parse(line) as unknown), day.events)
  const text = await app.inject(`/r/lounge/${DAY}.txt`)
  assert.equal(text.headers['content-type'], 'text/plain; charset=utf-8')
  assert.equal(text.body, '[07:00:00] *** alice joined\n[07:14:09] <alice> two\n           lines\n')
  assert.equal((await app.inject(`/r/lounge/${DAY}.txt?events=none`)).body, '[07:14:09] <alice> two\n           lines\n')
})
