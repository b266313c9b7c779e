import assert from 'node:assert/strict'
import test, { after } from 'node:test'
import type { EventKind } from '../../src/model/event.ts'
import { englishSearch } from '../../src/web/language/en-search.ts'
import { siteWithSearch } from './real-search.ts'
import { happened, plainFind, published, said, siteWith } from './site-under-test.ts'
import { HansardError } from '../../src/model/errors.ts'
import type { Find } from '../../src/archive/find.ts'

const LOUNGE = published('lounge', 'indexed', { title: 'The Lounge', aliases: ['hall'] })
const CAFE = published('cafe', 'public', { title: 'Café' })
const SECRET = published('secret', 'off', { title: 'Hidden title' })

const at = (clock: string): string => `2026-11-20T${clock}`
const talk = [
  said(CAFE, '2024-03-01T10:00:00', 'Bob', 'an old needle <b>'),
  said(LOUNGE, '2025-06-01T10:00:00', 'alice', 'needle in the hay'),
  ...Array.from({ length: 9 }, (_, n) => said(LOUNGE, at(`08:00:0${n}`), 'carol', `before ${n}`)),
  said(LOUNGE, at('08:01:00'), 'alice', 'the needle', { uid: 'hit' }),
  ...Array.from({ length: 9 }, (_, n) => said(LOUNGE, at(`08:02:0${n}`), 'carol', `after ${n}`)),
  happened(LOUNGE, at('09:00:00'), 'kick', 'mallory', { actor: 'alice', reason: 'spam spam' }),
  happened(LOUNGE, at('09:00:01'), 'join', 'eve'),
  happened(LOUNGE, at('09:00:02'), 'nick', 'eve', { newNick: 'eva' }),
  happened(LOUNGE, at('09:00:03'), 'leave', 'eva'),
  said(LOUNGE, at('10:00:00'), 'dave', 'car and bike and a fast car, archived https://example.org/a.png'),
  said(LOUNGE, at('10:00:01'), 'dave', 'alice: car alone'),
  said(LOUNGE, at('10:00:02'), 'dave', '/me drives'),
  said(LOUNGE, at('10:00:03'), 'dave', 'an answer', { repliesTo: 'hit' }),
  said(LOUNGE, '2026-11-21T09:00:00', 'alice', 'today', { files: [{ url: 'https://example.org/f.txt' }] }),
  happened(LOUNGE, '2026-02-01T09:00:00', 'subject', 'alice', { body: 'a new subject' }),
  said(SECRET, at('08:00:00'), 'x', 'needle xylophone')
]
const site = await siteWithSearch({ after }, [LOUNGE, CAFE, SECRET], talk)
const { app } = site

async function page (path: string): Promise<string> {
  const { body, statusCode, headers } = await app.inject(path)
  assert.equal(statusCode, 200, `${path} ${String(headers.location)}`)
  return body
}

function hrefs (html: string, pattern: RegExp): string[] {
  return [...html.matchAll(pattern)].map(match => (match[1] ?? '').replaceAll('&amp;', '&'))
}

const asked = (html: string): string => /<ul class="asked"[^]*?<\/ul>/.exec(html)?.[0] ?? ''
const plain = (html: string): string => html.replace(/<span class="unseen">[^<]*<\/span>|×/g, '').replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ').trim()

// What somebody may type who reads the list.
const examples = englishSearch.examples.flatMap(([query, meaning]) => [query, ...meaning.flatMap(piece => typeof piece === 'string' ? [] : [piece.query])])

test('the list of how to search has examples', () => { assert.ok(examples.length > 20) })

for (const example of examples) {
  test(`the example ${example} works as typed`, async () => {
    const { statusCode, body } = await app.inject(`/search?${new URLSearchParams({ q: example }).toString()}`)
    assert.equal(statusCode, 200)
    assert.doesNotMatch(body, /role="alert"/)
    assert.notEqual(asked(body), '')
  })
}

for (const [example, found] of [
  ['fast car', 'and bike and a fast car'], ['"fast car"', 'and bike and a fast car'], ['car -fast', 'alice: car alone'], ['car OR bike', 'fast car'], ['archiv*', 'archived'],
  ['from:alice', 'today'], ['to:alice', 'car alone'], ['in:lounge', 'today'], ['after:2026-01 before:2026-03', 'a new subject'], ['has:link', 'example.org/a.png'],
  ['has:image', 'a.png'], ['has:file', 'today'], ['is:subject', 'a new subject'], ['is:action', 'drives'], ['is:reply', 'an answer'], ['is:kick OR is:ban', 'mallory was kicked'],
  ['is:nick', 'eve is now known as eva'], ['is:join', 'eve joined'], ['is:leave', 'eva left'], ['on:2026-11-21', 'today'], ['during:2026-11', 'today']
] as const) {
  test(`${example} finds «${found}»`, async () => {
    assert.ok(examples.includes(example) || example === 'during:2026-11')
    const text = plain(await page(`/search?${new URLSearchParams({ q: example }).toString()}`)).replaceAll('&amp;', '&')
    assert.ok(text.includes(found), text)
  })
}

test('what was understood is told part by part, each with a link to the search without it', async () => {
  const url = `/search?${new URLSearchParams({ q: 'needle OR pin -"some hay" from:Bob in:hall after:2023 has:link is:reply nee*', person: 'alice', from: '2024', to: '2026-11-20' }).toString()}`
  const echo = asked(await page(url))
  assert.deepEqual([...echo.matchAll(/<li>([^]*?)<\/li>/g)].map(match => plain(match[1] ?? '')), [
    'needle', 'or pin', 'not “ some hay ”', 'from Bob', 'in The Lounge', 'after 2023', 'with a link', 'replies', 'words that begin with nee',
    'from alice', 'since 2024', 'until 20 November 2026'
  ])
  const links = hrefs(echo, /href="([^"]+)"/g).map(href => new URL(href, 'http://x').searchParams)
  assert.equal(links[0]?.get('q'), 'pin -"some hay" from:Bob in:hall after:2023 has:link is:reply nee*')
  assert.equal(links[1]?.get('q'), 'needle -"some hay" from:Bob in:hall after:2023 has:link is:reply nee*')
  assert.deepEqual([...links[9]?.keys() ?? []], ['q', 'from', 'to'])
  assert.deepEqual([...links[11]?.keys() ?? []], ['q', 'person', 'from'])
})

test('a room that the reader may not see is told by what was typed and by nothing else', async () => {
  const html = await page('/search?q=needle+in%3Asecret')
  assert.doesNotMatch(html, /Hidden title|xylophone/)
  assert.equal(plain(asked(html)), 'needle in secret')
  assert.equal((await app.inject('/search?q=needle&room=secret')).body, (await app.inject('/search?q=needle&room=never')).body)
})

for (const [sent, canonical] of [
  ['?q=needle&room=&person=&from=&to=&order=', '/search?q=needle'],
  ['?q=needle&order=newest', '/search?q=needle'],
  ['?room=hall&q=needle', '/search?q=needle&room=lounge'],
  ['?q=needle&person=+alice+&to=2026-11-20&from=2025-01-01&order=oldest', '/search?q=needle&person=alice&from=2025-01-01&to=2026-11-20&order=oldest'],
  ['?q=needle&utm_source=x', '/search?q=needle']
] as const) {
  test(`/search${sent} leads to ${canonical}, which stays`, async () => {
    const { statusCode, headers } = await app.inject(`/search${sent}`)
    assert.deepEqual([statusCode, headers.location], [302, canonical])
    await page(canonical)
  })
}

for (const [fields, total] of [
  ['person=ALICE', 1], ['person=bob', 1], ['from=2025-06-01', 2], ['to=2025-05-31', 1], ['from=2024&to=2025', 2], ['person=bob&from=2025', 0],
  ['room=cafe', 1]
] as const) {
  test(`needle with ${fields} finds ${total}, on the page, as JSON and as a feed`, async () => {
    const url = `q=needle&${fields}`
    const expected = fields === 'person=ALICE' ? 2 : total
    assert.equal((await app.inject(`/search.json?${url}`)).json<{ total: number }>().total, expected)
    assert.equal((await app.inject(`/search.atom?${url}`)).body.split('<entry>').length - 1, expected)
    const order = new URLSearchParams(url)
    const names = ['q', 'room', 'person', 'from', 'to'].filter(name => order.has(name))
    const sorted = new URLSearchParams(names.map((name): [string, string] => [name, order.get(name) ?? '']))
    assert.match(await page(`/search?${sorted.toString()}`), expected === 0 ? /Nothing found/ : new RegExp(`${expected} messages?,`))
  })
}

test('the fields alone are a search, and exclude together with words', async () => {
  assert.match(await page('/search?person=bob'), /1 message,/)
  assert.match(await page('/search?q=-needle&person=alice'), /2 messages,/)
})

test('a date that is none is a mistake, which the form shows with what was sent', async () => {
  const { statusCode, body } = await app.inject('/search?q=needle&person=bob&from=someday')
  assert.equal(statusCode, 400)
  assert.match(body, /Cannot search since|&quot;someday&quot;/)
  assert.match(body, /name="person" value="bob"/)
})

test('oldest first, and so on by pages', async () => {
  const json = async (more: string): Promise<{ hits: Array<{ time: string }>, next: string | null }> =>
    (await app.inject(`/search.json?q=needle&order=oldest&limit=1${more}`)).json()
  const times: string[] = []
  for (let next: string | null = ''; next !== null;) {
    const answer = await json(next === '' ? '' : `&before=${next}`)
    times.push(...answer.hits.map(({ time }) => time.slice(0, 4)))
    next = answer.next
  }
  assert.deepEqual(times, ['2024', '2025', '2026'])
})

test('best first finds the same, each once, and a cursor of another order is refused', async () => {
  const uids: string[] = []
  let next: string | null = ''
  while (next !== null) {
    const answer: { hits: Array<{ uid: string }>, next: string | null } =
      (await app.inject(`/search.json?q=car&order=relevance&limit=1${next === '' ? '' : `&before=${next}`}`)).json()
    uids.push(...answer.hits.map(({ uid }) => uid))
    next = answer.next
  }
  assert.equal(new Set(uids).size, 2)
  const { next: newest } = (await app.inject('/search.json?q=car&limit=1')).json<{ next: string }>()
  assert.equal((await app.inject(`/search.json?q=car&order=relevance&before=${newest}`)).statusCode, 400)
  assert.match(await page('/search?q=car&order=relevance'), /best first/)
})

test('a hit stands between two lines before and after it, and three more of each are there to be opened', async () => {
  const html = await page('/search?q=needle&from=2026-11-20')
  const lines = [...html.matchAll(/(before|after) (\d)</g)].map(match => `${match[1]} ${match[2]}`)
  assert.deepEqual(lines, ['before 4', 'before 5', 'before 6', 'before 7', 'before 8', 'after 0', 'after 1', 'after 2', 'after 3', 'after 4'])
  const opened = [...html.matchAll(/<details><summary>([^<]+)<\/summary>([^]*?)<\/details>/g)].map(match => [match[1], [...(match[2] ?? '').matchAll(/(?:before|after) \d/g)].length])
  assert.deepEqual(opened, [['3 more before', 3], ['3 more after', 3]])
  assert.match(html, /<li class="hit">/)
})

test('hits near each other share their lines', async () => {
  const html = await page('/search?q=before+OR+after')
  assert.equal([...html.matchAll(/<ol class="log">/g)].length, 2, 'one passage, and one list to be opened')
  assert.equal([...html.matchAll(/class="hit"/g)].length, 18)
  assert.equal([...html.matchAll(/the needle/g)].length, 1)
})

for (const [kind, anchor] of [['kick', '/r/lounge/2026-11-20#t090000'], ['join', '/r/lounge/2026-11-20?events=full#t090001'], ['nick', '/r/lounge/2026-11-20?events=full#t090002']] as ReadonlyArray<readonly [EventKind, string]>) {
  test(`a ${kind} is a sentence that leads to its line on the day`, async () => {
    const html = await page(`/search?q=is%3A${kind}`)
    const href = hrefs(html, /href="([^"]+)" title="Read it in its day"/g)
    assert.deepEqual(href, [anchor])
    const [path = '', id = ''] = anchor.split('#')
    assert.match((await app.inject(path)).body, new RegExp(`<li id="${id}" class="n">`))
    assert.match(html, /1 event,/)
    const { hits } = (await app.inject(`/search.json?q=is%3A${kind}`)).json<{ hits: Array<{ kind: string, url: string, body: string }> }>()
    assert.deepEqual(hits.map(hit => [hit.kind, hit.url]), [[kind, `https://logs.example.org${anchor}`]])
    assert.match((await app.inject(`/search.atom?q=is%3A${kind}`)).body, new RegExp(`<link rel="alternate" type="text/html" href="https://logs.example.org${anchor.replace('?', '\\?')}"`))
  })
}

test('facets count and lead on: rooms, years, people, kinds', async () => {
  const html = await page('/search?q=needle')
  const groups = [...html.matchAll(/<section>\s*<h2>([^<]+)<\/h2>([^]*?)<\/section>/g)].map(match =>
    [match[1], [...(match[2] ?? '').matchAll(/<li>([^]*?)<\/li>/g)].map(li => plain(li[1] ?? '')), hrefs(match[2] ?? '', /href="([^"]+)"/g)])
  assert.deepEqual(groups, [
    ['Rooms', ['The Lounge 2', 'Café 1'], ['/search?q=needle&room=lounge', '/search?q=needle&room=cafe']],
    ['Years', ['2026 1', '2025 1', '2024 1'], ['2026', '2025', '2024'].map(year => `/search?q=needle&from=${year}&to=${year}`)],
    ['People', ['alice 2', 'Bob 1'], ['/search?q=needle&person=alice', '/search?q=needle&person=Bob']]
  ])
  for (const [, , links] of groups) for (const link of links ?? []) assert.match(await page(link), /[12] messages?,/)
  const kinds = await page('/search?q=is%3Akick+OR+is%3Ajoin')
  assert.deepEqual(hrefs(kinds, /href="([^"]+is%3A(?:kick|join))"/g).filter(href => !href.includes('+')).sort().filter((href, n, all) => all.indexOf(href) === n),
    ['/search?q=is%3Ajoin', '/search?q=is%3Akick'])
  const { facets } = (await app.inject('/search.json?q=needle&facets=1')).json<{ facets: Record<string, Array<{ value: string, count: number }>> }>()
  assert.deepEqual(facets['rooms']?.map(({ value, count }) => [value, count]), [['lounge', 2], ['cafe', 1]])
  assert.equal((await app.inject('/search.json?q=needle')).json<{ facets?: object }>().facets, undefined)
})

test('where very much is found, facets are counted only when asked for', async t => {
  const asked: boolean[] = []
  const none = { rooms: [], years: [], people: [], kinds: [] }
  const find: Find = async request => {
    asked.push(request.facets === true)
    const found = await plainFind(site.store)(request)
    return { ...found, total: 10_000, totalIsExact: false, ...request.facets === true ? { facets: none } : {} }
  }
  const { app } = await siteWith(t, [LOUNGE], [], { find })
  const { body } = await app.inject('/search?q=needle')
  assert.deepEqual(asked, [false])
  const [href] = hrefs(body, /href="([^"]+)">Count them/g)
  assert.equal(href, '/search?q=needle&facets=1')
  await app.inject(href ?? '')
  assert.deepEqual(asked, [false, false, true])
})

test('nothing found: another spelling, the search without each part, and all rooms', async () => {
  const html = await page('/search?q=needel+from%3Aalice&room=cafe')
  assert.match(html, /Nothing found in <bdi>Café/)
  assert.deepEqual(hrefs(html, /<li><a rel="nofollow" href="([^"]+)">without/g), [
    '/search?q=from%3Aalice&room=cafe', '/search?q=needel&room=cafe', '/search?q=needel+from%3Aalice'
  ])
  assert.match(html, /href="\/search\?q=needel\+from%3Aalice">Search all rooms/)
  const spelled = await page('/search?q=needel')
  const [better = ''] = hrefs(spelled, /Did you mean <a rel="nofollow" href="([^"]+)"/g)
  assert.equal(better, '/search?q=needle')
  assert.equal((await app.inject('/search.json?q=needel')).json<{ suggestion: string }>().suggestion, 'needle')
  assert.doesNotMatch(await page('/search?q=xylophona'), /xylophone/)
})

test('a search in a bounded time leads on to the time before it', async () => {
  const html = await page('/search?q=needle&from=2026-01-01&to=2026-12-31')
  const [href] = hrefs(html, /href="([^"]+)"><span aria-hidden="true">→<\/span> Go on before 1 January 2026/g)
  assert.equal(href, '/search?q=needle&from=2025-01-01&to=2025-12-31')
  assert.match(await page(href ?? ''), /needle<\/mark> in the hay/)
})

test('a search that takes too long offers to go on in a shorter time', async t => {
  const find: Find = async () => { throw new HansardError('ERR_SEARCH_TIMEOUT', 'Cannot search: too long') }
  const { app } = await siteWith(t, [LOUNGE], [], { find })
  const { body, statusCode } = await app.inject('/search?q=needle')
  assert.equal(statusCode, 503)
  assert.match(body, /href="\/search\?q=needle&amp;from=2025-11-21">Go on with the last twelve months/)
})

for (const [name, state, text] of [
  ['being built', { isPartial: true, behind: 0 }, /the index is being built/],
  ['behind', { isPartial: false, behind: 3 }, /the index is 3 seconds behind/],
  ['up to date', { isPartial: false, behind: 0 }, /the index is up to date/]
] as const) {
  test(`an index that is ${name} is told so`, async t => {
    const { app } = await siteWith(t, [LOUNGE], talk, { searchState: () => state })
    assert.match((await app.inject('/search?q=needle')).body, text)
    assert.deepEqual((await app.inject('/search.json?q=needle')).json<{ index: object }>().index, state)
  })
}

test('the feed and the JSON of a search are those of all its fields', async () => {
  const html = await page('/search?q=needle&room=lounge&person=alice&from=2025&order=oldest')
  for (const form of ['atom', 'json']) assert.ok(html.includes(`/search.${form}?q=needle&amp;room=lounge&amp;person=alice&amp;from=2025&amp;order=oldest"`))
})
