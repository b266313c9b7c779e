import assert from 'node:assert/strict'
import test from 'node:test'
import type { TestContext } from 'node:test'
import { createLive } from '../../src/archive/live.ts'
import type { LiveListener } from '../../src/archive/live.ts'
import { silentLogger } from '../../src/log.ts'
import type { ArchivedEvent, RoomEvent } from '../../src/model/event.ts'
import type { WebServerOptions } from '../../src/web/site.ts'
import { openStream } from './event-stream.ts'
import type { EventStream } from './event-stream.ts'
import { happened, NOW, published, remove, said, siteWith } from './site-under-test.ts'
import type { SiteUnderTest } from './site-under-test.ts'

const LOUNGE = published('lounge', 'indexed', { aliases: ['formerly'] })
const OTHER = published('other', 'indexed')
const HIDDEN = published('hidden', 'off')
const at = (clock: string) => `2026-11-21T${clock}`

interface LiveSite extends SiteUnderTest {
  readonly base: string
  /** Records, and has it told. */
  say (...events: RoomEvent[]): Promise<void>
  tell (): void
  open (path?: string, headers?: Record<string, string>): Promise<EventStream>
}

async function liveSite (t: TestContext, events: readonly RoomEvent[] = [], more: Partial<WebServerOptions> = {}): Promise<LiveSite> {
  const listeners = new Set<LiveListener>()
  const live = { subscribe: (listener: LiveListener) => { listeners.add(listener); return () => { listeners.delete(listener) } } }
  const site = await siteWith(t, [LOUNGE, OTHER, HIDDEN], events, { live, ...more })
  const real = createLive({ store: site.store, log: silentLogger })
  real.subscribe(event => { for (const listener of listeners) listener(event) })
  await new Promise(resolve => setImmediate(resolve))
  const base = await site.app.listen({ port: 0, host: '127.0.0.1' })
  const streams: EventStream[] = []
  t.after(async () => {
    for (const stream of streams) stream.close()
    await real.stop()
  })
  return {
    ...site,
    base,
    async say (...events) {
      await site.store.append(events)
      real.advance()
    },
    tell () { real.advance() },
    async open (path = '/r/lounge/live.sse', headers = {}) {
      const stream = await openStream(`${base}${path}`, headers)
      streams.push(stream)
      return stream
    }
  }
}

test('what is said comes as the line that the page of the day has, with its time as the id', async t => {
  const site = await liveSite(t, [said(LOUNGE, at('11:00:00'), 'alice', 'before')])
  const stream = await site.open()
  await site.say(said(LOUNGE, at('11:59:00'), 'bob', 'see <b>https://example.org/</b>\nsecond line'))
  const { event, id, data } = await stream.next()
  assert.deepEqual([event, id], ['said', '2026-11-21T11:59:00.000000Z'])
  assert.match(data, /^<li id="t115900"><bdi class="h\d+">bob<\/bdi>/)
  assert.ok((await site.app.inject('/r/lounge/2026-11-21')).body.includes(data))
  assert.match(data, /see &lt;b&gt;<a href="https:\/\/example\.org\/"[^]*second line/)
})

test('the headers keep everything between from holding it back, keeping it or finding it', async t => {
  const { headers, status, text } = await (await liveSite(t)).open()
  assert.equal(status, 200)
  assert.equal(headers['content-type'], 'text/event-stream; charset=utf-8')
  assert.equal(headers['connection'], 'close', 'else the program would wait for a reader that keeps its connections')
  assert.match(String(headers['cache-control']), /no-cache, no-store, no-transform/)
  assert.equal(headers['x-accel-buffering'], 'no')
  assert.equal(headers['x-robots-tag'], 'noindex')
  assert.equal(headers['access-control-allow-origin'], '*')
  assert.equal(headers['content-encoding'], undefined)
  assert.match(String(headers['content-security-policy']), /default-src 'none'/)
  assert.match(text(), /^(?:retry: \d+\nid: |$)/)
})

test('as JSON it is what the JSON of the day has', async t => {
  const site = await liveSite(t)
  const stream = await site.open('/r/lounge/live.sse?format=json')
  await site.say(said(LOUNGE, at('11:59:00'), 'bob', 'hello', { uid: 'one', stanza: '<message/>', private: { jid: 'secret@example.org' } }))
  const { data } = await stream.next()
  const { events } = (await site.app.inject('/r/lounge/2026-11-21.json')).json<{ events: unknown[] }>()
  assert.deepEqual(JSON.parse(data), events[0])
  assert.doesNotMatch(data, /secret|<message/)
})

test('times are told in the zone that was asked for, to each their own', async t => {
  const site = await liveSite(t)
  const [utc, tokyo] = [await site.open(), await site.open('/r/lounge/live.sse?tz=Asia/Tokyo')]
  await site.say(said(LOUNGE, at('11:59:00'), 'bob', 'hello'))
  assert.match((await utc.next()).data, />11:59</)
  assert.match((await tokyo.next()).data, />20:59</)
})

test('other rooms, comings and goings, imports and what was long ago are not told', async t => {
  const site = await liveSite(t)
  const stream = await site.open()
  await site.say(
    said(OTHER, at('11:58:00'), 'bob', 'elsewhere'),
    happened(LOUNGE, at('11:58:01'), 'join', 'bob'),
    said(LOUNGE, at('11:58:02'), 'bob', 'imported', { via: 'import' }),
    said(LOUNGE, '2026-11-01T11:58:02', 'bob', 'from an old gap', { via: 'catch-up' }),
    said(LOUNGE, at('11:58:03'), 'bob', 'this')
  )
  assert.match((await stream.next()).data, /this/)
})

for (const [name, path, headers] of [
  ['a Last-Event-ID', '/r/lounge/live.sse', { 'last-event-id': '2026-11-21T10:00:00.000000Z' }],
  ['since', '/r/lounge/live.sse?since=2026-11-21T10:00:00Z', {}],
  ['a Last-Event-ID, whatever since says', '/r/lounge/live.sse?since=2026-11-21T11:30:00Z', { 'last-event-id': '2026-11-21T10:00:00.000000Z' }],
  ['since, where the Last-Event-ID is not one of ours', '/r/lounge/live.sse?since=2026-11-21T10:00:00Z', { 'last-event-id': 'nonsense' }]
] as const) {
  test(`${name} brings what was missed, in order, and then what comes, each once`, async t => {
    const site = await liveSite(t, ['10:00:00', '10:30:00', '11:00:00'].map(clock => said(LOUNGE, at(clock), 'alice', `at ${clock}`)))
    const stream = await site.open(path, headers)
    await site.say(said(LOUNGE, at('11:59:00'), 'bob', 'at 11:59:00'))
    const told = [await stream.next(), await stream.next(), await stream.next()]
    assert.deepEqual(told.map(({ event, data }) => [event, /at (\d\d:\d\d:\d\d)/.exec(data)?.[1]]), [['said', '10:30:00'], ['said', '11:00:00'], ['said', '11:59:00']])
    assert.deepEqual(told.map(({ id }) => id.slice(11, 19)), ['10:30:00', '11:00:00', '11:59:00'])
  })
}

test('a reader who comes and goes while people talk misses nothing and hears nothing twice', async t => {
  const site = await liveSite(t)
  const heard: string[] = []
  let since = '2026-11-21T00:00:00.000000Z'
  for (let n = 0; n < 20; n++) {
    const stream = await site.open(`/r/lounge/live.sse?since=${since}`)
    // Told to nobody, to the reader, or while the reader joins.
    await site.say(said(LOUNGE, at(`11:${String(n + 10)}:00`), 'bob', `no ${n}`))
    const { id, data } = await stream.next()
    heard.push(/no \d+/.exec(data)?.[0] ?? data)
    since = id
    stream.close()
  }
  assert.deepEqual(heard, Array.from({ length: 20 }, (_, n) => `no ${n}`))
})

test('who missed very much is told to begin anew, and hears what comes', async t => {
  const site = await liveSite(t, Array.from({ length: 600 }, (_, n) => said(LOUNGE, `2026-11-21T10:00:00.${String(n).padStart(6, '0')}`, 'alice', `line ${n}`)))
  const stream = await site.open('/r/lounge/live.sse?since=2026-11-21T00:00:00Z')
  assert.deepEqual((await stream.next()).event, 'reset')
  await site.say(said(LOUNGE, at('11:59:00'), 'bob', 'hello'))
  assert.match((await stream.next()).data, /hello/)
})

test('a since that is no time is refused with a sentence', async t => {
  const { status, text, ended } = await (await liveSite(t)).open('/r/lounge/live.sse?since=yesterday')
  await ended
  assert.equal(status, 400)
  assert.match(text(), /a time such as/)
})

/** Makes of the message what `change` says. */
async function amend (site: LiveSite, uid: string, change: Partial<ArchivedEvent>): Promise<void> {
  await site.store.revise(LOUNGE.jid, uid, event => ({ ...event, ...change }))
  site.tell()
}

test('a correction changes the line, and has none of its own', async t => {
  const site = await liveSite(t)
  const stream = await site.open()
  const correction = said(LOUNGE, at('11:59:00'), 'bob', 'right', { uid: 'two', message: 'm2', replaces: 'm1' })
  await site.say(said(LOUNGE, at('11:58:00'), 'bob', 'wrong', { uid: 'one', message: 'm1' }))
  assert.match((await stream.next()).data, /wrong/)
  await site.say(correction)
  await amend(site, 'two', { appliesTo: 'one' })
  await amend(site, 'one', { standing: { latest: { body: 'right', uid: 'two', time: correction.time }, edits: 1 } })
  const { event, data } = await stream.next()
  assert.equal(event, 'changed')
  assert.match(data, /^<li id="t115800">[^]*right[^]*edited/)
  assert.doesNotMatch(stream.text(), /t115900/)
})

test('a message that turns out to be part of another loses its line', async t => {
  const site = await liveSite(t)
  const [html, json] = [await site.open(), await site.open('/r/lounge/live.sse?format=json')]
  await site.say(said(LOUNGE, at('11:58:00'), 'bob', 'said', { uid: 'one' }))
  for (const stream of [html, json]) await stream.next()
  await amend(site, 'one', { appliesTo: 'zero' })
  assert.deepEqual(await html.next(), { event: 'merged', id: '2026-11-21T11:58:00.000000Z', data: '/r/lounge/2026-11-21#t115800' })
  assert.deepEqual(JSON.parse((await json.next()).data), { uid: 'one', time: '2026-11-21T11:58:00.000000Z', appliesTo: 'zero' })
})

test('a removal is told with the tombstone, and the text is not told again to anybody', async t => {
  const regretted = said(LOUNGE, at('11:58:00'), 'bob', 'REGRETTED', { uid: 'one' })
  const site = await liveSite(t)
  const stream = await site.open()
  await site.say(regretted)
  await stream.next()
  await remove(site.store, regretted)
  site.tell()
  const { event, data } = await stream.next()
  assert.equal(event, 'removed')
  assert.match(data, /^<li id="t115800" class="n x">[^]*Removed by a moderator: spam/)
  const late = await site.open('/r/lounge/live.sse?since=2026-11-21T00:00:00Z')
  assert.equal((await late.next()).event, 'removed')
  assert.doesNotMatch(late.text(), /REGRETTED/)
})

test('what was removed or changed while the reader was away is told when it comes back', async t => {
  const [gone, answer, edited] = [
    said(LOUNGE, at('10:00:00'), 'bob', 'GONE', { uid: 'gone' }),
    said(LOUNGE, at('10:01:00'), 'alice', 'an answer', { uid: 'answer', repliesTo: 'gone' }),
    said(LOUNGE, at('10:02:00'), 'bob', 'first form', { uid: 'edited' })
  ]
  const correction = said(LOUNGE, at('11:30:00'), 'bob', 'second form', { uid: 'correction' })
  const site = await liveSite(t, [gone, answer, edited, correction])
  await site.store.scrub(LOUNGE.jid, ['gone'], ({ body: _, ...event }) => ({ ...event, removed: { by: 'administrator', time: correction.time } }))
  await site.store.revise(LOUNGE.jid, 'correction', event => ({ ...event, appliesTo: 'edited' }))
  await site.store.revise(LOUNGE.jid, 'edited', event => ({ ...event, standing: { latest: { body: 'second form', uid: 'correction', time: correction.time }, edits: 1 } }))
  const stream = await site.open('/r/lounge/live.sse?since=2026-11-21T11:00:00Z')
  const told = [await stream.next(), await stream.next(), await stream.next()]
  assert.deepEqual(told.map(({ event }) => event), ['removed', 'changed', 'changed'])
  assert.match(told[1]?.data ?? '', /a removed message[^]*an answer/)
  assert.match(told[2]?.data ?? '', /second form/)
  assert.doesNotMatch(stream.text(), /GONE|first form|t113000/)
})

test('a room that closes ends its streams at once, and theirs only', async t => {
  const site = await liveSite(t)
  const [closing, staying] = [await site.open(), await site.open('/r/other/live.sse')]
  site.directory.learn(LOUNGE.jid, { isOpen: false })
  await closing.ended
  await site.say(said(LOUNGE, at('11:59:00'), 'bob', 'behind closed doors'), said(OTHER, at('11:59:00'), 'bob', 'in the open'))
  assert.match((await staying.next()).data, /in the open/)
  assert.doesNotMatch(closing.text(), /closed doors/)
})

test('a room that is not public answers as an unknown one; an old slug is sent on', async t => {
  const { app } = await liveSite(t)
  const [refused, unknown] = [await app.inject('/r/hidden/live.sse'), await app.inject('/r/unknown/live.sse')]
  assert.equal(refused.statusCode, 404)
  assert.equal(refused.body, unknown.body)
  assert.deepEqual({ ...refused.headers, date: '' }, { ...unknown.headers, date: '' })
  const moved = await app.inject('/r/formerly/live.sse?format=json')
  assert.deepEqual([moved.statusCode, moved.headers.location], [301, '/r/lounge/live.sse?format=json'])
})

test('an unlisted room is told by link only: no other site may read along', async t => {
  const room = published('quiet', 'unlisted')
  const { app } = await siteWith(t, [room], [])
  const stream = await openStream(`${await app.listen({ port: 0, host: '127.0.0.1' })}/r/quiet/live.sse`)
  t.after(() => { stream.close() })
  assert.deepEqual([stream.status, stream.headers['access-control-allow-origin'], stream.headers['x-robots-tag']], [200, undefined, 'noindex'])
})

test('HEAD tells the headers and ends', async t => {
  const { app } = await liveSite(t)
  const { statusCode, headers, body } = await app.inject({ method: 'HEAD', url: '/r/lounge/live.sse' })
  assert.deepEqual([statusCode, headers['content-type'], body], [200, 'text/event-stream; charset=utf-8', ''])
})

test('one more than there are places is asked to come later, and finds the place of one who has gone', async t => {
  const site = await liveSite(t, [], { liveSeats: { total: 3, perRoom: 2, perNetwork: 99 } })
  const [first] = [await site.open(), await site.open()]
  const third = await site.open()
  assert.deepEqual([third.status, Number(third.headers['retry-after']) > 0], [503, true])
  await third.ended
  assert.match(third.text(), /Too many readers/)
  assert.equal((await site.open('/r/other/live.sse')).status, 200)
  assert.equal((await site.open('/r/other/live.sse')).status, 503)
  first.close()
  let status = 503
  while (status === 503) status = (await site.open()).status
  assert.equal(status, 200)
})

test('how long readers stay is not counted as the time of an answer', async t => {
  const answered: string[] = []
  let isAnswered: () => void
  const site = await liveSite(t, [], { onAnswered: route => { answered.push(route); isAnswered() } })
  const done = new Promise<void>(resolve => { isAnswered = resolve })
  const stream = await site.open()
  stream.close()
  await stream.ended
  await site.app.inject('/about')
  await done
  assert.deepEqual(answered, ['/about'])
})

test('the program does not wait for readers when it stops', async t => {
  const site = await liveSite(t)
  const stream = await site.open()
  await site.app.close()
  await stream.ended
})

test('a reader who does not take what is told is cut off, and the others are told on', async t => {
  const site = await liveSite(t)
  const [slow, quick] = [await site.open(), await site.open()]
  slow.response.pause()
  const { server } = site.app
  // Whether the other end is there shows only in reading on.
  const connections = async (): Promise<number> => new Promise((resolve, reject) => {
    server.getConnections((error, count) => { if (error === null) resolve(count); else reject(error) })
  })
  let isCut = false
  for (let n = 0; !isCut && n < 2000; n++) {
    await site.say(said(LOUNGE, `2026-11-21T11:00:00.${String(n).padStart(6, '0')}`, 'bob', `${n} ${'x'.repeat(60_000)}`))
    assert.match((await quick.next()).data, new RegExp(`<p>${n} x`))
    isCut = await connections() === 1
  }
  assert.ok(isCut, 'more than 100 MB were kept for a reader who takes none of it')
})

test('a store that is away is told before the stream begins', async t => {
  const site = await liveSite(t)
  await site.store.close()
  const stream = await site.open()
  assert.equal(stream.status, 503)
})

test('a heartbeat goes through silence, and at midnight the new day is told', async t => {
  t.mock.timers.enable({ apis: ['setInterval'] })
  let now = NOW
  const site = await liveSite(t, [], { now: () => now })
  const stream = await site.open()
  now = Date.parse('2026-11-22T00:00:03Z')
  t.mock.timers.tick(20_000)
  const { event, data } = await stream.next()
  assert.deepEqual([event, data], ['day', '2026-11-22'])
  assert.match(stream.text(), /\n:\n\n/)
  const late = await site.open('/r/lounge/live.sse?since=2026-11-21T23:00:00Z')
  assert.equal((await late.next()).event, 'day')
})
