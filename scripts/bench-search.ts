/**
 * Measures the local search index: messages indexed a second, the time of searches by class, memory, how soon a message is
 * found while others are indexed; and, where they can do the same, an index of lunr alone and SQLite's LIKE.
 *   npm run bench:search -- [file.jsonl[.gz]] [--messages 100000] [--alone] [--json]
 * The file has one `{"kind":"message","ts":"…","nick":"…","body":"…"}` a line; where it is shorter than asked, or absent,
 * its messages are repeated in further rooms and years, or made up.
 */
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { silentLogger } from '../src/log.ts'
import type { RoomJid } from '../src/model/address.ts'
import { formatTime } from '../src/model/archive-time.ts'
import { eventId } from '../src/model/event.ts'
import { createLocalIndex } from '../src/search/local.ts'
import { parseQuery } from '../src/search/query.ts'
import type { IndexChange, SearchIndex } from '../src/search/search-index.ts'
import { MOST_FOR_LUNR, lunrAlone, plainWords, sqliteLike } from './bench-search-peers.ts'
import type { Peer } from './bench-search-peers.ts'

interface Result {
  readonly messages: number
  readonly indexPerSecond: number
  /** Processor time of all threads, in microseconds. */
  readonly cpuMicrosPerMessage: number
  readonly megabytes: number
  /** Of the process with its readers, after all searches. */
  readonly residentMegabytes: number
  /** Milliseconds from a message's arrival until a search finds it, while batches of others are indexed. */
  readonly freshness: { readonly p50: number, readonly p95: number }
  readonly searches: ReadonlyArray<Times & { readonly name: string, readonly hits: number }>
  readonly peers: ReadonlyArray<Pick<Peer, 'name' | 'size' | 'rate'> & { readonly searches: ReadonlyArray<Times & { readonly name: string }> }>
}

interface Times {
  readonly p50: number
  readonly p95: number
}

interface Said {
  readonly nick: string
  readonly body: string
}

// As the program does while it is behind (feed-worker.ts), and while it is not.
const GATHERED = 2_000
const BATCH = 500
const QUERIES = 20
const ROOMS = Array.from({ length: 10 }, (_, n) => `room${n}@conference.example.org` as RoomJid)
const START = Date.UTC(2015, 0, 1) * 1000
const YEARS = 10

/** Prints a table. `source`: JSON lines, also gzipped; made-up talk without it. */
export async function benchSearch (source?: string, messages = 100_000): Promise<void> {
  process.stdout.write(`${table(await measure(source, messages, true))}\n`)
}

async function measure (source: string | undefined, messages: number, isAlone = false): Promise<Result> {
  const said = source === undefined ? makeUp(Math.min(messages, 100_000)) : readSaid(source)
  const directory = mkdtempSync(join(tmpdir(), 'hansard-bench-'))
  const path = join(directory, 'search.db')
  const index = createLocalIndex({ path, log: silentLogger })
  try {
    const { seconds, cpuMicros } = await fill(index, said, messages)
    const searches = []
    const classes = queryClasses(said)
    for (const [name, queries] of Object.entries(classes)) searches.push({ name, ...await time(index, queries) })
    searches.push({ name: 'common, with facets', ...await time(index, classes['very common word'] ?? [], true) })
    const residentMegabytes = Math.round(process.memoryUsage().rss / 1e6)
    const megabytes = Math.round((statSync(path).size + statSync(`${path}-wal`).size) / 1e6)
    const freshness = await measureFreshness(index, said, messages)
    const peers = isAlone ? [] : measurePeers(said, messages, classes, directory)
    return {
      messages,
      indexPerSecond: Math.round(messages / seconds),
      cpuMicrosPerMessage: Math.round(cpuMicros / messages),
      megabytes,
      residentMegabytes,
      freshness,
      searches,
      peers
    }
  } finally {
    await index.close()
    rmSync(directory, { recursive: true })
  }
}

async function fill (index: SearchIndex, said: readonly Said[], messages: number): Promise<{ seconds: number, cpuMicros: number }> {
  const step = Math.floor(YEARS * 365 * 86_400e6 / messages)
  let checkpoint: string | undefined
  const cpu = process.cpuUsage()
  const started = performance.now()
  for (let from = 0; from < messages; from += GATHERED) {
    const changes = Array.from({ length: Math.min(GATHERED, messages - from) }, (_, n) => changeOf(said, from + n, step))
    const to = String(from)
    if (!await index.apply(changes, checkpoint, to)) throw new Error('the index moved under the benchmark')
    checkpoint = to
  }
  const { user, system } = process.cpuUsage(cpu)
  return { seconds: (performance.now() - started) / 1000, cpuMicros: user + system }
}

function changeOf (said: readonly Said[], number: number, step: number): IndexChange {
  const room = ROOMS[Math.floor(number / 7) % ROOMS.length] as RoomJid
  const { nick, body } = said[number % said.length] as Said
  const time = formatTime(START + number * step)
  const id = eventId(room, 'talk', time)
  return { id, event: { _id: id, kind: 'message', room, time, uid: String(number), nick, via: 'import', body, anchor: '' } }
}

// One message comes, a batch of others is taken in with it, and then it is looked for.
async function measureFreshness (index: SearchIndex, said: readonly Said[], messages: number): Promise<Times> {
  const times: number[] = []
  const step = Math.floor(YEARS * 365 * 86_400e6 / messages)
  for (let round = 0; round < QUERIES; round++) {
    const from = messages + round * BATCH
    const batch = Array.from({ length: BATCH - 1 }, (_, n) => changeOf(said, from + n, step))
    const fresh = changeOf([{ nick: 'fresh', body: `fresh${round}` }], from + BATCH - 1, step)
    const started = performance.now()
    await index.apply([...batch, fresh], await index.checkpoint(), `fresh${round}`)
    const { hits } = await index.search({ query: parseQuery(`fresh${round}`), rooms: ROOMS, limit: 1, order: 'newest' })
    if (hits[0] !== fresh.id) throw new Error('a message was indexed and is not found')
    times.push(performance.now() - started)
  }
  return timesOf(times)
}

function measurePeers (said: readonly Said[], messages: number, classes: Record<string, readonly string[]>, directory: string): Result['peers'] {
  const bodies = Array.from({ length: messages }, (_, n) => (said[n % said.length] as Said).body)
  const peers = [() => sqliteLike(bodies, join(directory, 'like.db')), ...messages > MOST_FOR_LUNR ? [] : [() => lunrAlone(bodies)]]
  return peers.map(open => {
    const peer = open()
    const searches = Object.entries(classes).flatMap(([name, queries]) => {
      const asked = queries.map(plainWords)
      if (asked.some(words => words === undefined)) return []
      const times = asked.map(words => {
        const started = performance.now()
        peer.search(words ?? [])
        return performance.now() - started
      })
      return [{ name, ...timesOf(times) }]
    })
    peer.close()
    return { name: peer.name, size: peer.size, rate: peer.rate, searches }
  })
}

async function time (index: SearchIndex, queries: readonly string[], facets = false): Promise<Times & { hits: number }> {
  const times: number[] = []
  let hits = 0
  for (const text of ['warm-up', ...queries]) {
    const query = parseQuery(text)
    const started = performance.now()
    const page = await index.search({ query, rooms: ROOMS, limit: 20, order: 'newest', facets })
    if (text === 'warm-up') continue
    times.push(performance.now() - started)
    hits += page.total
  }
  return { ...timesOf(times), hits: Math.round(hits / Math.max(queries.length, 1)) }
}

function timesOf (times: readonly number[]): Times {
  const sorted = [...times].sort((a, b) => a - b)
  const at = (share: number) => Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0) * 10) / 10
  return { p50: at(0.5), p95: at(0.95) }
}

function queryClasses (said: readonly Said[]): Record<string, string[]> {
  const frequencies = new Map<string, number>()
  const sample = said.slice(0, 100_000)
  for (const { body } of sample) {
    for (const word of new Set(body.toLowerCase().match(/\b[a-z]{3,}\b/g) ?? [])) frequencies.set(word, (frequencies.get(word) ?? 0) + 1)
  }
  const words = [...frequencies].sort((a, b) => b[1] - a[1]).map(([word]) => word)
  const band = (from: number, to: number) => {
    const first = Math.floor(words.length * from)
    const width = Math.max(1, Math.floor(words.length * to) - first)
    return Array.from({ length: QUERIES }, (_, n) => words[first + Math.floor(n * width / QUERIES)] ?? 'word')
  }
  const [common, mid, rare] = [words.slice(0, QUERIES), band(0.005, 0.03), band(0.3, 0.9)]
  const spread = (n: number) => sample[Math.floor(n * sample.length / QUERIES)] as Said
  const each = (make: (word: string, n: number) => string) => mid.map(make)
  return {
    'very common word': common,
    'middling word': mid,
    'rare word': rare,
    'absent word': rare.map(word => `${word}qqq`),
    'two common words': common.map((word, n) => `${word} ${common[(n + 1) % QUERIES] ?? ''}`),
    'common and rare': rare.map((word, n) => `${word} ${common[n] ?? ''}`),
    'three words': common.map((word, n) => `${word} ${common[(n + 1) % QUERIES] ?? ''} ${mid[n] ?? ''}`),
    'one word or other': rare.map((word, n) => `${word} OR ${mid[n] ?? ''}`),
    phrase: each((_, n) => `"${(spread(n).body.match(/[A-Za-z]+/g) ?? ['word']).slice(0, 3).join(' ')}"`),
    prefix: each(word => `${word.slice(0, 3)}*`),
    'without a word': each((word, n) => `${word} -${common[n] ?? ''}`),
    'person and word': each((word, n) => `from:"${spread(n).nick}" ${word}`),
    'person only': each((_, n) => `from:"${spread(n).nick}"`),
    'room and word': each((word, n) => `in:room${n % ROOMS.length} ${word}`),
    'old month and word': common.map((word, n) => `${word} during:2015-${String(n % 12 + 1).padStart(2, '0')}`),
    'room only': Array.from({ length: QUERIES }, (_, n) => `in:room${n % ROOMS.length}`)
  }
}

function readSaid (source: string): Said[] {
  const data = readFileSync(source)
  const text = (source.endsWith('.gz') ? gunzipSync(data) : data).toString()
  return text.split('\n').filter(line => line !== '')
    .map(line => JSON.parse(line) as { kind?: string, nick?: string, body?: string })
    .filter(({ kind, body }) => kind === 'message' && body !== undefined && body !== '')
    .map(({ nick = '', body = '' }) => ({ nick, body }))
}

// Words as frequent as their rank tells (Zipf), the same in every run.
function makeUp (count: number): Said[] {
  let state = 42
  const random = () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    return state / 2 ** 31
  }
  const word = () => Math.floor(50_000 ** random()).toString(26).replace(/[0-9]/g, digit => String.fromCharCode(113 + Number(digit))).padStart(3, 'e')
  return Array.from({ length: count }, () => ({
    nick: `nick${Math.floor(200 ** random())}`,
    body: Array.from({ length: 2 + Math.floor(random() * 20) }, word).join(' ')
  }))
}

function table (result: Result): string {
  const count = new Intl.NumberFormat('en')
  const rows = result.searches.map(({ name, p50, p95, hits }) =>
    `${name.padEnd(20)}${p50.toFixed(1).padStart(10)}${p95.toFixed(1).padStart(10)}${count.format(hits).padStart(12)}`)
  return [
    `Search index of ${count.format(result.messages)} messages: ${count.format(result.indexPerSecond)} indexed a second ` +
      `(${result.cpuMicrosPerMessage} µs of processor time each), ${result.megabytes} MB on disk, ${result.residentMegabytes} MB of memory`,
    `a message is found ${result.freshness.p50} ms after it came (p95 ${result.freshness.p95} ms), while ${BATCH} at a time are indexed`,
    `${'search (newest 20)'.padEnd(20)}${'p50 ms'.padStart(10)}${'p95 ms'.padStart(10)}${'mean hits'.padStart(12)}`,
    ...rows,
    ...result.peers.flatMap(({ name, size, rate, searches }) => [
      '', `${name}: ${count.format(rate)} messages a second, ${count.format(size)} MB`,
      ...searches.map(({ name, p50, p95 }) => `${name.padEnd(20)}${p50.toFixed(1).padStart(10)}${p95.toFixed(1).padStart(10)}`)
    ])
  ].join('\n')
}

if (process.argv[1] === import.meta.filename) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { messages: { type: 'string', default: '100000' }, json: { type: 'boolean', default: false }, alone: { type: 'boolean', default: false } }
  })
  const messages = Number(values.messages)
  const result = await measure(positionals[0], messages, values.alone)
  process.stdout.write(`${values.json ? JSON.stringify(result) : table(result)}\n`)
}
