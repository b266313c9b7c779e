import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { startEjabberd } from '../../test/servers/ejabberd.ts'
import { startProsody } from '../../test/servers/prosody.ts'
import { supervise } from '../../test/servers/supervised.ts'
import { connectTalker } from '../../test/servers/talker.ts'
import type { Talker } from '../../test/servers/talker.ts'
import type { ServerName, XmppServer } from '../../test/servers/xmpp-server.ts'

/** A real server, the program as a component of it, and a room with a long past in which Alice speaks. */
export interface Stage {
  readonly server: XmppServer
  /** For files of the clients; goes away with the stage. */
  readonly folder: string
  readonly url: string
  readonly room: string
  /** The room at the archive's address. */
  readonly mirror: string
  readonly alice: Talker
  /** All that is recorded, as the site's days have it, oldest first. */
  readonly talk: () => Promise<Line[]>
  /** How many pages of the archive an address that begins so was given so far. */
  readonly pagesFor: (address: string) => number
  readonly stop: () => Promise<void>
}

export interface Line {
  readonly uid: string
  readonly time: string
  readonly kind: string
  readonly nick: string
  readonly body: string
}

export const SUBJECT = 'What the room is about: ärchive & <mirror>'
const MAIN = join(import.meta.dirname, '../../src/main.ts')
const NICKS = ['Alice', 'Dave', 'Ève', '漢字']
/** Seven days and more in ten thousand messages. */
const PACE_MS = 61_000
const NEWEST_AGE_MS = 600_000

export async function openStage (name: ServerName, past: number): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'hansard-clients-'))
  const undo: Array<() => unknown> = [() => { rmSync(folder, { recursive: true, force: true }) }]
  const stop = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await Promise.resolve(step()).catch(() => {})
  }
  try {
    const server = name === 'ejabberd' ? await startEjabberd() : await startProsody()
    undo.push(() => server.stop())
    const room = `lounge@${server.conference}`
    const config = join(folder, 'config.yaml')
    writeFileSync(config, renderConfig(server, room))
    writeFileSync(join(folder, 'past.jsonl'), renderPast(past))
    await runCommand('import', '--config', config, '--room', room, join(folder, 'past.jsonl'))

    const alice = await connectTalker(server, 'alice')
    undo.push(() => alice.stop())
    await alice.join(room, 'Alice')
    await alice.configureRoom(room, { roomname: 'Lounge', persistentroom: '1' })
    const program = supervise({ config, log: join(folder, 'serve.log') })
    undo.push(() => program.stop())
    const url = await program.url()
    while ((await (await fetch(`${url}/healthz`)).json() as { joined: number }).joined !== 1) await delay(100)
    await alice.subject(room, SUBJECT)

    return {
      server,
      folder,
      url,
      room,
      mirror: `lounge\\40${server.conference}@${server.componentDomain}`,
      alice,
      talk: async () => talkOf(url),
      pagesFor: address => readFileSync(program.log, 'utf8').split('\n')
        .filter(line => line.includes('"mam page"') && line.includes(`"${address}`)).length,
      stop
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Who says it there; the room itself has no nick. */
export function senderOf ({ nick }: Line, mirror: string): string {
  return nick === '' ? mirror : `${mirror}/${nick}`
}

async function talkOf (url: string): Promise<Line[]> {
  const { rooms: [room] } = await getJson<{ rooms: Array<{ first: string, last: string }> }>(`${url}/index.json`)
  const lines: Line[] = []
  for (let day = Date.parse(room?.first.slice(0, 10) ?? ''); day <= Date.parse(room?.last ?? ''); day += 86_400_000) {
    const { events } = await getJson<{ events: Line[] }>(`${url}/r/lounge/${new Date(day).toISOString().slice(0, 10)}.json`)
    lines.push(...events.filter(({ kind }) => kind === 'message' || kind === 'subject'))
  }
  return lines
}

export async function getJson<T> (address: string): Promise<T> {
  const response = await fetch(address)
  if (!response.ok) throw new Error(`${address} answers ${response.status}: ${await response.text()}`)
  return await response.json() as T
}

function renderPast (count: number): string {
  const end = Date.now() - NEWEST_AGE_MS
  return Array.from({ length: count }, (_, index) => JSON.stringify({
    kind: 'message',
    ts: new Date(end - (count - 1 - index) * PACE_MS).toISOString(),
    nick: NICKS[index % NICKS.length],
    body: bodyOf(index + 1)
  })).join('\n')
}

function bodyOf (n: number): string {
  const text = `message ${n} of the past`
  if (n % 400 === 0) return `${text}: naïve <b>&amp;</b> 漢字 🎉 https://example.org/?q=${n}`
  return n % 97 === 0 ? `${text}, about bananas` : text
}

async function runCommand (...argv: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, ['--import', 'tsx', MAIN, ...argv], { stdio: ['ignore', 'ignore', 'inherit'] })
  const [code] = await once(child, 'exit') as [number | null]
  if (code !== 0) throw new Error(`hansard ${argv.join(' ')} ended with ${code}`)
}

function renderConfig (server: XmppServer, room: string): string {
  return `xmpp: { mode: component, domain: ${server.componentDomain}, server: "${server.host}:${server.componentPort}", secret: "${server.secret}" }
http: { port: 0 }
store: { driver: sqlite, path: hansard.db }
spool: { path: spool.db }
log: { level: debug }
search: { engine: local, path: search.db }
rooms:
  - { jid: ${room}, slug: lounge, level: indexed }
`
}
