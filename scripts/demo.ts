/** See scripts/demo. With --seconds N it ends by itself. */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { ended } from '../test/servers/ended.ts'
import { startProsody } from '../test/servers/prosody.ts'
import { freePorts } from '../test/servers/free-ports.ts'
import { connectTalker } from '../test/servers/talker.ts'
import type { Talker } from '../test/servers/talker.ts'
import type { XmppServer } from '../test/servers/xmpp-server.ts'

const ROOT = join(import.meta.dirname, '..')
const SAMPLE = join(ROOT, 'test/fixtures/duraspace-sample.jsonl.gz')
const ROOMS = ['duraspace', 'lounge'] as const
/** The conversation up to this line is imported; what comes after is said live. */
const PAST_LINES = 1_500
const PAUSE_MS = 2_000
const MAX_PEOPLE = 6

interface Line { readonly kind: string, readonly nick: string, readonly body?: string }

const { values } = parseArgs({ options: { seconds: { type: 'string' } } })
const folder = mkdtempSync(join(tmpdir(), 'hansard-demo-'))
const end = new AbortController()
// For good, not once: the first signal is one to end in order, and a server's own handler must see that somebody does.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => { end.abort() })
if (values.seconds !== undefined) setTimeout(() => { end.abort() }, Number(values.seconds) * 1000).unref()

const undo: Array<() => Promise<unknown> | void> = [() => { rmSync(folder, { recursive: true, force: true }) }]
try {
  await demo()
} catch (error) {
  if (!end.signal.aborted) throw error
} finally {
  tell('Stopping …')
  for (const step of undo.reverse()) await Promise.resolve(step()).catch(() => {})
  tell('Everything is stopped; nothing is left.')
}

async function demo (): Promise<void> {
  const lines = gunzipSync(readFileSync(SAMPLE)).toString().trim().split('\n')
  tell('Starting Prosody …')
  const server = await startProsody()
  undo.push(() => server.stop())

  const port = await freePort(8080)
  const config = join(folder, 'config.yaml')
  writeFileSync(config, renderConfig(server, port))
  writeFileSync(join(folder, 'past.jsonl'), lines.slice(0, PAST_LINES).join('\n'))
  tell('Importing a month of a real channel (DuraSpace IRC logs, CC BY 4.0) …')
  await finished(hansard('import', '--config', config, '--room', roomJid(server, 'duraspace'), join(folder, 'past.jsonl')))

  const people = await gather(server, lines.slice(PAST_LINES).map(line => JSON.parse(line) as Line))
  const url = await serve(config)
  tell(`
  The logs:        ${url}
  A room as read:  ${url}/r/duraspace/today
  Search:          ${url}/search?q=dspace

  XMPP for your own client: 127.0.0.1:${server.c2sPort}, no TLS, accounts alice, bob, carol (password = name),
  rooms ${ROOMS.map(room => roomJid(server, room)).join(' and ')}.

  People are talking now. Ctrl-C ends everything.`)
  for (let n = 0; !end.signal.aborted; n = (n + 1) % people.script.length) {
    const line = people.script[n]
    const talker = line === undefined ? undefined : people.talkers.get(line.nick)
    if (line?.body !== undefined && talker !== undefined) await talker.say(roomJid(server, ROOMS[n % 5 === 4 ? 1 : 0]), line.body)
    await delay(PAUSE_MS, undefined, { signal: end.signal })
  }
}

/** One account for each of the people who talk most, in both rooms. */
async function gather (server: XmppServer, lines: readonly Line[]): Promise<{ talkers: Map<string, Talker>, script: Line[] }> {
  const said = new Map<string, number>()
  for (const { kind, nick } of lines) if (kind === 'message') said.set(nick, (said.get(nick) ?? 0) + 1)
  const nicks = [...said].sort((a, b) => b[1] - a[1]).slice(0, MAX_PEOPLE).map(([nick]) => nick)
  const talkers = new Map<string, Talker>()
  for (const nick of nicks) {
    const user = nick.toLowerCase().replace(/[^a-z0-9]/g, '')
    await server.register(user, user)
    const talker = await connectTalker(server, user)
    undo.push(() => talker.stop())
    for (const room of ROOMS) {
      const { isNew } = await talker.join(roomJid(server, room), nick)
      if (isNew) await talker.configureRoom(roomJid(server, room), { roomname: room, roomdesc: 'A room of the demonstration', persistentroom: '1' })
    }
    talkers.set(nick, talker)
  }
  return { talkers, script: lines.filter(({ kind, nick }) => kind === 'message' && talkers.has(nick)) }
}

/** Runs the program as an administrator would, and resolves to its address when it says that it serves. */
async function serve (config: string): Promise<string> {
  const child = hansard('serve', '--config', config)
  undo.push(async () => {
    child.kill('SIGTERM')
    await ended(child)
  })
  if (child.stdout === null) throw new Error('The program has no output')
  for await (const text of createInterface({ input: child.stdout })) {
    const line = JSON.parse(text) as { msg?: string, url?: string }
    if (line.msg !== 'serving' || line.url === undefined) continue
    child.stdout.resume()
    return line.url
  }
  throw new Error('The program ended before it served')
}

// In a process group of its own: Ctrl-C is ours, and reaches the program once, as SIGTERM.
function hansard (...argv: readonly string[]): ChildProcess {
  return spawn(process.execPath, ['--import', 'tsx', join(ROOT, 'src/main.ts'), ...argv], {
    cwd: ROOT,
    detached: true,
    stdio: ['ignore', argv[0] === 'serve' ? 'pipe' : 'inherit', 'inherit']
  })
}

async function finished (child: ChildProcess): Promise<void> {
  const [code] = await once(child, 'exit') as [number | null]
  if (code !== 0) throw new Error(`The program ended with ${code}`)
}

function renderConfig (server: XmppServer, port: number): string {
  return `site: { title: Demonstration, url: "http://127.0.0.1:${port}", description: A demonstration of Hansard with a real channel of 2009 }
http: { host: 127.0.0.1, port: ${port} }
xmpp: { mode: component, domain: ${server.componentDomain}, server: "${server.host}:${server.componentPort}", secret: "${server.secret}", nick: hansard }
store: { driver: sqlite, path: hansard.db }
spool: { path: spool.db }
search: { engine: local, path: search.db }
rooms:
${ROOMS.map(room => `  - { jid: ${roomJid(server, room)}, slug: ${room}, level: indexed }`).join('\n')}
`
}

function roomJid (server: XmppServer, room: string): string {
  return `${room}@${server.conference}`
}

async function freePort (wanted: number): Promise<number> {
  const probe = createServer()
  const isFree = await new Promise<boolean>(resolve => {
    probe.once('error', () => { resolve(false) }).listen(wanted, '127.0.0.1', () => { probe.close(() => { resolve(true) }) })
  })
  const [other] = await freePorts(1)
  return isFree || other === undefined ? wanted : other
}

function tell (text: string): void {
  process.stdout.write(`${text}\n`)
}
