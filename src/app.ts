import { join } from 'node:path'
import { createDirectory } from './access/directory.ts'
import { createArchive } from './archive/archive.ts'
import type { Archive } from './archive/archive.ts'
import { createFind } from './archive/find.ts'
import type { Find } from './archive/find.ts'
import { createIndexFeed } from './archive/index-feed.ts'
import type { IndexFeed } from './archive/index-feed.ts'
import type { ArchiveStore } from './archive/store.ts'
import type { Config } from './config/config.ts'
import { createFeedThread } from './feed-thread.ts'
import type { Logger } from './log.ts'
import { createMamResponder } from './mam/responder.ts'
import type { Micros } from './model/archive-time.ts'
import { defined } from './model/defined.ts'
import { HansardError, messageOf } from './model/errors.ts'
import { languagesOf, openIndex, openStore } from './open.ts'
import { createRooms } from './rooms/rooms.ts'
import type { RoomStatus } from './rooms/room.ts'
import type { SearchIndex } from './search/search-index.ts'
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
  /**
   * Opens the site and begins to connect; resolves to the address of the site. Rejects when the store is out of reach now
   * (later it is waited for) or the address of the site is taken. Undone by stop(), also when it fails half way.
   */
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

export async function openRecord ({ config, log, isBulk = false, onIndexed }: {
  readonly config: Pick<Config, 'store' | 'search'>
  readonly log: Logger
  /** For a process that takes in much at once: indexing gets a thread of its own, and reports no progress. */
  readonly isBulk?: boolean
  readonly onIndexed?: (changes: number) => void
}): Promise<OpenRecord> {
  const store = await openStore(config.store, log)
  const index = await openIndex(config.search, log).catch(async (error: unknown) => {
    await store.close()
    throw error
  })
  const feed = isBulk
    ? createFeedThread(config)
    : createIndexFeed({ store, index, log: log.child({ module: 'search' }), ...defined({ onProgress: onIndexed }) })
  const archive = createArchive({
    store,
    onRecorded () { feed.advance().catch((error: unknown) => { log.error({ err: error }, 'indexing failed') }) },
    log: log.child({ module: 'archive' })
  })
  return {
    store,
    index,
    archive,
    feed,
    find: createFind({ store, index }),
    close: () => inTurn(() => archive.close(DRAIN_MS), () => feed.stop(), () => index.close(), () => store.close())
  }
}

/** One after the other, each also when one before it failed; then the first failure is thrown. */
async function inTurn (...steps: ReadonlyArray<() => Promise<unknown>>): Promise<void> {
  const failures: unknown[] = []
  for (const step of steps) await step().catch((error: unknown) => { failures.push(error) })
  if (failures.length > 0) throw failures[0]
}

export function openConnection ({ xmpp }: Pick<Config, 'xmpp'>, log: Logger, clock?: () => Micros): XmppConnection {
  const shared = { log: log.child({ module: 'xmpp' }), ...(clock === undefined ? {} : { now: clock }) }
  return xmpp.mode === 'component'
    ? createComponentConnection({ ...shared, ...xmpp.server, domain: xmpp.domain, secret: xmpp.secret, resource: xmpp.resource })
    : createBotConnection({ ...shared, ...xmpp })
}

export async function createApp (options: AppOptions): Promise<App> {
  const record = await openRecord(options)
  try {
    return assemble(record, options)
  } catch (error) {
    await record.close()
    throw error
  }
}

function assemble (record: OpenRecord, { config, log, clock }: AppOptions): App {
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
    record: event => archive.record(event),
    recall: async (room, range, limit) => (await store.page(room, { stream: 'talk', limit, reverse: true, ...range })).events,
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
    searchLanguages: languagesOf(config.search),
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

  let stopped: Promise<void> | undefined

  return {
    async start () {
      await store.ping()
      const { host, port } = config.http
      const url = await web.listen({ host, port }).catch((cause: unknown) => {
        throw new HansardError('ERR_CONFIG', `Cannot serve the site: ${messageOf(cause)}; expected http.host and http.port that are free here`, { cause })
      })
      rooms.start()
      connection.start()
      // Repairs what a crash between record and index left; searches work meanwhile and may miss the newest.
      feed.advance().catch((error: unknown) => { log.error({ err: error }, 'indexing failed') })
      return url
    },
    stop: () => (stopped ??= inTurn(() => rooms.stop(), () => connection.stop(), () => web.close(), () => record.close())),
    status: () => ({ xmpp: connection.status(), rooms: rooms.status() })
  }
}
