import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { createApp } from '../../src/app.ts'
import type { App } from '../../src/app.ts'
import { createSqliteStore } from '../../src/archive/sqlite.ts'
import type { Config, RoomConfig } from '../../src/config/config.ts'
import { createLogger } from '../../src/log.ts'
import { parseRoomJid } from '../../src/model/address.ts'
import type { BareJid } from '../../src/model/address.ts'
import type { ArchivedEvent } from '../../src/model/event.ts'
import { startEjabberd } from '../servers/ejabberd.ts'
import { startProsody } from '../servers/prosody.ts'
import { connectTalker } from '../servers/talker.ts'
import type { Talker } from '../servers/talker.ts'
import type { XmppServer } from '../servers/xmpp-server.ts'

export const SERVERS = [
  { name: 'prosody', start: () => startProsody() },
  { name: 'ejabberd', start: () => startEjabberd() }
] as const

export const MODES = ['component', 'bot'] as const

/** The whole program on a real server, with people to talk. Everything goes away with stop(). */
export interface Stage {
  readonly server: XmppServer
  readonly config: Config
  readonly url: string
  readonly app: App
  talker (user: string, resource?: string): Promise<Talker>
  /** Everything recorded, in the order of time. */
  record (): Promise<ArchivedEvent[]>
  /** Ends the program and, after what happens meanwhile, starts it again on the same files. */
  restartApp (meanwhile?: () => Promise<unknown>): Promise<void>
  stop (): Promise<void>
}

export interface StageOptions {
  readonly mode?: typeof MODES[number]
  readonly rooms?: ReadonlyArray<Partial<RoomConfig> & { readonly slug: string }>
  readonly delegatedFrom?: readonly BareJid[]
}

export async function openStage (server: XmppServer, options: StageOptions = {}): Promise<Stage> {
  const { mode = 'component' } = options
  const folder = mkdtempSync(join(tmpdir(), 'hansard-stage-'))
  if (mode === 'bot') await server.register('hansard', 'hansard')
  const config = configFor(server, folder, options)
  const log = createLogger(process.env['TEST_LOG'] ?? 'silent')
  let app = await createApp({ config, log })
  let url = await app.start()
  const talkers: Talker[] = []

  return {
    server,
    config,
    get url () { return url },
    get app () { return app },
    async talker (user, resource) {
      const talker = await connectTalker(server, user, resource === undefined ? {} : { resource })
      talkers.push(talker)
      return talker
    },
    async record () {
      const store = createSqliteStore({ path: (config.store as { path: string }).path })
      const events: ArchivedEvent[] = []
      for await (const changes of store.changes()) events.push(...changes.flatMap(({ event }) => event ?? []))
      await store.close()
      return events.sort((a, b) => a.time < b.time ? -1 : 1)
    },
    async restartApp (meanwhile) {
      await app.stop()
      await meanwhile?.()
      app = await createApp({ config, log })
      url = await app.start()
    },
    async stop () {
      await Promise.allSettled(talkers.map(talker => talker.stop()))
      await app.stop()
      rmSync(folder, { recursive: true, force: true })
    }
  }
}

function configFor (
  server: XmppServer, folder: string, { mode = 'component', rooms = [{ slug: 'lounge' }], delegatedFrom = [] }: StageOptions
): Config {
  return {
    file: join(folder, 'config.yaml'),
    site: {
      title: 'Logs',
      url: 'http://logs.example.org',
      description: '',
      language: 'en',
      stylesheet: undefined,
      templates: undefined,
      cache: join(folder, 'site'),
      cacheBytes: 1e8
    },
    http: { host: '127.0.0.1', port: 0, metrics: [], trustProxy: false, crawlers: undefined },
    xmpp: mode === 'component'
      ? {
          mode,
          domain: server.componentDomain as BareJid,
          server: { host: server.host, port: server.componentPort },
          secret: server.secret,
          delegatedFrom,
          nick: 'hansard',
          resource: 'hansard'
        }
      : {
          mode,
          jid: `hansard@${server.domain}` as BareJid,
          password: 'hansard',
          service: `xmpp://${server.host}:${server.c2sPort}`,
          tls: 'optional',
          nick: 'hansard',
          resource: 'hansard'
        },
    store: { driver: 'sqlite', path: join(folder, 'hansard.db') },
    spool: { path: join(folder, 'spool.db'), maxBytes: 64e6 },
    search: { engine: 'local', path: join(folder, 'search.db'), language: 'en' },
    log: { level: 'silent' },
    rooms: rooms.map(room => ({
      jid: parseRoomJid(`${room.slug}@${server.conference}`),
      aliases: [],
      title: undefined,
      description: undefined,
      level: 'indexed',
      nick: 'hansard',
      password: undefined,
      history: 100,
      catchUp: 'none',
      recreatedAfter: undefined,
      retention: {},
      editHistory: false,
      rankPeople: false,
      realJids: false,
      ...room
    })),
    warnings: []
  }
}

/** Asks again and again until the answer is there; rejects with the last one when it never is. */
export async function eventually<T> (ask: () => Promise<T | undefined>, what: string, timeoutMs = 30_000): Promise<T> {
  const deadline = Date.now() + timeoutMs
  for (;;) {
    const answer = await ask()
    if (answer !== undefined) return answer
    if (Date.now() > deadline) throw new Error(`${what}: not within ${timeoutMs} ms`)
    await delay(25)
  }
}

/** Resolves when the archive stands in the room, as the talker there sees it. */
export async function seeArchiveIn (room: string, talker: Talker, nick = 'hansard'): Promise<void> {
  await talker.waitFor(stanza => stanza.name === 'presence' && stanza.attrs['from'] === `${room}/${nick}` && stanza.attrs['type'] === undefined, 60_000)
}
