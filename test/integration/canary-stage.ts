import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { createCouchdbStore } from '../../src/archive/couchdb.ts'
import { createSqliteStore } from '../../src/archive/sqlite.ts'
import type { ArchiveStore, LoggedRemoval } from '../../src/archive/store.ts'
import { askStatus } from '../../src/cli/served.ts'
import { silentLogger } from '../../src/log.ts'
import { archiveJidOf, parseRoomJid } from '../../src/model/address.ts'
import type { ArchivedEvent } from '../../src/model/event.ts'
import { startFakeCouch } from '../fake-couchdb/server.ts'
import type { StoreName } from '../servers/record-store.ts'
import { supervise } from '../servers/supervised.ts'
import type { Supervised } from '../servers/supervised.ts'
import { connectTalker } from '../servers/talker.ts'
import type { Talker } from '../servers/talker.ts'
import type { XmppServer } from '../servers/xmpp-server.ts'
import { eventually } from './stage.ts'

export const ROOM = parseRoomJid('lounge@conference.localhost')
export const CELLAR = parseRoomJid('cellar@conference.localhost')
export const SITE = 'http://logs.example.org'
export const ARCHIVE = archiveJidOf(ROOM, 'logs.localhost')

/** The program as its users run it, with people in its room; everything that it writes is in one folder or in the store. */
export interface CanaryStage {
  readonly config: string
  readonly serve: Supervised
  readonly store: ArchiveStore
  readonly people: Readonly<Record<'alice' | 'bob', Talker>>
  /** Begins to serve again, after serve.stop(); resolves when it listens to its rooms. */
  startServe (): Promise<void>
  /** Where bytes of the text are found: files of the program, its log among them, and what the database holds. */
  heldIn (text: string): string[]
  /** Somebody who was never here. */
  newcomer (): Promise<Talker>
  said (text: string): Promise<ArchivedEvent>
  log (): Promise<LoggedRemoval[]>
  stop (): Promise<void>
}

export async function openCanaryStage (server: XmppServer, storeName: StoreName): Promise<CanaryStage> {
  const folder = mkdtempSync(join(tmpdir(), 'hansard-canary-'))
  const couch = storeName === 'couchdb' ? await openCouch() : undefined
  const path = join(folder, 'data/hansard.db')
  const config = join(folder, 'config.yaml')
  writeFileSync(config, `xmpp: { mode: component, domain: ${server.componentDomain}, server: "127.0.0.1:${server.componentPort}", secret: "${server.secret}" }
http: { port: 0 }
site: { url: "${SITE}" }
store: ${couch === undefined ? `{ driver: sqlite, path: ${JSON.stringify(path)} }` : `{ driver: couchdb, url: ${JSON.stringify(couch.url)} }`}
rooms:
  - { jid: ${ROOM}, level: indexed, catch_up: none }
  - { jid: ${CELLAR}, level: indexed, catch_up: none, retention: { talk_days: 30 } }
log: { level: debug }
`, { mode: 0o600 })
  const talkers: Talker[] = []
  async function talker (user: string): Promise<Talker> {
    const talker = await connectTalker(server, user)
    talkers.push(talker)
    return talker
  }
  const people = { alice: await talker('alice'), bob: await talker('bob') }
  for (const room of [ROOM, CELLAR]) {
    await people.alice.join(room, 'Alice')
    await people.alice.configureRoom(room, { persistentroom: '1' })
  }
  await people.bob.join(ROOM, 'Bob')
  let serve: Supervised
  async function startServe (): Promise<void> {
    serve = supervise({ config, log: join(folder, 'serve.log') })
    await serve.url()
    await eventually(async () => {
      const status = await askStatus({ spool: { path: join(folder, 'data/spool.db'), maxBytes: 0 } }).catch(() => undefined)
      return status?.rooms.every(({ state }) => state === 'joined') === true ? true : undefined
    }, 'it has joined its rooms', 60_000)
  }
  await startServe()
  const store = couch === undefined ? createSqliteStore({ path }) : createCouchdbStore({ url: couch.url, log: silentLogger })

  return {
    config,
    get serve () { return serve },
    store,
    people,
    startServe,
    heldIn: text => [...filesWith(text, folder), ...keptWith(text, join(folder, 'data/site')), ...couch?.heldIn(text) ?? []],
    async newcomer () {
      const user = `visitor${talkers.length}`
      await server.register(user, user)
      return talker(user)
    },
    async said (text) {
      for (const room of [ROOM, CELLAR]) {
        const { events } = await store.page(room, { stream: 'talk', limit: 500, reverse: true })
        const found = events.find(event => event.stanza?.includes(text) === true || event.body?.includes(text) === true)
        if (found !== undefined) return found
      }
      throw new Error('nobody said it')
    },
    async log () {
      const lines: LoggedRemoval[] = []
      for await (const batch of store.removals()) lines.push(...batch)
      return lines
    },
    async stop () {
      await Promise.allSettled(talkers.map(talker => talker.stop()))
      await serve.stop()
      await store.close()
      await couch?.close()
      rmSync(folder, { recursive: true, force: true })
    }
  }
}

/** By another process: closing a file of SQLite's here would take the locks of this process from it. */
export function filesWith (text: string, folder: string): string[] {
  const { status, stdout, stderr } = spawnSync('grep', ['-rlaF', '--', text, folder], { encoding: 'utf8' })
  // 2: a file went while it looked.
  if (status !== 0 && stdout === '' && !/^$|No such file/.test(stderr)) throw new Error(stderr)
  return stdout.split('\n').filter(line => line !== '')
}

/** Pages that are kept are compressed: no text of theirs is seen in their bytes. */
function keptWith (text: string, folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name => {
    const unzip = name.includes('.gz~') ? gunzipSync : name.includes('.br~') ? brotliDecompressSync : undefined
    try {
      return unzip?.(readFileSync(join(folder, name))).includes(text) ?? false
    } catch (error) {
      // It went while it was looked at.
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false
      throw error
    }
  })
}

interface Couch {
  readonly url: string
  heldIn (text: string): string[]
  close (): Promise<void>
}

/** The fake; or, where COUCHDB_URL is set, a database there, whose files are looked through where COUCHDB_DATA names their folder. */
async function openCouch (): Promise<Couch> {
  const real = process.env['COUCHDB_URL']
  const name = `canary-${process.pid}-${Date.now().toString(36)}`
  if (real !== undefined) return openRealCouch(new URL(name, real))
  const fake = await startFakeCouch()
  return {
    url: `${fake.url}${name}`,
    heldIn (text) {
      const holdings = fake.databases.get(name)?.holdings() ?? []
      return holdings.filter(document => JSON.stringify(document).includes(text)).map(({ id }) => `document ${id}`)
    },
    close: async () => fake.close()
  }
}

function openRealCouch (url: URL): Couch {
  const data = process.env['COUCHDB_DATA']
  return {
    url: url.href,
    heldIn (text) {
      return data === undefined ? [] : filesWith(text, data).filter(file => file.includes(url.pathname.slice(1)))
    },
    async close () {
      const authorization = `Basic ${btoa(`${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`)}`
      const bare = new URL(url)
      bare.username = bare.password = ''
      await fetch(bare, { method: 'DELETE', headers: { authorization } })
    }
  }
}
