import assert from 'node:assert/strict'
import test, { after } from 'node:test'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { addDays } from '../../src/model/day.ts'
import type { Day } from '../../src/model/day.ts'
import { busyDay } from './busy-talk.ts'
import { published, said, siteWith } from './site-under-test.ts'

// Bytes and elements, which are the same on every machine: no times are measured here.
const KIB = 1024
const LOUNGE = published('lounge', 'indexed')
const ROOMS = Array.from({ length: 50 }, (_, n) => published(`room${n}`, 'indexed', { description: `What room ${n} of fifty is there for, in a few words.` }))
const FIRST = '2026-10-01' as Day

/** Messages a day by how many days have no more, in a busy public channel, and KiB of the page with gzip -6 and with Brotli -11. */
const DAYS = [
  { name: 'half of all days', messages: 79, gzip: 7, brotli: 6 },
  { name: 'nine of ten', messages: 821, gzip: 40, brotli: 31 },
  { name: '95 of 100', messages: 1_136, gzip: 53, brotli: 41 },
  { name: '99 of 100', messages: 1_761, gzip: 60, brotli: 44 },
  { name: 'the busiest', messages: 3_723, gzip: 155, brotli: 110 }
]
/** Of the talk alone as text with gzip: what a page may weigh where people say more in a message than in that channel. */
const TIMES_TEXT = { gzip: 1.8, brotli: 1.4 }
const CHROME_ELEMENTS = 250
const ELEMENTS_PER_MESSAGE = 5.5
const MAX_ELEMENTS = 10_000
const P99_MESSAGES = 1_761

const dayOf = (n: number): Day => addDays(FIRST, n)
const events = [
  ...DAYS.flatMap(({ messages }, n) => busyDay(LOUNGE, dayOf(n), messages)),
  ...Array.from({ length: 365 }, (_, n) => said(LOUNGE, `${addDays('2025-01-01' as Day, n)}T10:00:00`, 'alice', `needle ${n}`)),
  ...ROOMS.map(room => said(room, '2026-10-01T10:00:00', 'alice', 'hello'))
]
const { app } = await siteWith({ after }, [LOUNGE, ...ROOMS], events)

async function pageOf (url: string, status = 200): Promise<string> {
  const { body, statusCode } = await app.inject(url)
  assert.equal(statusCode, status, url)
  return body
}

const zipped = (text: string): number => gzipSync(text, { level: 6 }).length
const elementsOf = (html: string): number => html.match(/<[a-z][^>]*>/g)?.length ?? 0

for (const [n, { name, messages, gzip, brotli }] of DAYS.entries()) {
  test(`a day of ${messages} messages (${name}) weighs little and has few elements`, async () => {
    const html = await pageOf(`/r/lounge/${dayOf(n)}`)
    const text = messages < P99_MESSAGES ? 0 : zipped(await pageOf(`/r/lounge/${dayOf(n)}.txt?events=none`))
    assert.ok(zipped(html) <= Math.max(gzip * KIB, text * TIMES_TEXT.gzip), `${zipped(html)} bytes`)
    const small = brotliCompressSync(html, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: html.length } })
    assert.ok(small.length <= Math.max(brotli * KIB, text * TIMES_TEXT.brotli), `${small.length} bytes with Brotli`)
    const elements = elementsOf(html)
    assert.ok(elements <= CHROME_ELEMENTS + messages * ELEMENTS_PER_MESSAGE, `${elements} elements`)
    if (messages <= P99_MESSAGES) assert.ok(elements <= MAX_ELEMENTS)
  })
}

test('the first visit of a busy day takes at most four requests and 50 KiB', async () => {
  const html = await pageOf(`/r/lounge/${dayOf(1)}`)
  const files = [...html.matchAll(/<(?:link rel="(?:stylesheet|icon)" href|script src)="([^"]+)"/g)].map(([, href]) => href ?? '')
  const loaded = files.filter(href => !href.includes('icon'))
  assert.ok(loaded.length + 1 <= 4, loaded.join(' '))
  const sizes = await Promise.all(files.map(async href => zipped(await pageOf(href))))
  const total = sizes.reduce((sum, size) => sum + size, zipped(html))
  assert.ok(total <= 50 * KIB, `${total} bytes: ${[zipped(html), ...sizes].join(' + ')}`)
})

const PAGES = [
  { name: 'the list of fifty rooms', url: '/', gzip: 12 },
  { name: 'a year with talk on each day', url: '/r/lounge/2025', gzip: 9 },
  { name: 'a page of twenty hits', url: '/search?q=needle', gzip: 12 },
  { name: 'a message with what was said around it', url: '/r/lounge/m/', gzip: 5 },
  { name: 'an address that leads nowhere', url: '/r/none/', gzip: 3, status: 404 }
]

for (const { name, url, gzip, status } of PAGES) {
  test(`${name} weighs at most ${gzip} KiB`, async () => {
    const html = await pageOf(url.endsWith('/m/') ? `${url}${events[400]?.uid ?? ''}` : url, status)
    assert.ok(zipped(html) <= gzip * KIB, `${zipped(html)} bytes`)
  })
}

test('a page without its messages weighs at most 3 KiB', async () => {
  const html = await pageOf(`/r/lounge/${dayOf(1)}`)
  assert.ok(zipped(html.replace(/<ol class="log">[^]*?<\/ol>/g, '')) <= 3 * KIB)
})
