import assert from 'node:assert/strict'
import test, { after } from 'node:test'
import type { ArchiveTime } from '../../src/model/archive-time.ts'
import type { Day } from '../../src/model/day.ts'
import { tombstoneOf } from '../../src/model/tombstone.ts'
import { amend, fullTalk, stand } from './full-talk.ts'
import { published, said, siteWith } from './site-under-test.ts'
import type { SiteUnderTest } from './site-under-test.ts'

const LOUNGE = published('lounge', 'indexed', { title: 'The Lounge' })
const DAY = '/r/lounge/2026-11-20'
const NEXT = '/r/lounge/2026-11-21'

async function full (scope: { after (end: () => Promise<void>): void }, room = LOUNGE): Promise<SiteUnderTest> {
  const site = await siteWith(scope, [room], fullTalk(room))
  await amend(site.store, room)
  return site
}

const { app, store } = await full({ after })
const get = async (url: string) => (await app.inject(url)).body
const row = async (anchor: string, url = DAY) => new RegExp(`<li id="${anchor}"[\\s\\S]*?</li>`).exec(await get(url))?.[0] ?? ''
const words = (html: string) => html.replace(/<[^>]+>/g, '').replace(/\s+/g, ' ').trim()

test('a corrected message stands in its place with its last text, and nowhere else', async () => {
  assert.match(await row('t090100'), /The meeting is on \*<strong>Tuesday<\/strong>\*\./)
  assert.match(await row('t090100'), /<small><time datetime="2026-11-21T08:10:00Z" title="21 November 2026, 08:10:00 UTC">edited<\/time><\/small>/)
  for (const url of [DAY, NEXT, `${DAY}.json`, `${NEXT}.json`, `${DAY}.jsonl`, `${DAY}.txt`, `${NEXT}.txt`]) assert.doesNotMatch(await get(url), /Tuseday|Wednesday/, url)
  assert.doesNotMatch(await get(NEXT), /Tuesday|<li id=/)
})

test('what is part of another message is not counted beside it', async () => {
  const events = (await app.inject(`${DAY}.json`)).json<{ events: Array<{ kind: string }> }>().events.filter(({ kind }) => ['message', 'subject'].includes(kind))
  const counted = Number(/(\d+) messages by/.exec(await get(DAY))?.[1])
  assert.equal(counted, events.length)
  assert.ok(counted < (await store.day(LOUNGE.jid, '2026-11-20' as Day))!.talk)
})

test('a correction that is not its author’s is a message like any other', async () => {
  assert.equal(words(await row('t095600')), 'mallory The meeting is off. 09:56')
})

test('reactions stand below their message with who they are from; those to nothing keep a line', async () => {
  assert.match(await row('t090100'), /<span title="nick0, nick1, [^"]*nick19 and 5 more"><bdi>👍<\/bdi> 25<span class="unseen">/)
  assert.match(await row('t090100'), /<span>\+3<\/span>/)
  assert.match(words(await row('t095500')), /^carol reacted with 🎉/)
  assert.doesNotMatch(await get(DAY), /id="t100000"/)
})

test('an answer shows what it answers, which may be of another day, and not what it quotes of it', async () => {
  const html = await row('t090200')
  assert.match(html, /<a href="\/r\/lounge\/m\/cake"><bdi>carol<\/bdi>: <bdi>Who brings the cake\?<\/bdi><\/a>/)
  assert.equal(html.match(/Who brings the cake/g)?.length, 1)
  assert.match(words(await row('t090300')), /a removed message Not what I meant\./)
  assert.match(words(await row('t090400')), /an old joke Ha!/)
  assert.match(words(await row('t090500')), /a message that is not in this archive And this\?/)
})

test('removed lines of one kind are one line, under all their anchors', async () => {
  const html = await get(DAY)
  assert.match(html, /<li id="t091000" class="n x"><p><span id="t091030"><\/span><span id="t091100"><\/span>3 messages removed by a moderator: off topic<\/p>/)
  assert.match(words(await row('t091130')), /^Removed by its author/)
  assert.doesNotMatch(html, /regretted/)
})

test('a file is a link with its name, type and size, never a picture', async () => {
  assert.match(await row('t092000'), /<p class="f"><a href="https:\/\/files\.example\.org\/up\/holiday%20photo\.jpg" rel="nofollow ugc noopener"><bdi>holiday photo\.jpg<\/bdi><\/a> <small><bdi>files\.example\.org · image\/jpeg · 1\.2 MB<\/bdi>/)
  assert.doesNotMatch(words(await row('t092000')), /https:/)
  assert.equal((await row('t092100')).match(/<a href="https?:/g)?.length, 1)
  assert.doesNotMatch(await get(DAY), /<img|href="aesgcm/)
})

test('a spoiler is to be opened, with its hint', async () => {
  assert.match(await row('t093000'), /<details class="s"><summary>Spoiler: <bdi>the end of the film<\/bdi><\/summary>[\s\S]*The butler did it\.[\s\S]*<\/details>/)
  assert.match(await row('t093100'), /<summary>Spoiler<\/summary>[\s\S]*href="https:\/\/files\.example\.org\/end\.mp4"[\s\S]*<\/details>/)
  for (const url of ['/r/lounge/m/spoiler', '/search?q=butler']) {
    const html = await get(url)
    assert.doesNotMatch(html.replace(/<details class="s">[\s\S]*?<\/details>/g, '').replaceAll('Search: butler', ''), /butler did/, url)
  }
})

test('styling is shown unless its author did not want it, blocks only outside of actions', async () => {
  assert.match(await row('t094000'), /<blockquote><p>quoted \*<strong>words<\/strong>\*<\/p><blockquote><p>and inside<\/p><\/blockquote><\/blockquote><p>then<\/p><pre><code>const line = 1<\/code><\/pre><p>and on\.<\/p>/)
  assert.match(await row('t094100'), /<p>\*as\* _typed_\n&gt; not a quote<\/p>/)
  assert.match(await row('t094200'), /class="a"[\s\S]*<p>thinks \*<strong>hard<\/strong>\*\n&gt; about it<\/p>/)
})

test('people who are named are set off, and other languages can be read', async () => {
  assert.match(await row('t095000'), /<b><bdi>alice<\/bdi><\/b>: <b><bdi>carol<\/bdi><\/b> and <b><bdi>دانا<\/bdi><\/b>, look/)
  const html = await row('t095100')
  assert.match(html, /<div lang="de"><p>Guten Morgen<\/p><\/div>/)
  assert.match(html, /<summary>in Brazilian Portuguese<\/summary><div lang="pt-BR"><p>Bom dia<\/p><\/div>/)
  assert.match(html, /<summary>in another language<\/summary><div><p>odd<\/p><\/div>/)
})

test('hats are told of who comes; what is not understood and has no text has no line', async () => {
  assert.match(words(await row('t090000', `${DAY}?events=full`)), /^alice \(Host, Speaker\) joined/)
  assert.doesNotMatch(await get(DAY), /id="t095300"/)
  assert.match(words(await row('t095400')), /A poll: tea or coffee\?/)
})

test('JSON gives events as they stand, each that has a line of its own', async () => {
  const { events } = (await app.inject(`${DAY}.json`)).json<{ events: Array<Record<string, unknown>> }>()
  const event = (uid: string) => events.find(event => event['uid'] === uid) ?? {}
  assert.deepEqual([event('meeting')['body'], event('meeting')['edited']], ['The meeting is on *Tuesday*.', { time: '2026-11-21T08:10:00.000000Z', count: 2 }])
  assert.deepEqual((event('meeting')['reactions'] as unknown[])[1], { reaction: '🎂', count: 1, nicks: ['carol'] })
  assert.equal(event('reaction-1')['uid'], undefined)
  assert.deepEqual(event('reaction-kept')['reactions'], ['🎉'])
  assert.deepEqual([event('answer')['body'], event('answer')['repliesTo']], ['I do, with *plenty* of cream.', 'cake'])
  assert.deepEqual(event('photo')['files'], [{ url: 'https://files.example.org/up/holiday%20photo.jpg', type: 'image/jpeg', size: 1_234_567 }])
  assert.deepEqual([event('spoiler')['spoiler'], event('unstyled')['unstyled'], event('mentions')['mentions']], ['the end of the film', true, ['alice', 'carol', 'دانا']])
  assert.deepEqual([event('languages')['language'], (event('languages')['bodies'] as Record<string, string>)['en']], ['de', 'Good morning'])
  assert.deepEqual(event('gone-1')['removed'], { by: 'moderator', time: '2026-11-20T11:00:00.000000Z', reason: 'off topic' })
  const lines = (await get(`${DAY}.jsonl`)).trimEnd().split('\n')
  assert.deepEqual(lines.map(line => JSON.parse(line) as unknown), events)
  assert.deepEqual((await app.inject(`${NEXT}.json`)).json<{ events: unknown[] }>().events, [])
})

test('plain text tells below a message what else there is to it, where no body can', async () => {
  const text = await get(`${DAY}.txt`)
  assert.ok(text.includes([
    '[09:01:00] <alice> The meeting is on *Tuesday*.',
    '       --- edited on 21 November 2026, 08:10:00 UTC',
    '       --- reactions: 👍 25, 🎂 1, :r0: 1,'
  ].join('\n')))
  assert.ok(text.includes('[09:02:00] <bob> I do, with *plenty* of cream.\n       --- answers carol: Who brings the cake?\n'))
  assert.ok(text.includes('[09:20:00] <carol>\n       --- file: holiday photo.jpg · files.example.org · image/jpeg · 1.2 MB · https://files.example.org/up/holiday%20photo.jpg\n'))
  assert.ok(text.includes('       --- in German: '.replace('German', 'English')))
  assert.doesNotMatch(text.replace(/^ {7}--- .*$/gm, ''), /---/)
})

test('what is part of another message leads to it, what was removed answers 410', async () => {
  for (const uid of ['edit-1', 'edit-2', 'reaction-1']) {
    const { statusCode, headers } = await app.inject(`/r/lounge/m/${uid}`)
    assert.deepEqual([statusCode, headers.location, headers['cache-control']], [302, '/r/lounge/m/meeting', 'no-store'])
  }
  const { statusCode, body } = await app.inject('/r/lounge/m/gone-1')
  assert.equal(statusCode, 410)
  assert.match(words(body), /Removed by a moderator: off topic\. It was sent on 20 November 2026, 09:10 UTC/)
  assert.match(await get('/r/lounge/m/meeting'), /og:description" content="The meeting is on \*Tuesday\*\."/)
})

test('searches show the text as it stands, at the place where it was said', async () => {
  const { hits } = (await app.inject('/search.json?q=Tuesday')).json<{ hits: Array<{ uid: string, body: string }> }>()
  assert.deepEqual(hits.map(({ uid, body }) => [uid, body]), [['meeting', 'The meeting is on *Tuesday*.']])
  assert.match(await get('/search?q=Tuesday'), /href="\/r\/lounge\/2026-11-20#t090100"/)
  for (const q of ['Tuseday', 'Wednesday']) assert.deepEqual((await app.inject(`/search.json?q=${q}`)).json<{ hits: unknown[] }>().hits, [])
})

test('a hit that became part of another message since it was indexed is not shown', async t => {
  const event = await store.get(LOUNGE.jid, 'edit-1')
  const find = (async () => ({ query: { terms: [] }, hits: [{ event, room: LOUNGE }], total: 1, totalIsExact: true })) as never
  const { app } = await siteWith(t, [LOUNGE], [], { find })
  for (const url of ['/search?q=x', '/search.json?q=x']) assert.doesNotMatch((await app.inject(url)).body, /Wednesday/)
})

test('what a message said before is told where the room shows it, and of no removed version', async t => {
  assert.doesNotMatch(await get('/r/lounge/m/meeting'), /Tuseday|Wednesday|id="edits"/)
  const open = { ...LOUNGE, showsEdits: true }
  const { app, store } = await full(t, open)
  const page = async () => (await app.inject('/r/lounge/m/meeting')).body
  assert.match(words(await page()), /What it said before alice The meeting is on Tuseday\. 09:01 21 November 2026 alice The meeting is on Wednesday\. 08:00 Link/)
  assert.match((await app.inject(DAY)).body, /<a href="\/r\/lounge\/m\/meeting#edits"><time[^>]*>edited</)
  await store.revise(open.jid, 'edit-1', event => tombstoneOf(event, { by: 'author', time: event.time }))
  assert.doesNotMatch(await page(), /Wednesday/)
  await store.revise(open.jid, 'meeting', event => tombstoneOf(event, { by: 'author', time: event.time }))
  assert.doesNotMatch(await page(), /Tuseday|Wednesday|Tuesday/)
})

test('beside a message stand as many others also where people react a lot', async t => {
  const events = Array.from({ length: 60 }, (_, n) => said(LOUNGE, `2026-11-20T10:00:${String(n).padStart(2, '0')}`, 'a', `line ${n}`, { uid: `n${n}` }))
  const { app, store } = await siteWith(t, [LOUNGE], events)
  for (const uid of [...Array.from({ length: 25 }, (_, n) => `n${n + 2}`), 'n31', 'n33', 'n45']) {
    await store.revise(LOUNGE.jid, uid, event => ({ ...event, appliesTo: 'n30' }))
  }
  const lines = [...(await app.inject('/r/lounge/m/n30')).body.matchAll(/<p>line (\d+)/g)].map(match => Number(match[1]))
  assert.deepEqual(lines, [0, 1, 27, 28, 29, 30, 32, 34, 35, 36, 37, 38, 39, 40, 41, 42])
})

test('an answer to a correction is an answer to the message', async t => {
  const { app, store } = await siteWith(t, [LOUNGE], [
    said(LOUNGE, '2026-11-19T10:00:00', 'alice', 'teh', { uid: 'one', message: 'm1' }),
    said(LOUNGE, '2026-11-19T10:01:00', 'alice', 'the', { uid: 'two', replaces: 'm1' }),
    said(LOUNGE, '2026-11-20T10:02:00', 'bob', 'yes', { uid: 'three', repliesTo: 'two' })
  ])
  await stand(store, LOUNGE, 'one', { latest: { body: 'the', uid: 'two', time: '2026-11-19T10:01:00.000000Z' as ArchiveTime }, edits: 1 }, ['two'])
  assert.match((await app.inject(DAY)).body, /<a href="\/r\/lounge\/m\/one"><bdi>alice<\/bdi>: <bdi>the<\/bdi>/)
})

test('the validator of a day changes with how its messages stand, and with what they answer', async t => {
  const { app, store } = await full(t)
  const etag = async (url = DAY) => (await app.inject(url)).headers.etag
  const seen = [await etag()]
  await stand(store, LOUNGE, 'styled', { reactions: [{ reaction: '👍', count: 1, nicks: ['bob'] }] }, [])
  seen.push(await etag())
  await store.revise(LOUNGE.jid, 'answer', event => ({ ...event, answered: { isRemoved: true } }))
  seen.push(await etag())
  assert.equal(new Set(seen).size, 3)
  assert.match((await app.inject(DAY)).body, /a removed message<\/bdi><\/p>\s*<div><p>I do/)
})
