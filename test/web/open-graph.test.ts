import assert from 'node:assert/strict'
import test from 'node:test'
import { parsePage } from './only-ours.ts'
import { published, said, siteWith } from './site-under-test.ts'

test('whoever passes on a link to a day or to a message shows what it leads to', async t => {
  const room = published('lounge', 'unlisted', { title: 'The "Lounge"' })
  const { app } = await siteWith(t, [room], [
    said(room, '2026-11-20T07:14:09.372180', 'alice', 'good <b>morning</b>', { uid: 'a' }), said(room, '2026-11-20T08:00:00', 'bob', 'hello', { uid: 'b' })
  ])
  const told = async (url: string): Promise<Record<string, string | undefined>> => {
    const { elements } = await parsePage((await app.inject(url)).body)
    return Object.fromEntries(elements.flatMap(({ attributes: { property, content } }) =>
      property === undefined ? [] : [[property, content]]))
  }
  assert.deepEqual(await told('/r/lounge/m/a'), {
    'og:type': 'article',
    'og:title': 'alice in The "Lounge", 20 November 2026, 07:14 UTC',
    'og:description': 'good <b>morning</b>',
    'og:url': 'https://logs.example.org/r/lounge/m/a',
    'og:site_name': 'Test logs',
    'article:published_time': '2026-11-20T07:14:09Z'
  })
  assert.deepEqual(await told('/r/lounge/2026-11-20'), {
    'og:type': 'article',
    'og:title': '20 November 2026 – The "Lounge"',
    'og:description': 'Friday 20 November 2026 in The "Lounge": 2 messages of 2 people.',
    'og:url': 'https://logs.example.org/r/lounge/2026-11-20',
    'og:site_name': 'Test logs',
    'article:published_time': '2026-11-20T07:14:09Z'
  })
  // Of a search nobody is shown more than was asked.
  assert.deepEqual(await told('/search?q=morning&room=lounge'), {})
})
