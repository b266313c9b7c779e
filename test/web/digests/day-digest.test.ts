import assert from 'node:assert/strict'
import test from 'node:test'
import type { ArchiveTime } from '../../../src/model/archive-time.ts'
import type { ArchivedEvent, EventId } from '../../../src/model/event.ts'
import { roundedWait } from '../../../src/web/digests/answers.ts'
import { createDayDigester } from '../../../src/web/digests/day-digest.ts'
import type { DayDigest } from '../../../src/web/digests/day-digest.ts'
import { hostOf, linksIn } from '../../../src/web/digests/links-in.ts'
import { published, said } from '../site-under-test.ts'

const ROOM = published('lounge', 'indexed')

function line (clock: string, nick: string, body: string, more: Partial<ArchivedEvent> = {}): ArchivedEvent {
  return { ...said(ROOM, `2026-11-20T${clock}`, nick, body), _id: '' as EventId, anchor: 't', ...more }
}

function digestOf (...events: ArchivedEvent[]): DayDigest {
  const digester = createDayDigester()
  for (const event of events) digester.add(event)
  return digester.done()
}

test('messages are counted by hour and by who said them', () => {
  const digest = digestOf(line('00:00:00', 'alice', 'a'), line('07:10:00', 'bob', 'b'), line('07:59:59', 'alice', 'c'), line('23:59:59', 'alice', 'd'))
  assert.equal(digest.messages, 4)
  assert.deepEqual([digest.hours[0], digest.hours[7], digest.hours[23], digest.hours.reduce((sum, n) => sum + n)], [1, 2, 1, 4])
  assert.deepEqual(digest.people, [['alice', 3], ['bob', 1]])
})

test('what has no line, what is removed and what is no message counts for nothing but itself', () => {
  const removed = { by: 'moderator', time: '2026-11-20T09:00:00.000000Z' as ArchiveTime } as const
  const digest = digestOf(
    line('07:00:00', 'alice', 'https://example.org/', { removed }),
    line('07:00:01', 'bob', 'https://example.org/', { appliesTo: 'x' }),
    line('07:00:02', 'carol', 'https://example.org/', { kind: 'subject' }),
    line('07:00:03', 'dan', 'edited', { standing: { latest: { uid: 'y', time: '2026-11-20T09:00:00.000000Z' as ArchiveTime, body: 'https://example.org/now' } } })
  )
  assert.deepEqual([digest.messages, digest.removed, digest.edited, digest.people], [1, 1, 1, [['dan', 1]]])
  assert.deepEqual(digest.links.map(({ url }) => url), ['https://example.org/now'])
})

test('an address is one link however often it is posted, with its first and its last message', () => {
  const digest = digestOf(
    line('07:00:00', 'a', 'see https://example.org/x, and https://example.org/x again', { uid: 'one' }),
    line('08:00:00', 'b', '(https://example.org/x)', { uid: 'two' })
  )
  assert.deepEqual(digest.links, [{
    url: 'https://example.org/x',
    times: 2,
    first: { uid: 'one', time: '2026-11-20T07:00:00.000000Z' },
    last: { uid: 'two', time: '2026-11-20T08:00:00.000000Z' }
  }])
})

test('a flood of addresses and names leaves a digest of bounded size, which tells how much it left out', () => {
  const digest = digestOf(...Array.from({ length: 5_000 }, (_, n) => line('07:00:00', `nick${n}`, `https://example.org/${n}`)))
  assert.deepEqual([digest.messages, digest.links.length, digest.unlisted, digest.people.length], [5_000, 300, 4_700, 2_000])
})

test('links are those that are shown: of texts and files, on the web, not behind spoilers', () => {
  const of = (body: string, more: Partial<ArchivedEvent> = {}): string[] => linksIn(line('07:00:00', 'a', body, more))
  assert.deepEqual(of('HTTP://Example.org/a mailto:a@example.org xmpp:a@example.org ftp://example.org'), ['http://example.org/a'])
  assert.deepEqual(of('x', { files: [{ url: 'https://example.org/f.png' }, { url: 'javascript:alert(1)' }, { url: 'no address' }, {}] }), ['https://example.org/f.png'])
  assert.deepEqual(of('https://example.org/', { spoiler: '' }), [])
  assert.deepEqual(of('https://example.org/', { encrypted: 'x' }), [])
  assert.deepEqual(of(`https://example.org/${'x'.repeat(2_000)}`), [])
  assert.equal(of(Array.from({ length: 200 }, (_, n) => `https://example.org/${n}`).join(' ')).length, 50)
  assert.equal(hostOf('https://www.Example.org:8080/'), 'example.org')
})

const answers = (...events: ArchivedEvent[]): DayDigest['answers'] => digestOf(...events).answers

test('an answer is a reply, or begins with the name of somebody who spoke shortly before', () => {
  assert.deepEqual(answers(line('07:00:00', 'alice', 'how?'), line('07:00:12', 'bob', 'alice: so')), [[12, 1]])
  assert.deepEqual(answers(line('07:00:00', 'alice', 'how?'), line('07:00:12', 'bob', 'alice, so')), [[12, 1]])
  assert.deepEqual(answers(line('07:00:00', 'alice', 'how?'), line('07:00:12', 'bob', '@alice: so')), [[12, 1]])
  assert.deepEqual(answers(line('07:00:00', 'alice', 'how?', { uid: 'q' }), line('07:05:30', 'bob', 'so', { repliesTo: 'q' })), [[300, 1]])
})

test('only the first answer to a message counts, and nobody answers himself', () => {
  assert.deepEqual(answers(line('07:00:00', 'alice', 'how?'), line('07:00:10', 'bob', 'alice: so'), line('07:00:20', 'carol', 'alice: or so')), [[10, 1]])
  assert.deepEqual(answers(line('07:00:00', 'alice', 'how?'), line('07:00:10', 'alice', 'alice: so')), [])
  assert.deepEqual(answers(line('07:00:00', 'alice', 'how?'), line('07:00:10', 'bob', 'nobody: so'), line('07:00:20', 'bob', 'alice so')), [])
})

test('who is addressed long after he spoke is not answered', () => {
  const between = Array.from({ length: 60 }, (_, n) => line('07:00:01', `nick${n}`, 'x'))
  assert.deepEqual(answers(line('07:00:00', 'alice', 'how?'), ...between, line('07:00:10', 'bob', 'alice: so')), [])
  assert.deepEqual(answers(line('07:00:00', 'alice', 'how?'), ...between.slice(1), line('07:00:10', 'bob', 'alice: so')), [[10, 1]])
})

test('times are cut the more the longer they are', () => {
  assert.deepEqual([0, 59, 60, 119, 120, 3_599, 3_600, 3_899, 3_900].map(roundedWait), [0, 59, 60, 60, 120, 3_540, 3_600, 3_600, 3_900])
})
