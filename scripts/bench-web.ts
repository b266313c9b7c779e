/**
 * How fast the site answers, beside nginx serving the same bytes as files on the same machine in the same run.
 *   npm run bench:web -- [FILE] [--messages 90000] [--seconds 5] [--json]
 * FILE: a log as JSON lines, gzipped or not; without it the sample of the tests. It is repeated with later times over ten
 * years. nginx (Debian: `scripts/install-debian nginx`) is left out where it is missing. The load comes from autocannon, in
 * a process of its own, over one connection: what is measured is how long one reader waits.
 */
import { execFile, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs, promisify } from 'node:util'
import type { FastifyInstance } from 'fastify'
import { createDirectory } from '../src/access/directory.ts'
import { createFind } from '../src/archive/find.ts'
import { createIndexFeed } from '../src/archive/index-feed.ts'
import { createSqliteStore } from '../src/archive/sqlite.ts'
import type { ArchiveStore } from '../src/archive/store.ts'
import { silentLogger } from '../src/log.ts'
import { parseRoomJid } from '../src/model/address.ts'
import { formatTime } from '../src/model/archive-time.ts'
import { createLocalIndex } from '../src/search/local.ts'
import { createKeptFiles } from '../src/web/kept/kept-files.ts'
import type { KeptFiles } from '../src/web/kept/kept-files.ts'
import { createWebServer } from '../src/web/server.ts'
import { readTalk, uidOf } from './bench-mam-talk.ts'

// Where npm runs it: it is built into another folder.
const ROOT = process.cwd()
const SAMPLE = join(ROOT, 'test/fixtures/duraspace-sample.jsonl.gz')
const AUTOCANNON = join(ROOT, 'node_modules/autocannon/autocannon.js')
const ROOM = parseRoomJid('bench@conference.example.org')
const BATCH = 2_000

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    messages: { type: 'string', default: '90000' },
    seconds: { type: 'string', default: '5' },
    json: { type: 'boolean', default: false }
  }
})

interface Measured {
  readonly perSecond: number
  /** Milliseconds that an answer took. */
  readonly mean: number
  readonly p97: number
}

const run = promisify(execFile)

/** Asks the address again and again over one connection; rejects where an answer is not as expected. */
async function measure (url: string, status: number, headers: Readonly<Record<string, string>> = {}): Promise<Measured> {
  const given = Object.entries({ 'accept-encoding': 'gzip', ...headers }).flatMap(([name, value]) => ['-H', `${name}=${value}`])
  const { stdout } = await run(process.execPath, [AUTOCANNON, '-j', '-c', '1', '-d', values.seconds, '-W', '[', '-c', '1', '-d', '1', ']', ...given, url])
  // A line for the time of warming up, and one for what counts.
  const result = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as { requests: { average: number }, latency: { p97_5: number }, statusCodeStats: Record<string, unknown>, errors: number }
  const codes = Object.keys(result.statusCodeStats)
  if (result.errors > 0 || codes.join() !== String(status)) throw new Error(`${url} answered ${codes.join()} with ${result.errors} errors, expected ${status}`)
  const perSecond = result.requests.average
  return { perSecond, mean: 1000 / perSecond, p97: result.latency.p97_5 }
}

async function fill (store: ArchiveStore, messages: number): Promise<void> {
  const talk = readTalk(positionals[0] ?? SAMPLE, messages)
  for (let from = 0; from < talk.length; from += BATCH) {
    await store.append(talk.slice(from, from + BATCH).map(({ time, nick, body }, n) =>
      ({ kind: 'message', room: ROOM, time: formatTime(time), uid: uidOf(from + n), nick, body, via: 'import' })))
  }
}

async function freePort (): Promise<number> {
  return new Promise(resolve => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => { resolve(port) })
    })
  })
}

/** Serves the bytes as a file, as they are. Undefined where there is no nginx. */
async function startNginx (folder: string, page: Buffer): Promise<{ url: string, process: ChildProcess } | undefined> {
  const port = await freePort()
  const root = join(folder, 'www')
  mkdirSync(root)
  writeFileSync(join(root, 'day'), page)
  const config = join(folder, 'nginx.conf')
  // The folder is only for who runs this.
  const user = process.getuid?.() === 0 ? 'user root; ' : ''
  writeFileSync(config, `${user}daemon off; worker_processes 1; pid ${folder}/nginx.pid; error_log ${folder}/error.log;
events {}
http {
  access_log off; sendfile on; keepalive_requests 1000000;
  client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
  server { listen 127.0.0.1:${port}; root ${root}; default_type text/html; add_header Content-Encoding gzip; }
}
`)
  const nginx = spawn('nginx', ['-e', `${folder}/error.log`, '-p', folder, '-c', config], { stdio: 'ignore' })
  const isMissing = await new Promise<boolean>(resolve => {
    nginx.once('error', () => { resolve(true) })
    nginx.once('spawn', () => { resolve(false) })
  })
  if (isMissing) return undefined
  const url = `http://127.0.0.1:${port}/day`
  for (let n = 0; n < 100; n++) {
    const answer = await fetch(url, { method: 'HEAD' }).catch(() => undefined)
    if (answer?.ok === true) return { url, process: nginx }
    await new Promise(resolve => { setTimeout(resolve, 50) })
  }
  nginx.kill()
  throw new Error(`nginx does not answer; see ${folder}/error.log`)
}

async function tagOf (url: string): Promise<string> {
  return (await fetch(url, { headers: { 'accept-encoding': 'gzip' } })).headers.get('etag') ?? ''
}

/** Bytes as they come over the wire, from the file that is kept. */
async function keptPage (app: FastifyInstance, path: string): Promise<Buffer> {
  return (await app.inject({ url: path, headers: { 'accept-encoding': 'gzip' } })).rawPayload
}

async function bench (folder: string): Promise<Record<string, Measured>> {
  const store = createSqliteStore({ path: join(folder, 'record.db') })
  await fill(store, Number(values.messages))
  const index = createLocalIndex({ path: join(folder, 'search.db'), log: silentLogger })
  const feed = createIndexFeed({ store, index, log: silentLogger, gather: BATCH })
  await feed.advance()
  const directory = createDirectory([{ jid: ROOM, slug: 'bench', aliases: [], title: 'Bench', description: undefined, level: 'indexed', isOpen: undefined }])
  const kept = createKeptFiles({ path: join(folder, 'site'), edition: 'bench', store, maxBytes: 1e9, log: silentLogger })
  const siteWith = (kept?: KeptFiles): FastifyInstance => createWebServer({
    store,
    find: createFind({ store, index }),
    directory,
    site: { title: 'Bench', url: 'http://127.0.0.1' },
    viewsDir: join(ROOT, 'views'),
    log: silentLogger,
    health: async () => ({ status: 'ok', checks: {} }),
    ...(kept === undefined ? {} : { kept })
  })
  const [site, unkept] = [siteWith(kept), siteWith()]
  const [url, unkeptUrl] = await Promise.all([site, unkept].map(async app => app.listen({ host: '127.0.0.1', port: 0 }))) as [string, string]
  const days = (await store.days(ROOM)).sort((one, other) => one.talk - other.talk)
  const day = days[Math.floor(days.length * 0.9)]
  const busiest = days.at(-1)
  if (day === undefined || busiest === undefined) throw new Error('Cannot measure a site without a day: the log has no messages')
  const path = `/r/bench/${day.day}`
  // The first search starts the threads that search.
  await site.inject('/search?q=the')
  const nginx = await startNginx(folder, await keptPage(site, path))
  try {
    const results: Record<string, Measured> = {}
    if (nginx !== undefined) {
      results['nginx, the same file'] = await measure(nginx.url, 200)
      results['nginx, 304'] = await measure(nginx.url, 304, { 'if-none-match': await tagOf(nginx.url) })
    }
    results['kept day'] = await measure(`${url}${path}`, 200)
    results['304'] = await measure(`${url}${path}`, 304, { 'if-none-match': await tagOf(`${url}${path}`) })
    results[`day of ${day.talk} messages, not kept`] = await measure(`${unkeptUrl}${path}`, 200)
    results[`day of ${busiest.talk} messages, not kept`] = await measure(`${unkeptUrl}/r/bench/${busiest.day}`, 200)
    results['year'] = await measure(`${url}/r/bench/${day.day.slice(0, 4)}`, 200)
    results['search, a common word'] = await measure(`${url}/search?q=the+repository`, 200)
    results['search, a rare word'] = await measure(`${url}/search?q=handle+server+problem`, 200)
    return results
  } finally {
    nginx?.process.kill()
    await site.close()
    await unkept.close()
    await feed.stop()
    await index.close()
    await store.close()
  }
}

const folder = mkdtempSync(join(tmpdir(), 'hansard-bench-'))
try {
  const results = await bench(folder)
  if (values.json) {
    process.stdout.write(`${JSON.stringify(results)}\n`)
  } else {
    const base = results['nginx, the same file']?.mean
    console.table(Object.fromEntries(Object.entries(results).map(([name, { perSecond, mean, p97 }]) => [name, {
      'answers/s': Math.round(perSecond),
      'mean ms': Number(mean.toFixed(2)),
      'p97.5 ms': p97,
      ...(base === undefined ? {} : { 'times nginx': Number((mean / base).toFixed(1)) })
    }])))
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
