/**
 * npm run load -- [--server prosody|ejabberd] [--store sqlite|couchdb] [--seconds 600] [--rooms 200] [--people 2000] [--rate 50]
 *                 [--churn 5] [--source]
 * A big service: so many people in so many rooms, so many messages a second in all, so many percent of the people leaving and
 * coming back every minute. Needs what `npm run build` makes, or --source. Exit code 1: not all was recorded, or a figure is beyond
 * its limit.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { parseRoomJid } from '../src/model/address.ts'
import { connectCrowd } from '../test/servers/crowd.ts'
import { startEjabberd } from '../test/servers/ejabberd.ts'
import { startProsody } from '../test/servers/prosody.ts'
import { startRecordStore, STORES } from '../test/servers/record-store.ts'
import type { RecordStore } from '../test/servers/record-store.ts'
import { supervise } from '../test/servers/supervised.ts'
import type { XmppServer } from '../test/servers/xmpp-server.ts'

const MAIN = join(import.meta.dirname, '../dist/main.js')
const LIMITS = { memory: 400, searchable: 2_000, answer: 200 }
const JOINS_AT_ONCE = 50

const { values } = parseArgs({
  options: {
    server: { type: 'string', default: 'prosody' },
    store: { type: 'string', default: 'sqlite' },
    seconds: { type: 'string', default: '600' },
    rooms: { type: 'string', default: '200' },
    people: { type: 'string', default: '2000' },
    rate: { type: 'string', default: '50' },
    churn: { type: 'string', default: '5' },
    source: { type: 'boolean', default: false }
  }
})
const [seconds, roomCount, people, rate, churn] = [values.seconds, values.rooms, values.people, values.rate, values.churn].map(Number) as
  [number, number, number, number, number]
const storeName = STORES.find(name => name === values.store)
if (storeName === undefined) throw new Error(`--store must be one of ${STORES.join(', ')}`)

const rooms = Array.from({ length: roomCount }, (_, n) => parseRoomJid(`room${n}@conference.localhost`))
/** Who is in which room, and who has left for a moment. */
const present = rooms.map((_, room) => Array.from({ length: Math.ceil((people - room) / roomCount) }, (_, n) => `p${room}x${n}`))

const folder = mkdtempSync(join(tmpdir(), 'hansard-load-'))
const undo: Array<() => unknown> = [() => { rmSync(folder, { recursive: true, force: true }) }]
try {
  await load()
} finally {
  for (const step of undo.reverse()) await Promise.resolve(step()).catch((error: unknown) => { tell(String(error)) })
}

async function load (): Promise<void> {
  const server = values.server === 'ejabberd' ? await startEjabberd() : await startProsody()
  undo.push(() => server.stop())
  const store = await startRecordStore(storeName as NonNullable<typeof storeName>, folder)
  undo.push(() => store.close())
  const crowd = await connectCrowd(server)
  undo.push(() => crowd.stop())
  tell(`${people} people enter ${roomCount} rooms on ${server.name} …`)
  await inTurns(present.flatMap((nicks, room) => nicks.slice(0, 1).map(nick => () => crowd.join(rooms[room] as string, nick))))
  await inTurns(present.flatMap((nicks, room) => nicks.slice(1).map(nick => () => crowd.join(rooms[room] as string, nick))))

  const config = join(folder, 'config.yaml')
  writeFileSync(config, renderConfig(server, store))
  const program = supervise({ config, log: join(folder, 'serve.log'), ...(values.source ? {} : { main: MAIN }) })
  undo.push(() => program.stop())
  const url = await program.url()
  while ((await health(url))['joined'] !== roomCount) await delay(250)
  tell(`The program is in all rooms; ${rate} messages a second for ${seconds} s …`)

  const end = new AbortController()
  const measured = { searchable: [] as number[], answers: new Map<string, number[]>(), memory: [] as number[] }
  const said: Said[] = []
  const [cpuBefore, began] = [cpuOf(program.pid), performance.now()]
  const work = [talk(), come(), sampleSearch(), visit(), watchMemory()]
  await delay(seconds * 1_000)
  end.abort()
  await Promise.all(work)
  const cpu = (cpuOf(program.pid) - cpuBefore) / (performance.now() - began) * 1_000

  const complaints = await compare(store, said)
  const metrics = await (await fetch(`${url}/metrics`)).text()
  const figures: Array<[string, string, boolean]> = [
    ['messages said and recorded', `${said.length}`, complaints.length === 0],
    ['program started', `${program.starts} time(s)`, program.starts === 1],
    ['resident memory, most', `${Math.max(...measured.memory)} MB`, Math.max(...measured.memory) < LIMITS.memory],
    ['processor', `${Math.round(cpu * 100)} % of one`, true],
    ['searchable after, p50', `${quantile(measured.searchable, 0.5)} ms (${measured.searchable.length} messages looked for)`, true],
    ['searchable after, p99', `${quantile(measured.searchable, 0.99)} ms`, quantile(measured.searchable, 0.99) < LIMITS.searchable],
    ['the same of all, by /metrics', bucketOf(metrics, 'hansard_arrival_to_searchable_seconds', 0.99), true],
    ...[...measured.answers].map(([page, times]): [string, string, boolean] =>
      [`${page}, p95`, `${quantile(times, 0.95)} ms (${times.length} requests)`, quantile(times, 0.95) < LIMITS.answer])
  ]
  for (const [name, value, isGood] of figures) tell(`  ${name.padEnd(32)}${value}${isGood ? '' : '   BEYOND THE LIMIT'}`)
  for (const complaint of complaints.slice(0, 20)) tell(`  WRONG: ${complaint}`)
  if (figures.some(([, , isGood]) => !isGood)) process.exitCode = 1

  async function talk (): Promise<void> {
    const open = new Set<Promise<void>>()
    const start = performance.now()
    for (let n = 1; !end.signal.aborted; n++) {
      const room = Math.floor(Math.random() * roomCount)
      const nick = pick(present[room] ?? [])
      if (nick !== undefined) {
        const one = crowd.say(rooms[room] as string, nick, `message ${n}, of which there are many, word${n}word`)
          .then(at => { said.push({ n, room, at: at / 1_000 }) })
          .finally(() => { open.delete(one) })
        open.add(one)
      }
      await pause(start + n * 1_000 / rate - performance.now())
    }
    await Promise.all(open)
  }

  async function come (): Promise<void> {
    while (!end.signal.aborted) {
      const room = Math.floor(Math.random() * roomCount)
      const nicks = present[room] as string[]
      const nick = nicks.pop()
      if (nick !== undefined) {
        await crowd.leave(rooms[room] as string, nick)
        await pause(60_000 / Math.max(1, people * churn / 100))
        await crowd.join(rooms[room] as string, nick)
        nicks.unshift(nick)
      } else {
        await pause(10)
      }
    }
  }

  async function sampleSearch (): Promise<void> {
    while (!end.signal.aborted) {
      await pause(1_000)
      const last = said.at(-1)
      if (last === undefined) continue
      while (!(await isFound(url, last.n))) await delay(20)
      measured.searchable.push(Math.round(Date.now() - last.at))
    }
  }

  async function visit (): Promise<void> {
    const pages = {
      'home page': () => '/',
      'day page': () => `/r/room${Math.floor(Math.random() * roomCount)}/${new Date().toISOString().slice(0, 10)}`,
      'search page': () => `/search?q=${pick(['message many', 'which', 'there are', 'from:p1x1 message'])?.replaceAll(' ', '+')}`
    }
    while (!end.signal.aborted) {
      for (const [name, path] of Object.entries(pages)) {
        const start = performance.now()
        const response = await fetch(url + path())
        await response.arrayBuffer()
        if (response.status !== 200 && response.status !== 404) throw new Error(`${name}: ${response.status}`)
        measured.answers.set(name, [...measured.answers.get(name) ?? [], Math.round(performance.now() - start)])
        await pause(200)
      }
    }
  }

  async function watchMemory (): Promise<void> {
    while (!end.signal.aborted) {
      measured.memory.push(memoryOf(program.pid))
      await pause(1_000)
    }
  }

  async function pause (milliseconds: number): Promise<void> {
    if (milliseconds > 0) await delay(milliseconds, undefined, { signal: end.signal }).catch(() => {})
  }
}

interface Said { readonly n: number, readonly room: number, /** Milliseconds since 1970. */ readonly at: number }

/** Each room's record against what was heard there, in order. */
async function compare (store: RecordStore, said: readonly Said[]): Promise<string[]> {
  const record = await store.open()
  try {
    const total = async (): Promise<number> => (await record.rooms()).reduce((sum, { talk }) => sum + talk, 0)
    for (let tries = 0; tries < 240 && await total() < said.length; tries++) await delay(250)
    const complaints: string[] = []
    for (const [index, room] of rooms.entries()) {
      const recorded: string[] = []
      for (let after: string | undefined; ;) {
        const page = await record.page(room, { stream: 'talk', limit: 1_000, ...(after === undefined ? {} : { after }) })
        recorded.push(...page.events.flatMap(({ kind, body = '' }) => kind === 'message' ? /^message (\d+),/.exec(body)?.[1] ?? body : []))
        if (page.complete) break
        after = page.events.at(-1)?.uid
      }
      const expected = said.filter(one => one.room === index).map(({ n }) => String(n))
      if (recorded.join() !== expected.join()) {
        const known = new Set(recorded)
        complaints.push(`${room} has ${recorded.length} messages of ${expected.length}, or another order; missing ${expected.filter(n => !known.has(n)).slice(0, 10).join(', ')}`)
      }
    }
    return complaints
  } finally {
    await record.close()
  }
}

async function isFound (url: string, n: number): Promise<boolean> {
  const response = await fetch(`${url}/search.json?q=word${n}word`)
  return ((await response.json()) as { hits: unknown[] }).hits.length > 0
}

async function health (url: string): Promise<Record<string, unknown>> {
  return (await fetch(`${url}/healthz`)).json() as Promise<Record<string, unknown>>
}

async function inTurns (tasks: Array<() => Promise<unknown>>): Promise<void> {
  await Promise.all(Array.from({ length: JOINS_AT_ONCE }, async () => {
    for (let task = tasks.shift(); task !== undefined; task = tasks.shift()) await task()
  }))
}

/** Megabytes. */
function memoryOf (pid: number | undefined): number {
  return pid === undefined ? 0 : Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024)
}

/** Seconds of processor time, with Linux's usual hundred ticks. */
function cpuOf (pid: number | undefined): number {
  if (pid === undefined) return 0
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / 100
}

function quantile (times: readonly number[], part: number): number {
  const sorted = [...times].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN
}

/** The first bucket of a histogram that holds this part of all. */
function bucketOf (metrics: string, name: string, part: number): string {
  const count = Number(new RegExp(`^${name}_count (\\d+)`, 'm').exec(metrics)?.[1] ?? 0)
  const buckets = [...metrics.matchAll(new RegExp(`^${name}_bucket\\{le="([^"]+)"\\} (\\d+)`, 'gm'))]
  const found = buckets.find(([, , below]) => Number(below) >= count * part)
  return count === 0 || found === undefined ? 'not told' : `${Math.round(part * 100)} % within ${found[1]} s (${count} events)`
}

function pick<T> (things: readonly T[]): T | undefined {
  return things[Math.floor(Math.random() * things.length)]
}

function renderConfig (server: XmppServer, store: RecordStore): string {
  return `xmpp: { mode: component, domain: ${server.componentDomain}, server: "${server.host}:${server.componentPort}", secret: "${server.secret}" }
http: { port: 0 }
store: ${store.yaml}
rooms:
${rooms.map(room => `  - { jid: ${room}, level: indexed }`).join('\n')}
`
}

function tell (text: string): void {
  process.stdout.write(`${text}\n`)
}
