import assert from 'node:assert/strict'
import test from 'node:test'
import { createSqliteStore } from '../../src/archive/sqlite.ts'
import { silentLogger } from '../../src/log.ts'
import { createLane } from '../../src/mirror/lane.ts'
import { createNews } from '../../src/mirror/news.ts'
import { createSubject } from '../../src/mirror/subject.ts'
import { formatTime } from '../../src/model/archive-time.ts'
import type { ArchivedEvent } from '../../src/model/event.ts'
import { LOUNGE, message } from '../helpers/events.ts'
import { NOW, settle } from './mirror-under-test.ts'

function event (fields: Partial<ArchivedEvent> = {}): ArchivedEvent {
  return { ...message({ time: formatTime(NOW), ...fields }), ...fields, anchor: 't', _id: 'x' } as ArchivedEvent
}

const removed = (by: string, secondsAgo = 0) => ({ removed: { by, time: formatTime(NOW - secondsAgo * 1e6) } }) as Partial<ArchivedEvent>

const NEWS: ReadonlyArray<readonly [string, Partial<ArchivedEvent>, string | undefined]> = [
  ['a message', {}, 'said'],
  ['a subject', { kind: 'subject' }, 'said'],
  ['a join', { kind: 'join' }, undefined],
  ['a message caught up just now', { via: 'catch-up', time: formatTime(NOW - 500e6) }, 'said'],
  ['an old message', { time: formatTime(NOW - 601e6) }, undefined],
  ['an imported one', { via: 'import' }, undefined],
  ['the end of the room', { kind: 'destroy' }, 'destroyed'],
  ['the end of the room, learnt later', { kind: 'destroy', via: 'catch-up' }, undefined],
  ['a removal by who runs the archive, of an old message', { time: formatTime(NOW - 1e12), ...removed('administrator') }, 'removed'],
  ['an old removal', removed('administrator', 601), undefined],
  ['a removal that the room told', removed('author'), undefined],
  ['a removal by a moderator, which the room told', removed('moderator'), undefined],
  ['what lapsed', removed('retention'), undefined],
  ['a message corrected before anybody could tell it', { standing: { edits: 1 } }, 'said'],
  ['a message of before the start that was corrected', { time: formatTime(NOW - 61e6), standing: { edits: 1 } }, undefined],
  ['a correction that was applied at once', { appliesTo: 'u0' }, 'said'],
  ['an old correction that is applied now', { time: formatTime(NOW - 61e6), appliesTo: 'u0' }, undefined]
]
for (const [name, fields, kind] of NEWS) {
  test(`${name} is ${kind ?? 'no'} news`, () => { assert.equal(createNews(NOW - 60_000_000)(event(fields), NOW), kind) })
}

test('nothing is news twice, but a removal after the message is', () => {
  const news = createNews(NOW - 60_000_000)
  assert.deepEqual([news(event(), NOW), news(event(), NOW), news(event(removed('administrator')), NOW), news(event(removed('administrator')), NOW)],
    ['said', undefined, 'removed', undefined])
  for (let n = 0; n < 1_500; n++) assert.equal(news(event({ uid: `n${n}` }), NOW), 'said')
  assert.equal(news(event({ uid: 'n700' }), NOW), undefined)
})

test('a lane does one thing after the other, goes on after a failure, and takes only so much of each kind', async () => {
  const lane = createLane({ a: 1, b: 2 }, silentLogger)
  const done: string[] = []
  const note = (text: string) => async () => { done.push(text) }
  let release: () => void = () => {}
  assert.ok(lane.add('a', () => new Promise(resolve => { release = resolve })))
  assert.ok(lane.add('b', () => Promise.reject(new Error('one'))))
  assert.ok(lane.add('a', note('a')))
  assert.ok(lane.add('b', note('b')))
  assert.equal(lane.add('a', note('too many')), false)
  assert.equal(lane.add('b', note('too many')), false)
  release()
  await settle()
  assert.ok(lane.add('a', note('again')))
  await settle()
  assert.deepEqual(done, ['a', 'b', 'again'])
})

test('a lane that is cleared begins anew', async () => {
  const lane = createLane({ a: 1 }, silentLogger)
  const done: string[] = []
  let release: () => void = () => {}
  lane.add('a', () => new Promise(resolve => { release = resolve }))
  lane.add('a', async () => { done.push('cleared') })
  lane.clear()
  assert.ok(lane.add('a', async () => { done.push('new') }))
  release()
  await settle()
  assert.deepEqual(done, ['new'])
})

test('the subject is looked for in the past once, however long ago, and followed from then on', async t => {
  const store = createSqliteStore({ path: ':memory:' })
  t.after(() => store.close())
  const results = await store.append([
    message({ uid: 's', kind: 'subject', body: 'old', time: formatTime(NOW) }),
    ...Array.from({ length: 600 }, (_, n) => message({ uid: `u${n}`, time: formatTime(NOW + 1 + n) }))
  ])
  assert.equal(results.length, 601)
  let pages = 0
  const subject = createSubject({
    get: async (room, uid) => store.get(room, uid),
    page: async (room, query) => {
      pages += 1
      return store.page(room, query)
    }
  }, LOUNGE)
  assert.equal((await subject.get())?.body, 'old')
  const asked = pages
  assert.equal((await subject.get())?.body, 'old')
  assert.equal(pages, asked)
  const [added] = await store.append([message({ uid: 's2', kind: 'subject', body: 'new', time: formatTime(NOW + 700) })])
  subject.hear((added as { event: ArchivedEvent }).event)
  assert.equal((await subject.get())?.body, 'new')
  assert.equal(pages, asked)
})
