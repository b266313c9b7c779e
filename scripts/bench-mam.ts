/**
 * How fast archives are read over MAM, and whether that depends on how much they hold: a room of a million messages against one
 * of ten thousand, ours over both stores and, on the same machine and data, the archives of Prosody and ejabberd.
 *   npm run bench:mam -- [FILE] [--messages 1000000] [--stores sqlite,couchdb|none] [--peers prosody-sql,…|none]
 *     [--times 50] [--quick]
 * FILE: a log as JSON lines, gzipped or not; without it the sample of the tests. It is repeated with later times.
 * CouchDB is the fake of the tests, which holds all in memory, with a tenth of the messages; COUCHDB_URL names a real one.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import type { Measured } from './bench-mam-measure.ts'
import { benchCouchdb, benchSqlite } from './bench-mam-ours.ts'
import type { Sizes } from './bench-mam-ours.ts'
import { benchPeer, PEERS } from './bench-mam-peers.ts'
import { ended } from '../test/servers/ended.ts'
import { readTalk } from './bench-mam-talk.ts'

const ROOT = join(import.meta.dirname, '..')
const SAMPLE = join(ROOT, 'test/fixtures/duraspace-sample.jsonl.gz')

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    messages: { type: 'string' },
    stores: { type: 'string', default: 'sqlite,couchdb' },
    peers: { type: 'string', default: Object.keys(PEERS).join(',') },
    times: { type: 'string' },
    quick: { type: 'boolean', default: false }
  }
})
const messages = Number(values.messages ?? (values.quick ? 50_000 : 1_000_000))
const times = Number(values.times ?? (values.quick ? 10 : 50))
const large = readTalk(positionals[0] ?? SAMPLE, messages)
const small = large.filter((_, n) => n % Math.ceil(large.length / 10_000) === 0)
const talk: Sizes = { small, large }
const number = new Intl.NumberFormat('en')

print(`A room of ${number.format(small.length)} messages and one of ${number.format(large.length)}, each question ${times} times of either: ms, least / median / p95`)
const stores = values.stores.split(',')
if (stores.includes('sqlite')) await withFolder(async folder => show(await benchSqlite(join(folder, 'record.db'), talk, times)))
if (stores.includes('couchdb')) await couchdb()
for (const peer of values.peers.split(',').filter(name => name !== 'none')) {
  try {
    show([await benchPeer(peer, talk, times)])
  } catch (error) {
    print(`\n${peer} is left out: ${(error as Error).message.split('\n')[0] ?? ''}`)
  }
}

async function couchdb (): Promise<void> {
  const real = process.env['COUCHDB_URL']
  if (real !== undefined) return show(await benchCouchdb(real, talk, times))
  const fake = spawn(process.execPath, ['--import', 'tsx', join(ROOT, 'test/servers/fake-couchdb-process.ts')], { stdio: ['pipe', 'pipe', 'inherit'] })
  try {
    const [url] = await once(createInterface({ input: fake.stdout }), 'line') as [string]
    const part = { small, large: large.slice(0, Math.max(small.length, messages / 10)) }
    print(`\nThe fake CouchDB holds ${number.format(part.large.length)} messages in the large room; its own times grow with what it holds`)
    show(await benchCouchdb(url, part, times))
  } finally {
    fake.stdin.end()
    await ended(fake)
  }
}

async function withFolder (work: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'hansard-bench-'))
  try {
    await work(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function show (measured: readonly Measured[]): void {
  for (const { name, rows } of measured) {
    print(`\n| ${name} | small | large | large : small, least | median |\n| --- | --- | --- | --- | --- |`)
    for (const { question, times: found, note } of rows) {
      const [few = [], many = []] = found ?? []
      const ratio = (share: number): string => (at(many, share) / at(few, share)).toFixed(2)
      print(found === undefined
        ? `| ${question} | not answered: ${note ?? ''} | | | |`
        : `| ${question} | ${cell(few)} | ${cell(many)} | ${ratio(0)} | ${ratio(0.5)} |`)
    }
  }
}

function cell (found: readonly number[]): string {
  return [0, 0.5, 0.95].map(share => round(at(found, share))).join(' / ')
}

function at (found: readonly number[], share: number): number {
  const sorted = [...found].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN
}

function round (ms: number): string {
  return ms < 10 ? ms.toFixed(2) : ms.toFixed(0)
}

function print (line: string): void {
  process.stdout.write(`${line}\n`)
}
