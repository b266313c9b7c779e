import { createReadStream } from 'node:fs'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { openRecord } from '../src/app.ts'
import { silentLogger } from '../src/log.ts'
import { parseRoomJid } from '../src/model/address.ts'
import { importEvents } from '../src/transfer/import.ts'

const ROOM = parseRoomJid('bench@conference.localhost')
const SAMPLE = join(import.meta.dirname, '../test/fixtures/duraspace-sample.jsonl.gz')
const MONTH_MS = 31 * 86_400_000

/**
 * Imports a log into a new SQLite record with its search index, as `hansard import` does, and prints the rate.
 * @param file JSON lines, gzipped or not; without it the sample of the tests, repeated with later times
 */
export async function benchImport (file: string | undefined): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'hansard-bench-'))
  const config = {
    store: { driver: 'sqlite', path: join(folder, 'hansard.db') },
    search: { engine: 'local', path: join(folder, 'search.db'), language: 'en' }
  } as const
  const record = await openRecord({ config, log: silentLogger })
  const cpuBefore = process.cpuUsage()
  const startedAt = performance.now()
  const result = await importEvents({
    room: ROOM,
    source: file === undefined ? repeatedSample(50) : createReadStream(file),
    name: file ?? 'sample',
    record: events => record.archive.recordAll(events)
  })
  await record.feed.advance()
  const seconds = (performance.now() - startedAt) / 1000
  const cpu = process.cpuUsage(cpuBefore)
  const cpuSeconds = (cpu.user + cpu.system) / 1e6
  await record.close()
  const bytes = (path: string): number => Math.round(statSync(path).size / result.added)
  console.table({
    events: result.added,
    'events/s': Math.round(result.added / seconds),
    'events per CPU second': Math.round(result.added / cpuSeconds),
    'bytes an event, record': bytes(config.store.path),
    'bytes an event, search': bytes(config.search.path)
  })
  rmSync(folder, { recursive: true })
}

async function * repeatedSample (times: number): AsyncGenerator<Buffer> {
  const lines = gunzipSync(readFileSync(SAMPLE)).toString().trim().split('\n').map(line => JSON.parse(line) as { ts: string })
  for (let n = 0; n < times; n++) {
    yield Buffer.from(lines.map(line => JSON.stringify({ ...line, ts: new Date(Date.parse(line.ts) + n * MONTH_MS).toISOString() }) + '\n').join(''))
  }
}
