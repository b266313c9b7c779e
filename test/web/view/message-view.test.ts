import assert from 'node:assert/strict'
import test from 'node:test'
import type { ArchiveTime } from '../../../src/model/archive-time.ts'
import type { Content, SharedFile } from '../../../src/model/content.ts'
import type { ArchivedEvent } from '../../../src/model/event.ts'
import { english } from '../../../src/web/language/en.ts'
import { fileLine, sizeText } from '../../../src/web/view/file-line.ts'
import { gistOf } from '../../../src/web/view/gist.ts'
import { languageName, languageTag } from '../../../src/web/view/language.ts'
import { messageView } from '../../../src/web/view/message-view.ts'
import { reactionLine } from '../../../src/web/view/reaction-line.ts'
import { replyLine } from '../../../src/web/view/reply-line.ts'
import { rowOf, rowsOf } from '../../../src/web/view/rows.ts'
import { plainText } from '../../../src/web/view/parts.ts'
import type { Surroundings } from '../../../src/web/view/surroundings.ts'
import { plainBlocks } from '../../../src/web/view/text-blocks.ts'
import { createZoneClock, utcClock } from '../../../src/web/view/zone-clock.ts'
import { alone } from './alone.ts'
import { recorded } from './recorded.ts'

const LATER = '2026-11-22T08:00:12.000000Z' as ArchiveTime
const without = (event: ArchivedEvent): ArchivedEvent => {
  const { body: _, ...rest } = event
  return rest
}
const view = (event: ArchivedEvent, around = alone) => messageView(event, { zone: utcClock, around, words: english })
const knowing = (message: ArchivedEvent): Surroundings => ({ ...alone, answered: new Map([['u0', message]]) })

test('a message says what its last correction says, all of it', () => {
  const event = recorded({ body: 'CANARY', spoiler: 'CANARY', files: [{ url: 'https://example.org/CANARY' }], language: 'de' })
  const shown = view({ ...event, standing: { latest: { body: 'right', uid: 'e1', time: LATER }, edits: 3 } })
  assert.doesNotMatch(JSON.stringify(shown), /CANARY/)
  assert.equal(plainBlocks(shown?.blocks ?? []), 'right')
  assert.deepEqual(shown?.edited, { isoTime: '2026-11-22T08:00:12Z', when: '22 November 2026, 08:00:12 UTC' })
  assert.ok(shown?.isPlain)
})

test('the mark of an edit tells the time in the zone of the page, and leads to what was said before where that is shown', () => {
  const event = { ...recorded(), standing: { latest: { body: 'x', uid: 'e1', time: '2026-11-22T23:30:00.000000Z' as ArchiveTime } } }
  const zone = createZoneClock('Europe/Berlin')
  assert.ok(zone !== undefined)
  assert.deepEqual(messageView(event, { zone, around: { ...alone, showsEdits: true }, words: english })?.edited, {
    isoTime: '2026-11-22T23:30:00Z', when: '23 November 2026, 00:30:00 Europe/Berlin', href: '/r/lounge/m/uid-1#edits'
  })
})

test('a message with nothing to show has no view; one with a file alone has', () => {
  assert.equal(view(without(recorded())), undefined)
  const shown = view(without(recorded({ files: [{ url: 'https://example.org/a.png' }] })))
  assert.deepEqual(shown?.blocks, [])
  assert.equal(shown.files?.length, 1)
})

test('an address that is a file is shown as the file', () => {
  const url = 'https://example.org/a.png'
  const shown = view(recorded({ body: ` ${url}\n`, files: [{ url }] }))
  assert.deepEqual([shown?.blocks, shown?.files?.[0]?.href], [[], url])
  assert.equal(plainBlocks(view(recorded({ body: `see ${url}`, files: [{ url }] }))?.blocks ?? []), `see ${url}`)
})

test('of an encrypted message nothing is shown that stands beside the cipher', () => {
  const beside: Content = { body: 'CANARY', spoiler: 'CANARY', bodies: { de: 'CANARY' }, files: [{ name: 'CANARY' }], mentions: [{ nick: 'CANARY' }] }
  const shown = view(recorded({ ...beside, encrypted: 'urn:x' }))
  assert.doesNotMatch(JSON.stringify(shown), /CANARY/)
  assert.ok(shown?.isEncrypted)
})

test('what is part of another message has no line, nor has a forged retraction, but for what it says besides', () => {
  const around = { zone: utcClock, around: alone, words: english }
  assert.equal(rowOf({ ...recorded(), appliesTo: 'u0' }, around), undefined)
  const fallback = [{ for: 'urn:xmpp:message-retract:1', start: 0, end: 9 }]
  assert.equal(rowOf(recorded({ retracts: 'u0', body: 'retracted', fallback }), around), undefined)
  assert.equal(rowOf(recorded({ retracts: 'u0', body: 'retracted, and more', fallback }), around)?.kind, 'message')
  assert.equal(rowOf(recorded({ replaces: 'm0', body: 'x' }), around)?.kind, 'message')
})

test('a reaction with words of its own is a message', () => {
  const row = rowOf(recorded({ reactsTo: 'u0', reactions: ['👍'], body: 'well said' }), { zone: utcClock, around: alone, words: english })
  assert.equal(row?.kind, 'message')
})

test('what was removed in the same way one after another is one line that keeps every anchor', () => {
  const at = (clock: string, by: 'author' | 'moderator', reason?: string): ArchivedEvent => ({
    ...recorded({ time: `2026-11-20T${clock}.000000Z` as ArchiveTime }), removed: { by, time: LATER, ...(reason === undefined ? {} : { reason }) }
  })
  const events = [
    at('07:00:00', 'moderator', 'spam'), at('07:00:01', 'moderator', 'spam'), at('07:00:02', 'moderator', 'spam'), at('07:00:03', 'moderator'),
    at('07:00:04', 'author'), at('07:00:05', 'author'), at('08:00:00', 'author')
  ]
  const rows = rowsOf(events, { presence: 'netted', zone: utcClock, day: '2026-11-20' as never, around: alone, words: english })
  assert.deepEqual(rows.map(row => row.kind === 'removed' && [plainText(row.parts), row.anchors]), [
    ['3 messages removed by a moderator: spam', ['t070000', 't070001', 't070002']],
    ['Removed by a moderator', ['t070003']],
    ['2 messages removed by their authors', ['t070004', 't070005']],
    ['Removed by its author', ['t080000']]
  ])
})

const REPLIES: ReadonlyArray<readonly [name: string, event: ArchivedEvent, around: Surroundings, line: object | undefined]> = [
  ['nothing', recorded(), alone, undefined],
  ['a known message, as it stands', recorded({ repliesTo: 'u0' }),
    knowing({ ...recorded({ uid: 'u0', nick: 'bob', body: 'CANARY' }), standing: { latest: { body: 'it\nstands', uid: 'e', time: LATER } } }),
    { nick: 'bob', text: 'it stands', href: '/r/lounge/m/u0' }],
  ['a removed message', recorded({ repliesTo: 'u0' }), knowing({ ...recorded(), removed: { by: 'author', time: LATER } }), { text: 'a removed message' }],
  ['one that was removed and is not there any more', { ...recorded({ repliesTo: 'u0' }), answered: { isRemoved: true } }, alone, { text: 'a removed message' }],
  ['one that is not known, and quoted', recorded({ repliesTo: 'u0', body: '> > old\n> words\nnew', fallback: [{ for: 'urn:xmpp:reply:0', start: 0, end: 16 }] }), alone, { text: 'old words' }],
  ['one that is not known', recorded({ repliesTo: 'u0' }), alone, { text: 'a message that is not in this archive' }],
  ['a spoiler', recorded({ repliesTo: 'u0' }), knowing(recorded({ uid: 'u0', body: 'CANARY', spoiler: '' })), { nick: 'alice', text: 'a spoiler', href: '/r/lounge/m/u0' }]
]

for (const [name, event, around, line] of REPLIES) {
  test(`an answer to ${name}`, () => { assert.deepEqual(replyLine(event, around, english), line) })
}

test('the gist of a message gives away nothing that is hidden', () => {
  assert.equal(gistOf(recorded({ body: 'CANARY', spoiler: 'the end' }), 50, english), 'a spoiler: the end')
  assert.equal(gistOf(recorded({ body: 'CANARY', encrypted: 'x' }), 50, english), 'encrypted message')
  assert.equal(gistOf({ ...recorded({ body: 'CANARY' }), removed: { by: 'author', time: LATER } }, 50, english), 'a removed message')
  assert.equal(gistOf(recorded({ body: '/me waves' }), 50, english), 'waves')
  assert.equal(gistOf(recorded({ body: 'https://example.org/a.png', files: [{ url: 'https://example.org/a.png' }, { name: 'b' }] }), 50, english), 'a.png, b')
})

const FILES: ReadonlyArray<readonly [file: SharedFile, name: string, href: string | undefined, facts: string]> = [
  [{ url: 'https://files.example.org/x/my%20cat.jpg', type: 'image/jpeg', size: 1500 }, 'my cat.jpg', 'https://files.example.org/x/my%20cat.jpg', 'files.example.org · image/jpeg · 1.5 kB'],
  [{ url: 'http://h:8080/', name: ' a\nb ' }, 'a b', 'http://h:8080/', 'h:8080'],
  [{ url: 'https://h/%E0%A4%A' }, '%E0%A4%A', 'https://h/%E0%A4%A', 'h'],
  [{ url: 'https://user:pass@h/x' }, 'x', 'https://user:pass@h/x', 'h'],
  [{ url: 'javascript:alert(1)' }, 'a file', undefined, 'javascript:alert(1)'],
  [{ url: 'aesgcm://h/x#k', name: 'x' }, 'x', undefined, 'aesgcm://h/x#k'],
  [{ url: 'data:text/html,x' }, 'a file', undefined, 'data:text/html,x'],
  [{ url: 'not an address', size: -1 }, 'a file', undefined, 'not an address'],
  [{ name: 'x', size: Number.NaN }, 'x', undefined, 'no address yet'],
  [{}, 'a file', undefined, 'no address yet']
]

for (const [file, name, href, facts] of FILES) {
  test(`a file told as ${name} · ${facts}`, () => {
    const line = fileLine(file, english)
    assert.deepEqual([line.name, line.href, line.facts], [name, href, facts])
  })
}

for (const [bytes, text] of [[0, '0 bytes'], [1, '1 byte'], [999, '999 bytes'], [1000, '1 kB'], [12_345, '12.3 kB'], [999_499, '999 kB'], [999_500, '1 MB'], [5e9, '5 GB'], [5e18, '5,000,000 TB']] as const) {
  test(`${bytes} bytes are ${text}`, () => { assert.equal(sizeText(bytes, english), text) })
}

test('only what can be a language goes into an attribute', () => {
  for (const tag of ['de', 'pt-BR', 'zh-Hant-TW', 'x1', 'i-klingon']) assert.equal(languageTag(tag), /^[A-Za-z]{2}/.test(tag) ? tag : undefined)
  for (const tag of ['', '"><b>', 'de_DE', 'de-', 'a'.repeat(9), 'de fr', 'de\n']) assert.equal(languageTag(tag), undefined)
  assert.deepEqual(['de', 'pt-BR', 'qq', '"', ''].map(tag => languageName(tag, 'en-GB')), ['German', 'Brazilian Portuguese', 'qq', undefined, undefined])
  assert.equal(languageName('pt-BR', 'fr'), 'portugais brésilien')
})

test('so many kinds of reactions are shown, and all people counted', () => {
  const reactions = Array.from({ length: 15 }, (_, n) => ({ reaction: n === 0 ? `x\n${'y'.repeat(50)}` : `r${n}`, count: n === 0 ? 1234 : 1, nicks: ['a', ''] }))
  const line = reactionLine(reactions, english)
  assert.equal(line.more, 3)
  assert.equal(line.reactions.length, 12)
  assert.deepEqual(line.reactions[0], { reaction: `x ${'y'.repeat(18)}`, count: '1,234', names: 'a, The room and 1,232 more' })
})
