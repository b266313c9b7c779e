import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { createCouchdbStore } from '../src/archive/couchdb.ts'
import { createSqliteStore } from '../src/archive/sqlite.ts'
import type { ArchiveStore } from '../src/archive/store.ts'
import { silentLogger } from '../src/log.ts'
import { archiveJidOf, parseRoomJid } from '../src/model/address.ts'
import { anchorOf } from '../src/model/anchor.ts'
import { formatTime } from '../src/model/archive-time.ts'
import { hasCode } from '../src/model/errors.ts'
import { eventId } from '../src/model/event.ts'
import type { ArchivedEvent, RoomEvent } from '../src/model/event.ts'
import { ended } from '../test/servers/ended.ts'
import { startProsody } from '../test/servers/prosody.ts'
import { connectAsker, measureAsking, measureStore } from './bench-mam-measure.ts'
import type { Measured } from './bench-mam-measure.ts'
import { QUESTIONS } from './bench-mam-questions.ts'
import { uidOf } from './bench-mam-talk.ts'
import type { Said } from './bench-mam-talk.ts'

const ROOMS = ['small@conference.localhost', 'large@conference.localhost'].map(parseRoomJid)
const [SMALL, LARGE] = ROOMS as [typeof ROOMS[number], typeof ROOMS[number]]
const BATCH = 1000
const COUCH_MS = 3_600_000

/** `sqlite:PATH` or `couchdb:URL`. */
export function openBenchStore (place: string): ArchiveStore {
  const [driver, ...rest] = place.split(':')
  return driver === 'couchdb'
    ? createCouchdbStore({ url: rest.join(':'), log: silentLogger, requestTimeoutMs: COUCH_MS })
    : createSqliteStore({ path: rest.join(':') })
}

export interface Sizes {
  readonly small: readonly Said[]
  readonly large: readonly Said[]
}

/** Records both rooms by the store itself, as import does, and measures. */
export async function benchSqlite (path: string, talk: Sizes, times: number): Promise<Measured[]> {
  const store = createSqliteStore({ path })
  for (const [room, said] of [[SMALL, talk.small], [LARGE, talk.large]] as const) {
    for (let from = 0; from < said.length; from += BATCH) {
      await store.append(said.slice(from, from + BATCH).map((one, n) => eventOf(room, one, from + n)))
    }
  }
  return benchStore('SQLite', `sqlite:${path}`, store, talk, times)
}

/** Writes the documents directly, has CouchDB build its views, and measures. `url`: of a server; the database is made, and removed. */
export async function benchCouchdb (url: string, talk: Sizes, times: number): Promise<Measured[]> {
  const database = new URL(`bench-${process.pid}-${Date.now().toString(36)}`, url)
  const store = openBenchStore(`couchdb:${database.href}`)
  try {
    await store.ping()
    for (const [room, said] of [[SMALL, talk.small], [LARGE, talk.large]] as const) {
      for (let from = 0; from < said.length; from += BATCH) {
        const docs = said.slice(from, from + BATCH).map((one, n): ArchivedEvent => {
          const event = eventOf(room, one, from + n)
          return { _id: eventId(room, 'talk', event.time), ...event, anchor: anchorOf(event.time, 0) }
        })
        await send(database, 'POST', '/_bulk_docs', { docs })
      }
    }
    await whenBuilt(() => store.get(SMALL, uidOf(0)))
    await whenBuilt(() => store.count(SMALL, { stream: 'talk', nick: '' }))
    process.stdout.write(`Requests to CouchDB: ${await countRequests(store, pairOf(talk))}\n`)
    return await benchStore('CouchDB', `couchdb:${database.href}`, store, talk, times)
  } finally {
    await store.close().catch(() => {})
    await send(database, 'DELETE', '')
  }
}

// CouchDB lets nobody wait longer than a minute for a view that it builds.
async function whenBuilt (ask: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await ask()
      return
    } catch (error) {
      if (!hasCode(error, 'ERR_STORE_UNAVAILABLE')) throw error
      await delay(5000)
    }
  }
}

async function benchStore (name: string, place: string, store: ArchiveStore, talk: Sizes, times: number): Promise<Measured[]> {
  const pair = pairOf(talk)
  const alone = await measureStore(`${name}, the store alone`, pair, store, [SMALL, LARGE], times)
  await store.close()
  const server = await startProsody()
  let child: ChildProcess | undefined
  try {
    child = spawn(process.execPath, ['--import', 'tsx', join(import.meta.dirname, 'bench-mam-serve.ts'),
      place, String(server.componentPort), server.secret, server.componentDomain, SMALL, LARGE], { stdio: ['pipe', 'pipe', 'inherit'] })
    await once(createInterface({ input: child.stdout as NodeJS.ReadableStream }), 'line')
    const askers = [await connectAsker(server, 'alice'), await connectAsker(server, 'bob')] as const
    const asked = await measureAsking(`Hansard, ${name}, behind Prosody`, pair, askers, times)
    await Promise.all(askers.map(asker => asker.stop()))
    return [asked, alone]
  } finally {
    child?.stdin?.end()
    if (child !== undefined) await ended(child)
    await server.stop()
  }
}

function pairOf ({ small, large }: Sizes) {
  const archive = (room: typeof SMALL, talk: readonly Said[]) => ({ jid: archiveJidOf(room, 'logs.localhost'), talk, uid: uidOf })
  return { small: archive(SMALL, small), large: archive(LARGE, large) }
}

function eventOf (room: typeof SMALL, { time, nick, body }: Said, n: number): RoomEvent {
  return {
    kind: 'message', room, time: formatTime(time), uid: uidOf(n), nick, body, via: 'live', message: `m${n}`, stanza: stanzaOf(room, nick, body, n)
  }
}

/** The message as the room sent it: the same for every archive that is measured. */
export function stanzaOf (room: string, nick: string, body: string, n: number): string {
  return `<message xmlns='jabber:client' from='${escape(room)}/${escape(nick)}' type='groupchat' id='m${n}'><body>${escape(body)}</body></message>`
}

function escape (text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|\p{Surrogate}/gu, '\ufffd')
    .replace(/[&<>'"]/g, character => `&#${character.charCodeAt(0)};`)
}

/** How many requests each question costs, of the small and the large room. */
async function countRequests (store: ArchiveStore, { small, large }: ReturnType<typeof pairOf>): Promise<string> {
  const original = globalThis.fetch
  let requests = 0
  globalThis.fetch = (...request) => {
    requests += 1
    return original(...request)
  }
  try {
    const lines: string[] = []
    for (const question of QUESTIONS) {
      const counted: number[] = []
      for (const [room, archive] of [[SMALL, small], [LARGE, large]] as const) {
        requests = 0
        await question.read(store, room, archive, () => 0.5)
        counted.push(requests)
      }
      lines.push(`${question.name} ${[...new Set(counted)].join(' and ')}`)
    }
    return lines.join(', ')
  } finally {
    globalThis.fetch = original
  }
}

async function send (database: URL, method: string, path: string, body?: unknown): Promise<void> {
  const url = new URL(database)
  const authorization = `Basic ${btoa(`${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`)}`
  url.username = url.password = ''
  const response = await fetch(`${url.href}${path}`, {
    method,
    headers: { authorization, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) })
  })
  if (!response.ok) throw new Error(`CouchDB says ${response.status} ${await response.text()}`)
  await response.arrayBuffer()
}
