import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'

const ROOT = join(import.meta.dirname, '..')
const SAMPLE = join(ROOT, 'test/fixtures/duraspace-sample.jsonl.gz')
const MONTH_MS = 31 * 86_400_000
const MONTHS = 75

/**
 * Times `hansard import` as people run it, compiled, into a new SQLite record with its search index; start included.
 * @param file JSON lines, gzipped or not; without it the sample of the tests, repeated with later times
 */
export function benchImport (file: string | undefined): void {
  const folder = mkdtempSync(join(tmpdir(), 'hansard-bench-'))
  try {
    const config = join(folder, 'config.yaml')
    writeFileSync(config, `xmpp: { mode: component, domain: logs.localhost, secret: none }
store: { driver: sqlite, path: record.db }
spool: { path: spool.db }
search: { engine: local, path: search.db }
`)
    const source = file ?? writeSample(folder)
    const startedAt = performance.now()
    const printed = execFileSync(process.execPath, [
      join(ROOT, 'dist/main.js'), 'import', '--config', config, '--room', 'bench@conference.localhost', '--output', 'jsonl', source
    ], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
    const seconds = (performance.now() - startedAt) / 1000
    const { added } = JSON.parse(printed) as { added: number }
    const bytes = (name: string): number => Math.round(statSync(join(folder, name)).size / added)
    console.table({
      events: added,
      'events/s': Math.round(added / seconds),
      'bytes an event, record': bytes('record.db'),
      'bytes an event, search': bytes('search.db')
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function writeSample (folder: string): string {
  const lines = gunzipSync(readFileSync(SAMPLE)).toString().trim().split('\n').map(line => JSON.parse(line) as { ts: string })
  const months = Array.from({ length: MONTHS }, (_, n) => lines.map(line => {
    return `${JSON.stringify({ ...line, ts: new Date(Date.parse(line.ts) + n * MONTH_MS).toISOString() })}\n`
  }))
  const path = join(folder, 'sample.jsonl')
  writeFileSync(path, months.flat().join(''))
  return path
}
