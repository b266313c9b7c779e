import { join } from 'node:path'
import { createDirectory } from './access/directory.ts'
import { createArchive } from './archive/archive.ts'
import type { Archive } from './archive/archive.ts'
import { createCouchdbStore } from './archive/couchdb.ts'
import { createFind } from './archive/find.ts'
import type { Find } from './archive/find.ts'
import { createIndexFeed } from './archive/index-feed.ts'
import type { IndexFeed } from './archive/index-feed.ts'
import { createSqliteStore } from './archive/sqlite.ts'
import type { ArchiveStore } from './archive/store.ts'
import type { Config } from './config/config.ts'
import type { Logger } from './log.ts'
import { createMamResponder } from './mam/responder.ts'
import type { Micros } from './model/archive-time.ts'
import { messageOf } from './model/errors.ts'
import { createRooms } from './rooms/rooms.ts'
import type { RoomStatus } from './rooms/room.ts'
import { createLocalIndex } from './search/local.ts'
import type { SearchIndex } from './search/search-index.ts'
import { LANGUAGES } from './search/stem.ts'
import { createWebServer } from './web/server.ts'
import type { HealthReport } from './web/site.ts'
import { createBotConnection } from './xmpp/bot.ts'
import { createComponentConnection } from './xmpp/component.ts'
import type { ConnectionStatus, XmppConnection } from './xmpp/connection.ts'

/** The record with its search index, without a network: what the commands work on. */
export interface OpenRecord {
  readonly store: ArchiveStore
  readonly index: SearchIndex
  readonly archive: Archive
  readonly feed: IndexFeed
  readonly find: Find
  close (): Promise<void>
}

export interface App {
  /** Opens the site and begins to connect; resolves to the address of the site. Undone by stop(), also when it fails half way. */
  start (): Promise<string>
  /** Leaves the rooms, drains what was heard into the record, closes everything. */
  stop (): Promise<void>
  status (): AppStatus
}

export interface AppStatus {
  readonly xmpp: ConnectionStatus
  readonly rooms: readonly RoomStatus[]
}

export interface AppOptions {
  readonly config: Config
  readonly log: Logger
  /** Microseconds since 1970; the system's clock unless a test has another. */
  readonly clock?: () => Micros
}

// Beside src and beside dist.
const VIEWS = join(import.meta.dirname, '../views')
const DRAIN_MS = 10_000

export async function openRecord ({ config, log, onIndexed }: {
  readonly config: Pick<Config, 'store' | 'search'>
  readonly log: Logger
  readonly onIndexed?: (changes: number) => void
}): Promise<OpenRecord> {
  const store = await openStore(config.store, log)
  const index = await openIndex(config.search, log).catch(async (error: unknown) => {
    await store.close()
    throw error
  })
  const feed = createIndexFeed({ store, index, log: log.child({ module: 'search' }), ...(onIndexed === undefined ? {} : { onProgress: onIndexed }) })
  const archive = createArchive({ store, onRecorded: () => feed.advance(), log: log.child({ module: 'archive' }) })
  return {
    store,
    index,
    archive,
    feed,
    find: createFind({ store, index }),
    async close () {
      await archive.close(DRAIN_MS)
      await feed.stop()
      await index.close()
      await store.close()
    }
  }
}

export async function openStore (config: Config['store'], log: Logger): Promise<ArchiveStore> {
  const child = log.child({ module: 'store' })
  return config.driver === 'sqlite' ? createSqliteStore({ path: config.path, log: child }) : createCouchdbStore({ url: config.url, log: child })
}

export async function openIndex (config: Config['search'], log: Logger): Promise<SearchIndex> {
  const language = LANGUAGES.filter(language => language === config.language)
  return createLocalIndex({ path: config.path, language, log: log.child({ module: 'search' }) })
}

export function openConnection ({ xmpp }: Pick<Config, 'xmpp'>, log: Logger, clock?: () => Micros): XmppConnection {
  const shared = { log: log.child({ module: 'xmpp' }), ...(clock === undefined ? {} : { now: clock }) }
  return xmpp.mode === 'component'
    ? createComponentConnection({ ...shared, ...xmpp.server, domain: xmpp.domain, secret: xmpp.secret, resource: xmpp.resource })
    : createBotConnection({ ...shared, ...xmpp })
}

export async function createApp ({ config, log, clock }: AppOptions): Promise<App> {
  const record = await openRecord({ config, log })
  const { store, index, archive, feed, find } = record
  const directory = createDirectory(config.rooms.map(({ jid, slug, aliases, title, description, level }) => ({
    jid, slug, aliases, title, description, level, isOpen: undefined
  })))
  const connection = openConnection(config, log, clock)

  const rooms = createRooms({
    connection,
    rooms: config.rooms.map(({ jid, nick, password, history, realJids }) => ({
      jid, nick, history, keepRealJids: realJids, ...(password === undefined ? {} : { password })
    })),
    record: async event => (await archive.record(event)).event,
    recall: async (room, start, limit) => {
      const page = await store.page(room, { stream: 'talk', limit, reverse: true, ...(start === undefined ? {} : { start }) })
      return page.events
    },
    lastTime: room => store.lastTime(room),
    onInfo: (room, info) => { directory.learn(room, info) },
    log: log.child({ module: 'rooms' })
  })

  if (connection.domain !== undefined) {
    connection.onRequest(createMamResponder({
      connection, domain: connection.domain, directory, store, index, site: config.site, log: log.child({ module: 'mam' })
    }))
  }

  const { trustProxy } = config.http
  const web = createWebServer({
    store,
    find,
    directory,
    site: config.site,
    viewsDir: VIEWS,
    trustProxy: typeof trustProxy === 'boolean' ? trustProxy : [...trustProxy],
    log: log.child({ module: 'web' }),
    health
  })

  async function health (): Promise<HealthReport> {
    const storeProblem = await store.ping().then(() => archive.status().problem, messageOf)
    const xmpp = connection.status()
    return {
      isHealthy: storeProblem === undefined && xmpp.state === 'online',
      checks: {
        store: storeProblem === undefined ? 'ok' : 'failing',
        waiting: archive.status().waiting,
        search: feed.status().problem !== undefined ? 'failing' : feed.status().isPartial ? 'partial' : 'ok',
        xmpp: xmpp.state,
        rooms: config.rooms.length,
        joined: rooms.status().filter(({ state }) => state === 'joined').length
      }
    }
  }

  return {
    async start () {
      const url = await web.listen({ host: config.http.host, port: config.http.port })
      rooms.start()
      connection.start()
      // Repairs what a crash between record and index left; searches work meanwhile and may miss the newest.
      feed.advance().catch((error: unknown) => { log.error({ err: error }, 'indexing failed') })
      return url
    },
    async stop () {
      await rooms.stop()
      await connection.stop()
      await web.close()
      await record.close()
    },
    status: () => ({ xmpp: connection.status(), rooms: rooms.status() })
  }
}
