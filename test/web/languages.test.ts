import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { runInNewContext } from 'node:vm'
import type { ArchiveTime } from '../../src/model/archive-time.ts'
import { german } from '../../src/web/language/de.ts'
import { english } from '../../src/web/language/en.ts'
import { french } from '../../src/web/language/fr.ts'
import type { Words } from '../../src/web/language/words.ts'
import { VIEWS } from '../../src/web/templates.ts'
import { happened, published, said, siteWith } from './site-under-test.ts'
import type { SiteUnderTest } from './site-under-test.ts'

const ROOM = published('lounge', 'indexed', { title: 'L', description: '', showsEdits: true, ranksPeople: true })
const DAY = '2026-11-20'

/** Everything that a catalogue says without being asked for a value, under the path of its name. */
function textsOf (value: unknown, path = ''): Array<readonly [path: string, text: string]> {
  if (typeof value === 'string') return [[path, value]]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) => textsOf(inner, `${path}.${name}`))
}

// What names the language itself.
const NAMES = /^\.(?:tongue|locale)$/
const ENGLISH = textsOf(english).filter(([path, text]) => !NAMES.test(path) && text.trim().length > 3)

/** English sentences and words that the other language says otherwise. */
function leaksIn (page: string, words: Words): string[] {
  const own = new Map(textsOf(words))
  const all = [...own.values()].join('\n')
  const shown = page.replaceAll('&#39;', "'").replaceAll('&quot;', '"').replace(/<code>.*?<\/code>|<dt>.*?<\/dt>/g, '')
  // What stands in the page as text or in an attribute that is read out.
  const read = [...shown.matchAll(/>([^<]+)|(?:title|aria-label|placeholder|content|abbr|data-words)="([^"]*)"/g)].map(([, text = '', attribute = '']) => `${text}${attribute}`.trim())
  return ENGLISH.filter(([path, text]) => own.get(path) !== text && !all.includes(text.trim()))
    .filter(([, text]) => read.some(part => new RegExp(`(?<!\\p{L})${text.trim().replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?!\\p{L})`, 'u').test(part)))
    .map(([path, text]) => `${path}: ${text}`)
}

async function siteIn (language: 'en' | 'de' | 'fr'): Promise<SiteUnderTest> {
  const answered = Array.from({ length: 6 }, (_, n) => [
    said(ROOM, `2025-05-01T10:0${n}:00`, `m${n}`, `https://example.org/${n} https://example.net/`),
    said(ROOM, `2025-05-01T10:0${n}:30`, 'b', `m${n}: https://example.org/`)
  ]).flat()
  const removed = said(ROOM, `${DAY}T08:00:00`, 'x', 'gone')
  const site = await siteWith(test, [ROOM, published('quiet', 'public', { title: 'Q', description: '' })], [
    happened(ROOM, `${DAY}T07:00:00`, 'join', 'a'),
    happened(ROOM, `${DAY}T07:00:01`, 'join', 'b', { hats: [{ uri: 'h', title: 'hh' }] }),
    ...Array.from({ length: 6 }, (_, n) => happened(ROOM, `${DAY}T07:00:1${n}`, 'leave', `n${n}`)),
    said(ROOM, `${DAY}T07:14:00`, 'a', 'needle'),
    said(ROOM, `${DAY}T07:15:00`, 'b', 'xyz', { uid: 'edited' }),
    happened(ROOM, `${DAY}T07:16:00`, 'subject', 'a', { body: 'xyz' }),
    happened(ROOM, `${DAY}T07:17:00`, 'subject', 'a', { body: '' }),
    happened(ROOM, `${DAY}T07:18:00`, 'kick', 'b', { actor: 'a', reason: 'xyz' }),
    happened(ROOM, `${DAY}T07:19:00`, 'ban', 'b'),
    happened(ROOM, `${DAY}T07:20:00`, 'role', 'b', { role: 'moderator', actor: 'a' }),
    happened(ROOM, `${DAY}T07:21:00`, 'affiliation', 'b', { affiliation: 'owner' }),
    happened(ROOM, `${DAY}T07:22:00`, 'configuration', '', { status: [170, 172] }),
    happened(ROOM, `${DAY}T07:23:00`, 'nick', 'b', { newNick: 'c' }),
    happened(ROOM, `${DAY}T07:24:00`, 'destroy', '', { reason: 'xyz', alternate: 'q@conference.example.org' }),
    removed,
    said(ROOM, '2026-11-21T09:00:00', 'a', 'needle', { uid: 'last' }),
    ...answered
  ], { site: { title: 'T', url: 'https://logs.example.org', language } })
  await site.store.putGaps([
    { room: ROOM.jid, cause: 'killed', problem: 'expired', from: '2026-11-20T12:00:00.000000Z' as ArchiveTime, to: '2026-11-20T13:00:00.000000Z' as ArchiveTime },
    {
      room: ROOM.jid,
      cause: 'disconnected',
      from: '2026-11-20T14:00:00.000000Z' as ArchiveTime,
      to: '2026-11-20T15:00:00.000000Z' as ArchiveTime,
      filled: '2026-11-21T08:00:00.000000Z' as ArchiveTime
    }
  ])
  await site.store.scrub(ROOM.jid, [removed.uid], ({ body: _, ...rest }) => ({ ...rest, removed: { by: 'moderator', time: rest.time } }))
  return site
}

const PATHS = [
  '/', '/about', '/privacy', '/nothing', '/r/lounge/', '/r/quiet/', '/r/lounge/2026', '/r/lounge/2026-11', `/r/lounge/${DAY}`, `/r/lounge/${DAY}?events=full`,
  `/r/lounge/${DAY}?events=none&tz=Mars/Olympus`, `/r/lounge/${DAY}?events=x`, '/r/lounge/2026-11-21', '/r/quiet/2026-11-21', '/r/quiet/2026-11-19', '/r/lounge/live', '/r/quiet/live',
  '/r/lounge/m/edited', '/search', '/search?q=needle', '/search?q=nowhere', '/r/lounge/feed.atom', '/r/lounge/days.atom', '/opensearch.xml',
  '/r/lounge/2025-05', '/r/lounge/stats', '/r/lounge/stats?year=2025', '/r/quiet/stats', '/r/lounge/links', '/r/lounge/links?host=example.org', '/r/quiet/links',
  '/r/lounge/coverage', '/r/lounge/coverage?year=2025', '/r/quiet/coverage', '/r/lounge/excerpt?from=edited&to=last'
]

for (const words of [german, french]) {
  test(`nothing of a site in ${words.tongue} is English`, async t => {
    const { app } = await siteIn(words.tongue)
    for (const path of PATHS) {
      await t.test(path, async () => {
        const { body, statusCode } = await app.inject(path)
        assert.ok(statusCode < 500, `${path}: ${statusCode}`)
        if (body.startsWith('<!doctype')) assert.match(body, new RegExp(`^<!doctype html>\\n<html lang="${words.tongue}">`))
        assert.deepEqual(leaksIn(body, words), [])
      })
    }
  })
}

test('what programs read is English on every site', async () => {
  const [{ app: one }, { app: other }] = [await siteIn('en'), await siteIn('de')]
  for (const path of [`/r/lounge/${DAY}.txt`, '/nothing.json', '/nothing.txt', '/robots.txt']) {
    assert.equal((await other.inject(path)).body, (await one.inject(path)).body)
  }
})

test('the test finds what it looks for', async () => {
  const { app } = await siteIn('en')
  assert.ok(leaksIn((await app.inject(`/r/lounge/${DAY}`)).body, german).length > 5)
})

test('French has spaces that do not break before its signs, and quotation marks of its own', () => {
  for (const [path, text] of textsOf(french).filter(([path]) => !path.includes('.examples.'))) {
    assert.doesNotMatch(text, / [:;!?»]|« |\w[;!?»]|"/u, `${path}: ${text}`)
    assert.doesNotMatch(text, /\p{L}'\p{L}/u, `${path}: ${text}`)
  }
})

test('the script of the pages has words of its own in each language, all of them', () => {
  const script = readFileSync(join(VIEWS, 'static', 'app.js'), 'utf8')
  const [, object = ''] = /^const WORDS = (\{.*?^\})/ms.exec(script) ?? []
  const spoken = runInNewContext(`(${object})`) as Record<string, unknown>
  assert.deepEqual(Object.keys(spoken), [english, german, french].map(({ tongue }) => tongue))
  const said = textsOf(spoken.en)
  assert.ok(said.length > 15)
  for (const { tongue } of [german, french]) {
    const own = textsOf(spoken[tongue])
    assert.deepEqual(own.map(([path]) => path), said.map(([path]) => path))
    // «1 message» is French, too.
    assert.deepEqual(own.filter(([, text], n) => text === said[n]?.[1] && text !== '1 message'), [])
    if (tongue === 'fr') for (const [path, text] of own) assert.doesNotMatch(text, / [:;!?»]|« |\p{L}'\p{L}/u, path)
  }
})

test('no language says a thing of another language, but for names', () => {
  for (const words of [german, french]) {
    const own = new Map(textsOf(words))
    assert.deepEqual([...own.keys()].sort().filter(path => !path.includes('.examples.')), textsOf(english).map(([path]) => path).sort().filter(path => !path.includes('.examples.')))
  }
})

test('numbers, dates and plurals are those of the language', () => {
  assert.deepEqual([english, german, french].map(words => words.messages(12_345)), ['12,345 messages', '12.345 Nachrichten', '12\u202F345 messages'])
  assert.deepEqual([english, german, french].map(words => words.messages(0)), ['0 messages', '0 Nachrichten', '0 message'])
  assert.deepEqual([english, german, french].map(words => words.longDay('2026-11-01' as never)), ['Sunday 1 November 2026', 'Sonntag, 1. November 2026', 'Dimanche 1er novembre 2026'])
  assert.deepEqual([english, german, french].map(words => words.shortDay('2026-11-21' as never, '2026')), ['Sat 21 Nov', 'Sa, 21. Nov.', 'Sam. 21 nov.'])
})
