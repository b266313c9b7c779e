import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseRoomJid } from '../../../src/model/address.ts'
import { hasCode } from '../../../src/model/errors.ts'
import { parseLine } from '../../../src/transfer/formats/jsonl.ts'

const ROOM = parseRoomJid('lounge@conference.example.org')
const LINE = { room: ROOM, ts: '2026-11-21T07:14:09Z', kind: 'message', nick: 'alice', body: 'hi' }
const TIME = '2026-11-21T07:14:09.000000Z'

function parse (fields: object): object {
  return parseLine(JSON.stringify(fields))
}

function reason (line: string): string {
  try {
    parseLine(line)
  } catch (error) {
    assert.ok(hasCode(error, 'ERR_EVENT', 'ERR_JID', 'ERR_TIME'), String(error))
    return error.message
  }
  assert.fail(`taken: ${line}`)
}

test('each kind of event is read', () => {
  const common = { room: ROOM, time: TIME, nick: 'alice' }
  const table: ReadonlyArray<readonly [object, object]> = [
    [{ kind: 'message', body: 'hi' }, { kind: 'message', body: 'hi' }],
    [{ kind: 'message', body: '' }, { kind: 'message', body: '' }],
    [{ kind: 'subject', body: 'Welcome' }, { kind: 'subject', body: 'Welcome' }],
    [{ kind: 'join' }, { kind: 'join' }],
    [{ kind: 'leave', body: 'bye' }, { kind: 'leave', reason: 'bye' }],
    [{ kind: 'leave', body: 'bye', reason: 'bored' }, { kind: 'leave', reason: 'bored' }],
    [{ kind: 'nick', new_nick: 'al' }, { kind: 'nick', newNick: 'al' }],
    [{ kind: 'nick', newNick: 'al' }, { kind: 'nick', newNick: 'al' }],
    [{ kind: 'kick', actor: 'bob', reason: 'spam' }, { kind: 'kick', actor: 'bob', reason: 'spam' }],
    [{ kind: 'ban', actor: 'bob' }, { kind: 'ban', actor: 'bob' }],
    [{ kind: 'role', role: 'moderator' }, { kind: 'role', role: 'moderator' }],
    [{ kind: 'affiliation', affiliation: 'owner' }, { kind: 'affiliation', affiliation: 'owner' }],
    [{ kind: 'configuration', status: [104, 172] }, { kind: 'configuration', status: [104, 172] }],
    [{ kind: 'destroy', alternate: 'b@c.d' }, { kind: 'destroy', alternate: 'b@c.d' }],
    [{ kind: 'message', reactsTo: 'u1', reactions: ['👍'] }, { kind: 'message', reactsTo: 'u1', reactions: ['👍'] }],
    [{ kind: 'message', body: null, retracts: 'u1', colour: 'red' }, { kind: 'message', retracts: 'u1' }]
  ]
  for (const [fields, event] of table) {
    assert.deepEqual(parse({ room: ROOM, ts: LINE.ts, nick: 'alice', ...fields }), { ...common, ...event })
  }
})

test('a subject without a nick was set by the room itself', () => {
  const { nick: _, ...line } = LINE
  assert.deepEqual(parse({ ...line, kind: 'subject' }), { kind: 'subject', room: ROOM, time: TIME, nick: '', body: 'hi' })
})

test('times of every usual form are read as UTC with microseconds', () => {
  const table = {
    '2026-11-21T07:14:09Z': TIME,
    '2026-11-21T07:14:09.37218Z': '2026-11-21T07:14:09.372180Z',
    '2026-11-21T07:14:09.123456789123Z': '2026-11-21T07:14:09.123456Z',
    '2026-11-21T08:44:09.5+01:30': '2026-11-21T07:14:09.500000Z',
    '2026-11-20T21:14:09-1000': TIME,
    '2026-11-21 07:14:09,25 z': '2026-11-21T07:14:09.250000Z',
    '2016-12-31T23:59:60Z': '2016-12-31T23:59:59.000000Z'
  }
  for (const [ts, time] of Object.entries(table)) assert.equal(parseLine(JSON.stringify({ ...LINE, ts })).time, time, ts)
  assert.equal(parseLine(JSON.stringify({ ...LINE, time: '2020-01-01T00:00:00Z' })).time, '2020-01-01T00:00:00.000000Z')
})

test('a room given for all lines stands before that of the line', () => {
  const other = parseRoomJid('den@conference.example.org')
  assert.equal(parseLine(JSON.stringify(LINE), other).room, other)
  assert.equal(parseLine(JSON.stringify({ ...LINE, room: 'no address' }), other).room, other)
  assert.equal(parseLine(JSON.stringify({ ...LINE, room: 'LOUNGE@Conference.example.org' })).room, ROOM)
})

test('a line that cannot be used says why, without its text', () => {
  const { room, ts, kind, nick, body, ...empty } = LINE
  const table: ReadonlyArray<readonly [string | object, RegExp]> = [
    ['', /^Cannot read the line as JSON: Unexpected end of JSON input$/],
    ['secret', /^Cannot read the line as JSON: unexpected character$/],
    ['{"body": "secret', /^Cannot read the line as JSON: Unterminated string/],
    ['{"body": "secret"} secret', /^Cannot read the line as JSON: Unexpected non-whitespace character/],
    ['null', /expected a JSON object/],
    ['["secret"]', /expected a JSON object/],
    [{ ...LINE, kind: 'shout' }, /^Cannot use the kind "shout": expected one of message, subject, join/],
    [{ room, ts, nick, body }, /^kind is missing/],
    [{ ts, kind, nick, body }, /^room is missing/],
    [{ ...LINE, room: 'duraspace' }, /^Cannot use "duraspace" as a room/],
    [{ ...LINE, room: 7 }, /^Cannot use the room 7/],
    [{ room, kind, nick, body }, /^time is missing/],
    [{ ...LINE, ts: '2026-11-21T07:14:09' }, /^Cannot use the time "2026-11-21T07:14:09": expected a date, a time and an offset/],
    [{ ...LINE, ts: '2026-02-30T00:00:00Z' }, /^Cannot read the time/],
    [{ ...LINE, ts: 1_700_000_000 }, /^Cannot use the time 1700000000/],
    [{ ...LINE, ts: '1969-12-31T23:59:59Z' }, /^Cannot read the time/],
    [{ room, ts, kind, body }, /^nick is missing/],
    [{ ...LINE, nick: 7 }, /^Cannot use nick: expected a text$/],
    [{ room, ts, kind, nick }, /^body is missing: expected the text of a message$/],
    [{ room, ts, kind: 'subject', nick }, /^body is missing: expected the text of a subject$/],
    [{ ...LINE, body: { secret: 1 } }, /^Cannot use body: expected a text$/],
    [{ room, ts, kind: 'nick', nick }, /^newNick is missing/],
    [{ room, ts, kind: 'nick', nick, new_nick: '' }, /^newNick is missing/],
    [{ ...LINE, reactions: ['👍', 1] }, /^Cannot use reactions/],
    [{ ...LINE, status: ['104'] }, /^Cannot use status/],
    [{ ...LINE, uid: '' }, /^Cannot use the uid/],
    [{ ...LINE, uid: 'a\nb' }, /^Cannot use the uid/],
    [{ ...LINE, _id: 'x', removed: { by: 'nobody', time: ts } }, /^Cannot use removed/],
    [{ ...LINE, _id: 'x', removed: { by: 'author', time: 'soon' } }, /^Cannot use the time "soon"/],
    [empty, /^kind is missing/]
  ]
  for (const [line, expected] of table) {
    const message = reason(typeof line === 'string' ? line : JSON.stringify(line))
    assert.match(message, expected)
    assert.doesNotMatch(message, /secret/)
  }
})

test('control characters stay, NUL and lone surrogates are replaced', () => {
  const { body } = parseLine('{"room":"a@b.c","ts":"2026-11-21T07:14:09Z","kind":"message","nick":"x\\u0000","body":"\\u0002bold\\u0002 \\u0000 \\ud83d \\ud83d\\udc4d"}')
  assert.equal(body, '\u0002bold\u0002 \ufffd \ufffd 👍')
})

test('a document of ours keeps all it has but its place and its revision', () => {
  const document = {
    _id: 'lounge@conference.example.org:t:2026-11-21T07:14:09.372180Z',
    _rev: '1-abc',
    anchor: 't071409',
    kind: 'message',
    room: ROOM,
    time: '2026-11-21T07:14:09.372180Z',
    uid: 'Dz696mOFzdLTT9',
    nick: 'alice',
    occupant: 'pXxR',
    body: 'hi',
    message: 'm1',
    origin: 'o1',
    replaces: 'm0',
    repliesTo: 'u0',
    claimedTime: '2026-11-20T00:00:00Z',
    stanza: '<message/>',
    via: 'catch-up',
    source: { format: 'mam', page: 3 },
    private: { jid: 'alice@example.org' }
  }
  const { _id, _rev, anchor, ...kept } = document
  assert.deepEqual(parse(document), kept)
})

test('a removed event comes back as a tombstone, whatever text the line still has', () => {
  const removed = { by: 'moderator', time: '2026-11-22T00:00:00.000000Z', reason: 'spam' }
  const line = { ...LINE, _id: 'x', uid: 'u1', via: 'live', stanza: '<message/>', removed }
  assert.deepEqual(parse(line), { kind: 'message', room: ROOM, time: TIME, nick: 'alice', uid: 'u1', via: 'live', removed })
  assert.deepEqual(parse({ ...line, body: undefined }), parse(line))
})

test('via, source, removed and private of other lines are not believed', () => {
  const { room, kind, nick, body } = LINE
  const line = { ...LINE, uid: 'u1', via: 'live', source: { format: 'x' }, private: { jid: 'a@b.c' }, removed: { by: 'author', time: LINE.ts } }
  assert.deepEqual(parse(line), { room, kind, nick, body, time: TIME, uid: 'u1' })
})

test('any line is either an event or a problem with a reason', () => {
  const field = fc.oneof(fc.string(), fc.jsonValue(), fc.constantFrom(...Object.values(LINE)))
  const name = fc.constantFrom(...Object.keys(LINE), 'time', 'newNick', 'uid', '_id', 'removed', 'source', 'reactions', 'status', '__proto__')
  const fields = fc.dictionary(name, field)
  const line = fc.oneof(
    fc.string(),
    fc.json(),
    fields.map(value => JSON.stringify(value)),
    fields.map(value => JSON.stringify({ ...LINE, ...value }))
  )
  fc.assert(fc.property(line, text => {
    try {
      const event = parseLine(text)
      assert.match(event.time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/)
      assert.equal(typeof event.nick, 'string')
    } catch (error) {
      assert.ok(hasCode(error, 'ERR_EVENT', 'ERR_JID', 'ERR_TIME'), String(error))
    }
  }), { numRuns: 1000 })
})
