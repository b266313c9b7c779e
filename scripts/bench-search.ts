/**
 * Measures the local search index: messages indexed a second, and the time of searches by class.
 *   node --import tsx scripts/bench-search.ts [file.jsonl[.gz]] [--messages 100000] [--json]
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

interface Result {
  readonly messages: number
  readonly indexPerSecond: number
  /** Processor time of all threads, in microseconds. */
  readonly cpuMicrosPerMessage: number
  readonly megabytes: number
  readonly searches: ReadonlyArray<{ readonly name: string, readonly p50: number, readonly p95: number, readonly hits: number }>
}

interface Said {
  readonly nick: string
  readonly body: string
}

const BATCH = 500
const QUERIES = 20
const ROOMS = Array.from({ length: 10 }, (_, n) => `room${n}@conference.example.org` as RoomJid)
const START = Date.UTC(2015, 0, 1) * 1000
const YEARS = 10

/** Prints a table. `source`: JSON lines, also gzipped; made-up talk without it. */
export async function benchSearch (source?: string, messages = 100_000): Promise<void> {
  process.stdout.write(`${table(await measure(source, messages))}\n`)
}

async function measure (source: string | undefined, messages: number): Promise<Result> {
  const said = source === undefined ? makeUp(Math.min(messages, 100_000)) : readSaid(source)
  const directory = mkdtempSync(join(tmpdir(), 'hansard-bench-'))
  const path = join(directory, 'search.db')
  const index = createLocalIndex({ path, log: silentLogger })
  try {
    const { seconds, cpuMicros } = await fill(index, said, messages)
    const searches = []
    for (const [name, queries] of Object.entries(queryClasses(said))) searches.push({ name, ...await time(index, queries) })
    return {
      messages,
      indexPerSecond: Math.round(messages / seconds),
      cpuMicrosPerMessage: Math.round(cpuMicros / messages),
      megabytes: Math.round((statSync(path).size + statSync(`${path}-wal`).size) / 1e6),
      searches
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
  for (let from = 0; from < messages; from += BATCH) {
    const changes = Array.from({ length: Math.min(BATCH, messages - from) }, (_, n) => changeOf(said, from + n, step))
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

async function time (index: SearchIndex, queries: readonly string[]): Promise<{ p50: number, p95: number, hits: number }> {
  const times: number[] = []
  let hits = 0
  for (const text of ['warm-up', ...queries]) {
    const query = parseQuery(text)
    const started = performance.now()
    const page = await index.search({ query, rooms: ROOMS, limit: 20, order: 'newest' })
    if (text === 'warm-up') continue
    times.push(performance.now() - started)
    hits += page.total
  }
  times.sort((a, b) => a - b)
  const at = (share: number) => Math.round((times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0) * 10) / 10
  return { p50: at(0.5), p95: at(0.95), hits: Math.round(hits / Math.max(queries.length, 1)) }
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
      `(${result.cpuMicrosPerMessage} µs of processor time each), ${result.megabytes} MB`,
    `${'search (newest 20)'.padEnd(20)}${'p50 ms'.padStart(10)}${'p95 ms'.padStart(10)}${'mean hits'.padStart(12)}`,
    ...rows
  ].join('\n')
}

if (process.argv[1] === import.meta.filename) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { messages: { type: 'string', default: '100000' }, json: { type: 'boolean', default: false } }
  })
  const messages = Number(values.messages)
  if (values.json) process.stdout.write(`${JSON.stringify(await measure(positionals[0], messages))}\n`)
  else await benchSearch(positionals[0], messages)
}
