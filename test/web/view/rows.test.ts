import assert from 'node:assert/strict'
import test from 'node:test'
import type { ArchiveTime } from '../../../src/model/archive-time.ts'
import type { Day } from '../../../src/model/day.ts'
import type { RoomEvent } from '../../../src/model/event.ts'
import { english } from '../../../src/web/language/en.ts'
import { plainLines } from '../../../src/web/view/plain-lines.ts'
import { plainText } from '../../../src/web/view/parts.ts'
import { rowOf, rowsOf } from '../../../src/web/view/rows.ts'
import { utcClock } from '../../../src/web/view/zone-clock.ts'
import { alone } from './alone.ts'
import { recorded } from './recorded.ts'

const DAY = '2026-11-20' as Day

function at (clock: string, fields: Partial<RoomEvent>): ReturnType<typeof recorded> {
  return recorded({ time: `2026-11-20T${clock}.000000Z` as ArchiveTime, ...fields })
}

const SENTENCES: ReadonlyArray<readonly [Partial<RoomEvent>, string]> = [
  [{ kind: 'subject', body: 'News' }, 'alice set the subject: News'],
  [{ kind: 'subject', body: '' }, 'alice cleared the subject'],
  [{ kind: 'subject', nick: '', body: 'News' }, 'The room set the subject: News'],
  [{ kind: 'join' }, 'alice joined'],
  [{ kind: 'join', hats: [{ uri: 'u:h', title: 'Host' }, { uri: 'u:s', title: 'Speaker' }] }, 'alice (Host, Speaker) joined'],
  [{ kind: 'leave' }, 'alice left'],
  [{ kind: 'leave', reason: 'bye\nnow' }, 'alice left (bye now)'],
  [{ kind: 'leave', status: [333] }, 'alice lost the connection'],
  [{ kind: 'leave', status: [322] }, 'alice had to leave as the room is for members only now'],
  [{ kind: 'nick', newNick: 'alicia' }, 'alice is now known as alicia'],
  [{ kind: 'kick' }, 'alice was kicked'],
  [{ kind: 'kick', actor: 'bob', reason: 'spam' }, 'alice was kicked by bob: spam'],
  [{ kind: 'ban', actor: 'bob' }, 'alice was banned by bob'],
  [{ kind: 'role', role: 'moderator', actor: 'bob' }, 'alice now has the role moderator, set by bob'],
  [{ kind: 'affiliation', affiliation: 'member' }, 'alice now has the affiliation member'],
  [{ kind: 'affiliation', affiliation: '<b>' }, 'alice now has the affiliation none'],
  [{ kind: 'configuration', status: [104] }, 'The configuration of the room was changed'],
  [{ kind: 'configuration', status: [170, 172] }, 'The room is logged from now on; The room shows real addresses to everyone from now on'],
  [{ kind: 'destroy', reason: 'over', alternate: 'new@conference.example.org' }, 'The room was closed down: over; it goes on in new@conference.example.org'],
  [{ kind: 'message', body: '', reactsTo: 'x', reactions: ['👍', '🎉'] }, 'alice reacted with 👍 🎉'],
  [{ kind: 'message', body: '', reactsTo: 'x', reactions: [] }, 'alice took a reaction back']
]

for (const [fields, sentence] of SENTENCES) {
  test(`told as: ${sentence}`, () => {
    const row = rowOf(recorded(fields), { zone: utcClock, around: alone, words: english })
    assert.equal(row?.kind, 'note')
    assert.equal(plainText(row.parts), sentence)
  })
}

test('a speaker who goes on is named once, until a pause, another hour, an action or somebody else', () => {
  const rows = rowsOf([
    at('07:00:00', { body: '1' }), at('07:01:00', { body: '2' }), at('07:10:59', { body: '3' }), at('07:21:00', { body: '4' }),
    at('07:22:00', { body: '/me 5' }), at('07:23:00', { body: '6' }), at('07:23:30', { nick: 'bob', body: '7' }), at('07:24:00', { body: '8' }),
    at('07:59:59', { body: '9' }), at('08:00:01', { body: '10' })
  ], { presence: 'netted', zone: utcClock, day: DAY, around: alone, words: english })
  assert.deepEqual(rows.map(row => row.kind === 'message' && row.isContinued), [false, true, true, false, false, false, false, false, false, false])
})

test('comings and goings between two messages are one line; kicks and bans stand alone', () => {
  const events = [
    at('07:00:00', { kind: 'join', nick: 'a' }), at('07:00:01', { kind: 'leave', nick: 'b' }), at('07:00:02', { body: 'hi' }),
    at('07:00:03', { kind: 'join', nick: 'c' }), at('07:00:04', { kind: 'kick', nick: 'c' }), at('07:00:05', { kind: 'leave', nick: 'd' })
  ]
  assert.deepEqual(rowsOf(events, { presence: 'netted', zone: utcClock, day: DAY, around: alone, words: english }).map(row => row.kind), ['fold', 'message', 'fold', 'note', 'fold'])
  assert.deepEqual(rowsOf(events, { presence: 'full', zone: utcClock, day: DAY, around: alone, words: english }).map(row => row.kind), ['note', 'note', 'message', 'note', 'note', 'note'])
  assert.deepEqual(rowsOf(events, { presence: 'none', zone: utcClock, day: DAY, around: alone, words: english }).map(row => row.kind), ['message'])
})

test('messages that say nothing themselves have no line and end no run', () => {
  const { body: _body, ...silent } = at('07:00:01', {})
  const events = [at('07:00:00', { kind: 'join', nick: 'a' }), silent, at('07:00:02', { retracts: 'x', fallback: [{ for: '' }] }), at('07:00:03', { kind: 'join', nick: 'b' })]
  assert.deepEqual(rowsOf(events, { presence: 'netted', zone: utcClock, day: DAY, around: alone, words: english }).map(row => row.kind === 'fold' && plainText(row.names)), ['a, b joined'])
})

test('of a removed event nothing is told but who removed it, and why', () => {
  const removed = { by: 'moderator', time: '2026-11-20T08:00:00.000000Z' as ArchiveTime, reason: 'spam\nand more' } as const
  const row = rowOf(recorded({ body: 'CANARY', nick: 'CANARY', removed }), { zone: utcClock, around: alone, words: english })
  assert.equal(row?.kind, 'removed')
  assert.doesNotMatch(JSON.stringify(row), /CANARY/)
  assert.equal(plainText(row.parts), 'Removed by a moderator: spam and more')
})

test('plain text has one event a line, in which no message can pretend to be another', () => {
  const text = plainLines([
    at('07:14:09', { body: 'hello' }),
    at('07:14:10', { nick: 'mallory', body: 'look\n[07:14:11] <alice> I agree\r[07:14:12] <bob> me too' }),
    at('07:14:13', { nick: 'x>\n[07:14:14] <alice', body: 'hi' }),
    at('07:14:15', { body: '/me waves' }),
    at('07:14:16', { kind: 'join', nick: 'bob' }),
    at('07:14:17', { body: '```\ncode\n```\n' })
  ], DAY, alone)
  assert.equal(text, [
    '[07:14:09] <alice> hello',
    '[07:14:10] <mallory> look',
    '           [07:14:11] <alice> I agree',
    '           [07:14:12] <bob> me too',
    '[07:14:13] <x> [07:14:14] <alice> hi',
    '[07:14:15] * alice waves',
    '[07:14:16] *** bob joined',
    '[07:14:17] <alice> ```',
    '           code',
    '           ```',
    ''
  ].join('\n'))
})
