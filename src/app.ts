import { createHmac } from 'node:crypto'
import { createOccupantIds } from './access/occupant-ids.ts'
import { createAmender } from './archive/amender.ts'
import { createArchive } from './archive/archive.ts'
import { createGapLedger } from './archive/gap-ledger.ts'
import { createLive } from './archive/live.ts'
import { openLocalState } from './archive/local-state.ts'
import type { LocalState } from './archive/local-state.ts'
import { createOutage, STORE_PAUSES } from './archive/outage.ts'
import type { Removals } from './archive/removals.ts'
import { createRetention } from './archive/retention.ts'
import type { Config } from './config/config.ts'
import { openConnection } from './connect.ts'
import { createHealth } from './health.ts'
import { inTurn } from './in-turn.ts'
import type { Logger } from './log.ts'
import { createMetrics } from './metrics.ts'
import { createDelegatedResponder } from './mam/delegated.ts'
import { createGuard } from './mam/guard.ts'
import { createMamResponder } from './mam/responder.ts'
import type { RoomJid } from './model/address.ts'
import { formatTime } from './model/archive-time.ts'
import type { Micros } from './model/archive-time.ts'
import { defined } from './model/defined.ts'
import { hasCode, HansardError } from './model/errors.ts'
import { streamOf } from './model/event.ts'
import type { RoomEvent } from './model/event.ts'
import { openDirectory } from './open.ts'
import { createRebuildThread } from './rebuild-thread.ts'
import { advance, openRecord } from './record.ts'
import type { OpenRecord } from './record.ts'
import type { CatchUpReport, Progress } from './rooms/absences.ts'
import { createMirror } from './mirror/mirror.ts'
import { createRooms } from './rooms/rooms.ts'
import type { RoomStatus } from './rooms/room.ts'
import { serveSite } from './serve-site.ts'
import { version } from './version.ts'
import { createClock } from './xmpp/clock.ts'
import type { ConnectionStatus } from './xmpp/connection.ts'

export interface App {
  /**
   * Opens the site, unless it is not to listen, and begins to connect; resolves to the address of the site. A store that is
   * away is waited for: what is heard meanwhile goes to the spool. Rejects when the address of the site is taken. Undone by
   * stop(), also when it fails half way.
   */
  start (options?: { readonly isListening?: boolean }): Promise<string>
  /** Leaves the rooms, drains what was heard into the record, closes everything. */
  stop (): Promise<void>
  /** Fetches what is missing of these rooms, or of all, as far as it can be had. Waits for a stream and for rooms that are being joined. */
  catchUp (
    rooms: readonly RoomJid[] | undefined, onProgress: (progress: Progress) => void, signal?: AbortSignal
  ): Promise<readonly CatchUpReport[]>
  /** As Removals: takes messages out of the record, and tells those who listen. */
  remove: Removals['remove']
  /** Builds the search index anew while searches go on, from the beginning or where that was left; see RebuildThread.run. */
  reindex (isFresh: boolean, onProgress?: (changes: number) => void): Promise<void>
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

const DRAIN_MS = 10_000
const TICK_MS = 10_000
const ONLINE_MS = 30_000
const ON_ITS_WAY: Micros = 1_000_000

/** Rejects with ERR_RUNNING while another process serves with the same local state. */
export async function createApp (options: AppOptions): Promise<App> {
  const { config, log } = options
  const local = openLocalState({ ...config.spool, log: log.child({ module: 'spool' }) })
  let record: OpenRecord | undefined
  try {
    record = await openRecord(options)
    return assemble(record, local, options)
  } catch (error) {
    await record?.close()
    local.close()
    throw error
  }
}

function assemble (record: OpenRecord, local: LocalState, { config, log, clock = createClock() }: AppOptions): App {
  const { store, index, feed, removals } = record
  const directory = openDirectory(config.rooms)
  const connection = openConnection(config, log, clock)
  const ledger = createGapLedger({ store, local, log: log.child({ module: 'gaps' }) })
  const reads = createOutage({ log: log.child({ module: 'rooms' }), whatWaits: 'rooms wait for what they must know', pauses: STORE_PAUSES })

  const live = createLive({ store, log: log.child({ module: 'live' }) })
  const metrics = createMetrics({ read: () => health.snapshot() })
  let recovered = 0
  let isTiming = false

  // What was read and is not durable yet, in the order of reading.
  const undurable = new Set<{ readonly readAt: Micros, readonly room: RoomJid }>()

  async function recordLive (event: RoomEvent): Promise<void> {
    if (event.via !== 'live' && retention.isTooOld(event)) return
    const readAt = performance.now()
    const read = { readAt: clock(), room: event.room }
    undurable.add(read)
    await archive.record(event).finally(() => { undurable.delete(read) })
    const seconds = (): number => (performance.now() - readAt) / 1000
    metrics.recorded(streamOf(event.kind), event.via)
    metrics.durable(seconds())
    // What waits in the spool is found later; and one at a time tells enough.
    if (isTiming || archive.status().spooled > 0) return
    isTiming = true
    feed.advance().then(() => { metrics.searchable(seconds()) }, () => {}).finally(() => { isTiming = false })
  }

  /** Whether something heard in the room waits for its place. What is on its way would keep a walk going while people talk. */
  function isBehind (room: RoomJid): boolean {
    const moment = clock() - ON_ITS_WAY
    if ([...undurable].some(read => read.room === room && read.readAt < moment)) return true
    if (archive.status().spooled === 0) return false
    try {
      return local.spool.first(room) !== undefined
    } catch {
      return true // the disk does not let us look
    }
  }

  const retention = createRetention({
    store,
    rooms: new Map(config.rooms.map(room => [room.jid, defined(room.retention)])),
    async onPurged () {
      await Promise.all([feed.advance(), site.advance()])
    },
    now: clock,
    log: log.child({ module: 'retention' })
  })

  const amender = createAmender({
    store,
    removals,
    onAmended: follow,
    startedAt: formatTime(clock()),
    presenceKeptSince: room => retention.presenceKeptSince(room),
    log: log.child({ module: 'amender' })
  })

  /** The record has grown or changed: what is derived from it follows. */
  function follow (): void {
    advance(feed, log)
    live.advance()
    void site.advance()
    void amender.advance()
  }

  const archive = createArchive({
    store,
    spool: local.spool,
    quarantine: local.quarantine,
    onRecorded: follow,
    onPlaced (room, time) { rooms.placed(room, time) },
    // Nobody is to think that we listen.
    onFull () {
      rooms.overflow()
      connection.pause().catch((error: unknown) => { log.error({ err: error }, 'cannot leave the server') })
    },
    onFree () { if (stopped === undefined) connection.start() },
    log: log.child({ module: 'archive' })
  })

  const rooms = createRooms({
    connection,
    rooms: config.rooms.map(({ jid, nick, password, history, catchUp, recreatedAfter, realJids }) => ({
      jid, nick, history, catchUp, keepRealJids: realJids, ...defined({ password, recreatedAfter })
    })),
    record: recordLive,
    async append (events) {
      const results = await archive.append(events.filter(event => !retention.isTooOld(event)))
      const added = results.filter(({ isNew }) => isNew)
      recovered += added.length
      for (const { event } of added) metrics.recorded(streamOf(event.kind), event.via)
      return results
    },
    hold: room => archive.hold(room),
    release: room => archive.release(room),
    recall: async (room, range, limit) =>
      (await reads.patiently(() => store.page(room, { stream: 'talk', limit, reverse: true, ...range }))).events,
    get: (room, uid) => reads.patiently(() => store.get(room, uid)),
    lastTime: room => reads.patiently(() => store.lastTime(room)),
    async lastDestroy (room) {
      const [last] = (await reads.patiently(() => store.page(room, { stream: 'presence', limit: 1, reverse: true }))).events
      return last?.kind === 'destroy' ? last.time : undefined
    },
    quarantine (room, stanza, error) { local.quarantine.add({ room, stanza, error }) },
    ledger,
    onInfo (room, info) {
      directory.learn(room, info)
      mirror?.refresh()
    },
    log: log.child({ module: 'rooms' }),
    now: clock
  })

  // The same over restarts, so that clients know people again.
  const occupantKey = createHmac('sha256', config.xmpp.mode === 'component' ? config.xmpp.secret : config.xmpp.password).update('occupant ids').digest()
  const mirror = connection.domain === undefined || config.xmpp.mode !== 'component'
    ? undefined
    : createMirror({
      connection,
      domain: connection.domain,
      directory,
      store,
      live,
      site: config.site,
      occupantKey,
      log: log.child({ module: 'mirror' }),
      now: clock
    })
  if (mirror !== undefined) connection.onRequest(mirror.respond)
  const mam = {
    connection, directory, store, index, isBehind, occupantIds: createOccupantIds(occupantKey), guard: createGuard(), log: log.child({ module: 'mam' })
  }
  connection.onRequest(createMamResponder({
    ...mam, domain: connection.domain, site: config.site, software: { name: 'Hansard', version: version() }
  }))
  if (config.xmpp.mode === 'component') {
    connection.onRequest(createDelegatedResponder({ ...mam, domain: config.xmpp.domain, hosts: config.xmpp.delegatedFrom }))
  }

  const health = createHealth({ store, archive, ledger, feed, amender, rooms, connection, recovered: () => recovered })
  const site = serveSite({ config, record, directory, live, metrics, health, log: log.child({ module: 'web' }) })
  const rebuild = createRebuildThread(config, log.child({ module: 'search' }))

  // One is built for another analyser, or what was begun is ended.
  async function reindex (isFresh: boolean, onProgress?: (changes: number) => void): Promise<void> {
    if (index.rebuilding === undefined) await index.clear()
    else await rebuild.run(isFresh, onProgress)
    await feed.advance()
  }

  const ticking = setInterval(() => {
    const [oldest] = undurable
    const { heardAt } = connection
    // Up to here nothing would be missing if the program were killed now.
    if (connection.isOnline && heardAt !== undefined) ledger.tick(formatTime(Math.min(heardAt, (oldest?.readAt ?? Infinity) - 1)))
  }, TICK_MS).unref()
  let stopped: Promise<void> | undefined

  async function stop (): Promise<void> {
    clearInterval(ticking)
    await inTurn(
      async () => mirror?.stop(),
      () => live.stop(),
      () => retention.stop(),
      () => rooms.stop(),
      () => connection.stop(),
      () => site.close(),
      async () => { reads.stop() },
      () => archive.close(DRAIN_MS),
      () => ledger.close(DRAIN_MS),
      () => amender.stop(),
      () => rebuild.stop(),
      () => record.close(),
      async () => { local.close() }
    )
  }

  return {
    async start ({ isListening = true } = {}) {
      await store.ping().catch((error: unknown) => {
        if (!hasCode(error, 'ERR_STORE_UNAVAILABLE')) throw error
        log.warn({ err: error }, 'store does not answer yet; what is heard goes to the spool')
      })
      const url = isListening ? await site.listen() : ''
      rooms.start()
      mirror?.start()
      connection.start()
      // Repairs what a crash between record and index left; searches work meanwhile and may miss the newest.
      follow()
      retention.start()
      if (index.rebuilding?.isDue() === true) {
        reindex(false).catch((error: unknown) => { log.error({ err: error }, 'search index cannot be built anew; searches go on with the one in use') })
      }
      return url
    },
    stop: () => (stopped ??= stop()),
    async catchUp (wanted, onProgress, signal = new AbortController().signal) {
      await connection.waitOnline(ONLINE_MS)
      signal.throwIfAborted()
      // What is under way for the record goes on; only nobody waits for it any more.
      const given = new Promise<never>((_resolve, reject) => { signal.addEventListener('abort', () => { reject(signal.reason as Error) }, { once: true }) })
      return Promise.race([rooms.catchUp(wanted, progress => { if (!signal.aborted) onProgress(progress) }), given])
    },
    async remove (room, uids, removal, options) {
      const removed = await removals.remove(room, uids, removal, options)
      follow()
      await amender.advance()
      await site.advance()
      const { problem } = feed.status()
      if (problem !== undefined) {
        throw new HansardError('ERR_SEARCH', `Cannot take what was removed out of the search index now: ${problem}; the record is without it, do the same again later`)
      }
      return removed
    },
    reindex,
    status: () => ({ xmpp: connection.status(), rooms: rooms.status() })
  }
}
