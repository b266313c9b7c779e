import assert from 'node:assert/strict'
import test from 'node:test'
import { published, said, siteWith } from './site-under-test.ts'
import type { SiteUnderTest } from './site-under-test.ts'

const LOUNGE = published('lounge', 'indexed')
const OMEMO = 'eu.siacs.conversations.axolotl'
const DAY = '/r/lounge/2026-11-20'

// As older records have it: with the text that clients show which cannot decrypt.
const secret = said(LOUNGE, '2026-11-20T07:00:00', 'alice', '/me CANARY', { uid: 'secret', encrypted: OMEMO })

async function site (scope: { after (end: () => Promise<void>): void }): Promise<SiteUnderTest> {
  return siteWith(scope, [LOUNGE], [secret, said(LOUNGE, '2026-11-20T07:00:10', 'alice', 'in clear')])
}

test('an encrypted message is shown as one, in its place, without the text beside it', async t => {
  const { app } = await site(t)
  for (const url of [DAY, `${DAY}?events=full`, '/r/lounge/m/secret']) {
    const { body } = await app.inject(url)
    assert.match(body, /<bdi class="h\d+">alice<\/bdi> <p class="e">encrypted message<\/p>/)
    assert.doesNotMatch(body, /CANARY/)
  }
  assert.match((await app.inject('/r/lounge/m/secret')).body, /og:description" content="encrypted message"/)
})

test('the forms for programs name the encryption and have no text', async t => {
  const { app } = await site(t)
  const { events: [event] } = (await app.inject(`${DAY}.json`)).json<{ events: Array<Record<string, unknown>> }>()
  assert.deepEqual([event?.['encrypted'], event?.['body'], event?.['nick']], [OMEMO, undefined, 'alice'])
  assert.equal((await app.inject(`${DAY}.txt`)).body, '[07:00:00] *** alice sent an encrypted message\n[07:00:10] <alice> in clear\n')
  assert.doesNotMatch((await app.inject(`${DAY}.jsonl`)).body, /CANARY/)
})

test('a search does not show it, whatever the index holds', async t => {
  const { app } = await site(t)
  for (const url of ['/search?q=CANARY', '/search.json?q=CANARY']) {
    const { body } = await app.inject(url)
    assert.doesNotMatch(body.replace(/value="CANARY"|"query":"CANARY"|<title>.*<\/title>|<link rel="alternate"[^>]*>|<ul class="asked"[^]*?<\/ul>|\/search(?:\.atom|\.json)?\?q=CANARY/g, ''), /CANARY/)
  }
  assert.deepEqual((await app.inject('/search.json?q=CANARY')).json<{ hits: unknown[] }>().hits, [])
})
