import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { place } from '../../src/archive/placement.ts'
import type { ArchiveTime } from '../../src/model/archive-time.ts'
import type { ArchivedEvent } from '../../src/model/event.ts'
import { publicLine, wholeLine } from '../../src/transfer/export-line.ts'
import { parseLine } from '../../src/transfer/formats/jsonl.ts'
import { message } from '../helpers/events.ts'

const TIME = '2026-11-21T08:00:00.000000Z' as ArchiveTime

function event (fields: Partial<ArchivedEvent> = {}): ArchivedEvent {
  return { ...place(message(fields), { isTaken: () => false, countInSecond: () => 0 }), ...fields }
}

function shown (fields: Partial<ArchivedEvent>): Record<string, unknown> | undefined {
  const line = publicLine(event(fields))
  return line === undefined ? undefined : JSON.parse(line) as Record<string, unknown>
}

const SECRETS: Partial<ArchivedEvent> = {
  occupant: 'SECRET', stanza: '<message>SECRET</message>', origin: 'SECRET', source: { format: 'jsonl', file: 'SECRET' }, private: { jid: 'SECRET@example.org' }, claimedTime: 'SECRET'
}

test('the same event is always the same bytes, whatever the order of its members', () => {
  const one = event({ files: [{ url: 'https://example.org/a', name: 'a' }], source: { format: 'jsonl', line: 1 } })
  const other = Object.fromEntries(Object.entries({ ...one, files: [{ name: 'a', url: 'https://example.org/a' }], source: { line: 1, format: 'jsonl' } }).reverse())
  assert.equal(wholeLine(other as unknown as ArchivedEvent), wholeLine(one))
})

test('a whole line has all that the record keeps, and nothing that it derives', () => {
  const line = wholeLine(event({ ...SECRETS, standing: { edits: 1 }, answered: { isRemoved: true }, appliesTo: 'x' }))
  assert.equal(line.match(/SECRET/g)?.length, 6)
  for (const name of ['anchor', 'standing', 'answered', 'appliesTo']) assert.ok(!line.includes(`"${name}"`), name)
})

test('a line for readers has nothing that the site does not show', () => {
  const line = publicLine(event({ ...SECRETS, mentions: [{ nick: 'bob', occupant: 'SECRET' }], crowd: [{ nick: 'x', occupant: 'SECRET' }] }))
  assert.ok(line?.includes('good morning') && !line.includes('SECRET'))
})

test('a line for readers has a message as it stands, and not what was said before', () => {
  const corrected = shown({ body: 'SECRET', files: [{ url: 'SECRET' }], standing: { latest: { body: 'better', uid: 'c', time: TIME }, edits: 1 } })
  assert.deepEqual([corrected?.['body'], corrected?.['uid'], corrected?.['files']], ['better', 'uid-1', undefined])
})

test('corrections, reactions and what asks for a removal have no line for readers', () => {
  for (const fields of [{ appliesTo: 'x', replaces: 'y' }, { reactsTo: 'x', reactions: ['👍'], fallback: [{ for: '' }] }, { retracts: 'x', fallback: [{ for: '' }] }]) {
    assert.equal(publicLine(event(fields)), undefined)
  }
  assert.equal(shown({ retracts: 'x', body: 'what else is said' })?.['body'], 'what else is said')
})

test('of a removed message readers get its place, and who removed it', () => {
  const { body: _, ...rest } = event()
  const line = publicLine({ ...rest, ...SECRETS, removed: { by: 'moderator', time: TIME, reason: 'spam', retraction: 'r', moderator: 'carol' } })
  assert.deepEqual((JSON.parse(line ?? '') as ArchivedEvent).removed, { by: 'moderator', reason: 'spam', time: TIME })
  assert.ok(!line?.includes('SECRET') && !line?.includes('carol'))
})

test('of an encrypted message readers get that it was one', () => {
  const line = publicLine(event({ encrypted: 'urn:xmpp:omemo:2', body: 'SECRET', spoiler: 'SECRET' }))
  assert.ok(line?.includes('urn:xmpp:omemo:2') && !line.includes('SECRET'))
})

test('what stands in for something else is not in a line for readers', () => {
  const line = shown({ body: '> hi\nhello', repliesTo: 'x', fallback: [{ for: 'urn:xmpp:reply:0', start: 0, end: 5 }] })
  assert.deepEqual([line?.['body'], line?.['fallback']], ['hello', undefined])
})

test('lines of both forms are read back', () => {
  for (const fields of [{}, { files: [{ url: 'https://example.org/a' }], body: '' }, { encrypted: 'urn:xmpp:omemo:2' }] satisfies Array<Partial<ArchivedEvent>>) {
    for (const line of [wholeLine(event(fields)), publicLine(event(fields)) ?? '']) assert.equal(parseLine(line).uid, 'uid-1')
  }
})
