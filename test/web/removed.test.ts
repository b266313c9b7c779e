import assert from 'node:assert/strict'
import test from 'node:test'
import type { LightMyRequestResponse } from 'fastify'
import type { ArchiveTime } from '../../src/model/archive-time.ts'
import type { LoggedRemoval } from '../../src/archive/store.ts'
import type { PublishedRoom } from '../../src/access/can-read.ts'
import { published, siteWith } from './site-under-test.ts'

const LOUNGE = published('lounge', 'indexed')
const CAFE = published('cafe', 'public')
const LINKED = published('linked', 'unlisted')
const OFF = published('off', 'off')

let minute = 0
function removal (room: PublishedRoom, uids: readonly string[], more: Partial<LoggedRemoval> = {}): LoggedRemoval {
  const time = `2026-11-20T${String(10 + Math.floor(++minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}:00.000000Z` as ArchiveTime
  return { time, room: room.jid, by: 'moderator', uids, count: uids.length, actor: 'CANARY', ...more }
}

const lines = (body: string) => body.trimEnd().split('\n').map(line => JSON.parse(line) as Record<string, unknown>)

test('what was removed is told to everybody, of the rooms that are listed, without who asked for it', async t => {
  const { app, store } = await siteWith(t, [LOUNGE, CAFE, LINKED, OFF], [])
  await store.logRemoval(removal(LOUNGE, ['one', 'two'], { reason: 'spam' }))
  await store.logRemoval(removal(OFF, ['CANARY']))
  await store.logRemoval(removal(LINKED, ['linked']))
  const { uids: _, ...retention } = removal(CAFE, [], { by: 'retention', upTo: '2026-01-01T00:00:00.000000Z' as ArchiveTime, stream: 'talk', count: 9 })
  await store.logRemoval(retention)
  const { body, headers } = await app.inject('/removed.jsonl')
  assert.doesNotMatch(body, /CANARY/)
  const [first, second, third, end, ...rest] = lines(body)
  assert.deepEqual(first, { room: LOUNGE.jid, slug: 'lounge', uid: 'one', time: '2026-11-20T10:01:00.000000Z', by: 'moderator', reason: 'spam' })
  assert.equal(second?.['uid'], 'two')
  assert.deepEqual(third, { room: CAFE.jid, slug: 'cafe', upTo: '2026-01-01T00:00:00.000000Z', stream: 'talk', time: '2026-11-20T10:04:00.000000Z', by: 'retention' })
  assert.deepEqual([Object.keys(end ?? {}), rest], [['next'], []])
  assert.deepEqual([headers['content-type'], headers['x-robots-tag'], headers['access-control-allow-origin'], headers.link],
    ['application/jsonl; charset=utf-8', 'noindex', '*', undefined])
  const later = lines((await app.inject(`/removed.jsonl?since=${String(end?.['next'])}`)).body)
  assert.deepEqual(later, [end])
})

test('a room tells its own, by its link too, and nothing where it is not published', async t => {
  const { app, store } = await siteWith(t, [LOUNGE, LINKED, OFF], [])
  for (const room of [LOUNGE, LINKED, OFF]) await store.logRemoval(removal(room, [`of ${room.slug}`]))
  for (const room of [LOUNGE, LINKED]) {
    const { body, headers } = await app.inject(`/r/${room.slug}/removed.jsonl`)
    assert.deepEqual(lines(body).slice(0, -1).map(line => line['uid']), [`of ${room.slug}`])
    assert.equal(headers['access-control-allow-origin'], room === LOUNGE ? '*' : undefined)
  }
  const [hidden, unknown] = [await app.inject('/r/off/removed.jsonl'), await app.inject('/r/unknown/removed.jsonl')]
  assert.deepEqual([hidden.statusCode, hidden.body], [404, unknown.body])
})

test('the cursor tells nothing of rooms that are not shown', async t => {
  const { app, store } = await siteWith(t, [LOUNGE, OFF], [])
  await store.logRemoval(removal(LOUNGE, ['one']))
  const before = (await app.inject('/removed.jsonl')).body
  await store.logRemoval(removal(OFF, ['two']))
  assert.equal((await app.inject('/removed.jsonl')).body, before)
})

test('where nothing was removed there is no cursor', async t => {
  const { app } = await siteWith(t, [LOUNGE], [])
  assert.equal((await app.inject('/removed.jsonl')).body, '{"next":null}\n')
})

test('a long log comes in pages that lead through all of it, each line once', async t => {
  const { app, store } = await siteWith(t, [LOUNGE, OFF], [])
  const wanted = Array.from({ length: 1201 }, (_, n) => `uid ${String(n).padStart(4, '0')}`)
  for (const uid of wanted) {
    const time = `2026-11-20T12:00:00.${uid.slice(4)}00Z` as ArchiveTime
    await store.logRemoval(removal(LOUNGE, [uid], { time }))
    await store.logRemoval(removal(OFF, [uid], { time }))
  }
  const seen: unknown[] = []
  let pages = 0
  for (let url: string | undefined = '/removed.jsonl'; url !== undefined; pages++) {
    const answer: LightMyRequestResponse = await app.inject(url)
    const found = lines(answer.body)
    seen.push(...found.slice(0, -1).map(line => line['uid']))
    const link: string | undefined = /^<https:\/\/logs\.example\.org(\/removed\.jsonl\?since=[^>]+)>; rel="next"$/.exec(String(answer.headers['link']))?.[1]
    if (link !== undefined) assert.equal(new URLSearchParams(link.split('?')[1]).get('since'), found.at(-1)?.['next'])
    url = link
  }
  assert.deepEqual(seen, wanted)
  assert.equal(pages, 3)
})

test('a cursor that is none is refused', async t => {
  const { app } = await siteWith(t, [LOUNGE], [])
  for (const since of ['%3Cb%3E', '%EF%BF%BF', 'x'.repeat(300)]) assert.equal((await app.inject(`/removed.jsonl?since=${since}`)).statusCode, 400)
  assert.equal((await app.inject('/removed.jsonl?since=')).statusCode, 200)
})
