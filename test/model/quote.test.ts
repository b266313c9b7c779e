import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import type { ArchiveTime } from '../../src/model/archive-time.ts'
import type { Content } from '../../src/model/content.ts'
import type { ArchivedEvent, EventId } from '../../src/model/event.ts'
import { cutQuotes, withoutQuote } from '../../src/model/quote.ts'
import { quotedLines } from '../../src/model/quoted-lines.ts'
import { tombstoneOf } from '../../src/model/tombstone.ts'
import { message } from '../helpers/events.ts'

const REPLY = 'urn:xmpp:reply:0'
const REMOVED = ['the secret is out\nand so am I', 'a second version']
const KEEP = (stanza: string) => stanza

function reply (content: Content, fields: Partial<ArchivedEvent> = {}): ArchivedEvent {
  return { ...message({ repliesTo: 'x', ...content }), _id: 'i' as EventId, anchor: 't', ...fields }
}

const LINES: ReadonlyArray<readonly [body: string, rest: string]> = [
  ['> the secret is out\n> and so am I\nreally?', 'really?'],
  ['> alice wrote:\n> the secret is out\nreally?', 'really?'],
  ['> alice: the secret is out\nreally?', 'really?'],
  ['> the secret is…\nreally?', 'really?'],
  ['> the secret is out and so\n> am I\nreally?', 'really?'],
  ['>the   secret is out', ''],
  ['>> the secret is out\n> what?\nthat', '> what?\nthat'],
  ['yes\n> a second version\nno', 'yes\nno'],
  ['> something else\n> alice wrote:\nreally?', '> something else\n> alice wrote:\nreally?'],
  ['> ret', '> ret'],
  ['>', '>'],
  ['the secret is out', 'the secret is out'],
  ['', '']
]

for (const [body, rest] of LINES) {
  test(`of ${JSON.stringify(body)} this stays: ${JSON.stringify(rest)}`, () => {
    assert.equal(withoutQuote(reply({ body }), REMOVED, KEEP).body, rest)
  })
}

test('short words are found as words only, in whatever language', () => {
  assert.deepEqual(quotedLines('> so\n> secre', REMOVED), [{ from: 0, to: 5 }])
  assert.deepEqual(quotedLines('> 秘密', ['秘密']).length, 1)
  assert.deepEqual(quotedLines('> bob: 秘密', ['秘密']).length, 1)
  assert.deepEqual(quotedLines('> text', ['', ' \n>']), [])
})

test('what a reply marks as its quote goes, whatever it says, and what is marked behind it moves', () => {
  const body = '> 🧛 else\nyes 🧛 bob [poll]'
  const content = {
    body,
    fallback: [{ for: REPLY, start: 0, end: 9 }, { for: 'urn:example', start: 19, end: 25 }, { for: 'urn:example', start: 5, end: 12 }, { for: 'urn:example', end: 99 }],
    mentions: [{ start: 15, end: 18, nick: 'bob' }, { start: 4, end: 8, nick: 'else' }, { nick: 'carol' }]
  }
  assert.deepEqual(withoutQuote(reply(content), [], KEEP), reply({
    body: 'yes 🧛 bob [poll]',
    fallback: [{ for: 'urn:example', start: 10, end: 16 }, { for: 'urn:example', start: 0, end: 3 }, { for: 'urn:example', end: 90 }],
    mentions: [{ start: 6, end: 9, nick: 'bob' }, { nick: 'else' }, { nick: 'carol' }]
  }))
})

test('a body that is nothing but a quote is empty, in all languages', () => {
  const cut = withoutQuote(reply({ body: 'secret', bodies: { de: 'geheim' }, fallback: [{ for: REPLY }] }), [], KEEP)
  assert.deepEqual(cut, reply({ body: '', bodies: { de: '' } }))
})

test('the other languages, the corrected text and the stanza lose their quotes too', () => {
  const time = '2026-11-21T07:20:00.000000Z' as ArchiveTime
  const event = reply({ body: 'yes', bodies: { de: '> the secret is out\nja' } }, {
    stanza: '<message/>', standing: { edits: 1, latest: { uid: 'u2', time, body: '> a second version\nno', fallback: [{ for: REPLY, start: 0, end: 19 }] } }
  })
  assert.deepEqual(withoutQuote(event, REMOVED, (stanza, texts) => `${stanza}${texts.length}`), {
    ...event, bodies: { de: 'ja' }, stanza: '<message/>2', standing: { edits: 1, latest: { uid: 'u2', time, body: 'no' } }
  })
})

test('a stanza that cannot be read does not stay', () => {
  assert.ok(!('stanza' in withoutQuote(reply({ body: 'yes' }, { stanza: '<' }), REMOVED, () => undefined)))
})

test('a message that quotes nothing is the same', () => {
  const event = reply({ body: 'yes', fallback: [{ for: 'urn:example' }] }, { stanza: '<message/>' })
  assert.equal(withoutQuote(event, REMOVED, KEEP), event)
})

test('once cut, there is nothing more to cut, and what is left was there before', () => {
  const line = fc.constantFrom('> the secret is out', '> alice wrote:', '> else', 'yes', '🧛', '', '>> a second version')
  const bound = fc.nat(40)
  fc.assert(fc.property(fc.array(line), fc.array(fc.tuple(bound, bound), { maxLength: 2 }), (lines, stretches) => {
    const event = reply({ body: lines.join('\n'), fallback: stretches.map(([start, end]) => ({ for: REPLY, start, end })) })
    const cut = withoutQuote(event, REMOVED, KEEP)
    assert.doesNotMatch(cut.body ?? '', /^>.*(?:secret is out|second version)/m)
    const again = withoutQuote(cut, REMOVED, KEEP)
    assert.ok((again.body ?? '').length <= (cut.body ?? '').length)
    assert.ok(isSubsequence(cut.body ?? '', event.body ?? ''))
  }))
})

function isSubsequence (part: string, whole: string): boolean {
  let at = 0
  for (const character of whole) if (part.startsWith(character, at)) at += character.length
  return at === part.length
}

test('stretches that were beyond the body stay beyond it', () => {
  const cut = cutQuotes('> a\nb', [{ for: REPLY, start: 0, end: 4 }], [])
  assert.deepEqual(cut?.moved({ start: 5, end: 9 }), { start: 1, end: 5 })
})

// Were they compared each with each, the suite would not end.
test('as many quotes as a stanza holds are cut like any other', () => {
  const texts = [Array.from({ length: 50_000 }, (_, n) => `line ${n}`).join('\n'), 'a'.repeat(200_000)]
  const body = Array.from({ length: 50_000 }, (_, n) => `> line ${n}\n> a${n}\nyes`).join('\n')
  const fallback = Array.from({ length: 32 }, (_, n) => ({ for: 'urn:example', start: n * 1_000, end: n * 1_000 + 10 }))
  assert.doesNotMatch(withoutQuote(reply({ body, fallback }), texts, KEEP).body ?? '', /^> line/m)
})

test('of many long texts the lines of all are found, parts of lines only as long as that is little work', () => {
  const texts = Array.from({ length: 40 }, (_, n) => `${'so many words '.repeat(5_000)}${n}`)
  const parts = Array.from({ length: 50 }, (_, n) => `> ${'words so many '.repeat(n + 1)}`)
  const body = [...parts, `> ${texts[39]}`].join('\n')
  const found = quotedLines(body, texts)
  assert.ok(found.length > 1 && found.length < 20, `${found.length} lines`)
  assert.equal(found.at(-1)?.to, body.length)
})

test('of a removed message nothing stays that it said', () => {
  const removed = { by: 'author', time: '2026-11-21T08:00:00.000000Z' as ArchiveTime, retraction: 'u9' } as const
  const event: ArchivedEvent = {
    ...reply({ body: 'canary', bodies: { de: 'canary' }, fallback: [{ for: 'canary' }], files: [{ url: 'canary' }], spoiler: 'canary', mentions: [{ nick: 'canary' }], language: 'canary', encrypted: 'canary', unstyled: true }),
    ...{ occupant: 'o', message: 'm', origin: 'canary', replaces: 'r', retracts: 't', reactsTo: 'x', reactions: ['canary'] },
    ...{ claimedTime: 'canary', stanza: 'canary', actor: 'canary', reason: 'canary', source: { format: 'canary' }, private: { jid: 'canary' } },
    appliesTo: 'u1',
    standing: { edits: 1, latest: { uid: 'u2', time: removed.time, body: 'canary' } }
  }
  const { _id, anchor, kind, room, time, uid, nick, via } = event
  assert.deepEqual(tombstoneOf(event, removed), { _id, anchor, kind, room, time, uid, nick, via, occupant: 'o', message: 'm', replaces: 'r', retracts: 't', reactsTo: 'x', appliesTo: 'u1', removed })
})
