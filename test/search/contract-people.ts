import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { add, at, found, recorded } from './index-under-test.ts'
import type { IndexUnderTest } from './index-under-test.ts'

const ROOM = 'lounge@conference.example.org'
const EVENTS = [
  recorded({ body: 'alice: look', time: at(1) }),
  recorded({ body: 'Alice, Bob: and you', time: at(2) }),
  recorded({ body: 'Jane Doe, are you there', time: at(3) }),
  recorded({ body: 'ask @alice. or mail bob@alice.example', time: at(4) }),
  recorded({ body: 'you there, see above', mentions: [{ nick: 'Zoë B' }], language: 'en-GB', time: at(5) }),
  recorded({
    body: 'I agree', repliesTo: 'uid-1', stanza: `<message><reply to='${ROOM}/O&apos;Neil &amp; &lt;co&gt;' id='1' xmlns='urn:xmpp:reply:0'/></message>`, time: at(6)
  }),
  recorded({ body: 'alice is right: we are', time: at(7) }),
  recorded({ body: 'http://alice: no', bodies: { de: 'auf Deutsch', 'pt-BR': 'em português' }, time: at(8) }),
  recorded({ body: '> bob: quoted\nI said', fallback: [{ for: 'urn:xmpp:reply:0', start: 0, end: 14 }], repliesTo: 'x', language: 'DE', time: at(9) }),
  recorded({ body: 'shown later', spoiler: 'the ending', files: [{ url: 'https://example.org/f', name: 'song.ogg', type: 'audio/ogg' }], time: at(10) }),
  recorded({ body: 'https://example.org/film.WEBM', time: at(11) })
]

const QUERIES: ReadonlyArray<readonly [query: string, ...bodies: string[]]> = [
  ['to:alice', 'alice: look', 'Alice, Bob: and you', 'ask @alice. or mail bob@alice.example'],
  ['to:BOB', 'Alice, Bob: and you'],
  ['to:"jane doe"', 'Jane Doe, are you there'],
  ['to:jane'],
  ['to:"zoë b"', 'you there, see above'],
  ['to:"o\'neil & <co>"', 'I agree'],
  ['to:alice -look', 'Alice, Bob: and you', 'ask @alice. or mail bob@alice.example'],
  ['to:alice OR to:"jane doe" you', 'Alice, Bob: and you', 'Jane Doe, are you there'],
  ['lang:en', 'you there, see above'],
  ['lang:en-gb', 'you there, see above'],
  ['lang:en-us'],
  ['lang:de', 'http://alice: no', '> bob: quoted\nI said'],
  ['lang:pt portugues', 'http://alice: no'],
  ['has:mention', 'you there, see above'],
  ['has:reply', 'I agree', '> bob: quoted\nI said'],
  ['has:spoiler ending', 'shown later'],
  ['has:audio', 'shown later'],
  ['has:file song.ogg', 'shown later'],
  ['has:video', 'https://example.org/film.WEBM'],
  ['has:video OR has:audio', 'shown later', 'https://example.org/film.WEBM']
]

export function peopleContract (engine: IndexUnderTest): void {
  test('messages are found by whom they are meant for, their languages and what they carry', async t => {
    const index = await engine.open(t)
    await add(index, EVENTS)
    for (const [query, ...expected] of QUERIES) assert.deepEqual(await found(index, EVENTS, query), expected, query)
  })
}
