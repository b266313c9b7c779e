import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import type { Level, PublishedRoom } from '../../src/access/can-read.ts'
import { createDirectory } from '../../src/access/directory.ts'
import type { Directory } from '../../src/access/directory.ts'
import type { Find } from '../../src/archive/find.ts'
import { createSqliteStore } from '../../src/archive/sqlite.ts'
import type { ArchiveStore } from '../../src/archive/store.ts'
import { parseRoomJid } from '../../src/model/address.ts'
import type { ArchiveTime } from '../../src/model/archive-time.ts'
import { contentOf } from '../../src/model/content.ts'
import { parseQuery } from '../../src/search/query.ts'
import type { ArchivedEvent, EventKind, RoomEvent } from '../../src/model/event.ts'
import { createWebServer } from '../../src/web/server.ts'
import { VIEWS } from '../../src/web/templates.ts'
import type { WebServerOptions } from '../../src/web/site.ts'

export const NOW = Date.parse('2026-11-21T12:00:00Z')

export interface SiteUnderTest {
  readonly app: FastifyInstance
  readonly store: ArchiveStore
  readonly directory: Directory
  /** Lines that were logged. */
  readonly logged: string[]
}

export function published (slug: string, level: Level, more: Partial<PublishedRoom> = {}): PublishedRoom {
  return {
    jid: parseRoomJid(`${slug}@conference.example.org`),
    slug,
    aliases: [],
    title: `Room ${slug}`,
    description: `About ${slug}`,
    level,
    isOpen: undefined,
    ...more
  }
}

let serial = 0

/** An event of a room at `2026-11-20T07:14:09`, with microseconds if wanted. */
export function happened (room: PublishedRoom, time: string, kind: EventKind, nick: string, more: Partial<RoomEvent> = {}): RoomEvent {
  const fullTime = `${time.padEnd(20, '.').padEnd(26, '0')}Z` as ArchiveTime
  return { kind, room: room.jid, time: fullTime, uid: `u${++serial}`, nick, via: 'live', ...more }
}

export function said (room: PublishedRoom, time: string, nick: string, body: string, more: Partial<RoomEvent> = {}): RoomEvent {
  return happened(room, time, 'message', nick, { body, ...more })
}

/** Finds talk that contains the text, newest first; `limit` to a page, the cursor is a number. */
export function plainFind (store: ArchiveStore): Find {
  return async ({ text, rooms, limit, before = '0' }) => {
    const query = parseQuery(text)
    const pages = await Promise.all(rooms.map(async room => ({ room, page: await store.page(room.jid, { stream: 'talk', limit: 1000 }) })))
    const all = pages
      .flatMap(({ room, page }) => page.events
        .filter(event => event.appliesTo === undefined && contentOf(event).body?.includes(text) === true)
        .map(event => ({ room, event })))
      .sort((a, b) => a.event.time < b.event.time ? 1 : -1)
    const hits = all.slice(Number(before), Number(before) + limit)
    const next = Number(before) + limit
    return {
      query,
      hits,
      total: all.length,
      totalIsExact: true,
      ...(next < all.length ? { next: String(next) } : {})
    }
  }
}

/** `scope` ends the site: a test's context, or node:test itself for a site that the tests of a file share. */
export async function siteWith (
  scope: { after (end: () => Promise<void>): void }, rooms: readonly PublishedRoom[], events: readonly RoomEvent[],
  more: Partial<WebServerOptions> = {}
): Promise<SiteUnderTest> {
  const store = createSqliteStore({ path: ':memory:' })
  if (events.length > 0) await store.append(events)
  const directory = createDirectory(rooms)
  const logged: string[] = []
  const app = createWebServer({
    store,
    find: plainFind(store),
    directory,
    site: { title: 'Test logs', url: 'https://logs.example.org' },
    viewsDir: VIEWS,
    log: pino({ level: 'info' }, { write: line => { logged.push(line) } }),
    health: async () => ({ status: 'ok', checks: { store: 'ok' } }),
    now: () => NOW,
    ...more
  })
  scope.after(async () => {
    await app.close()
    await store.close()
  })
  return { app, store, directory, logged }
}

/** Puts the tombstone of an event in its place. */
export async function remove (store: ArchiveStore, event: RoomEvent): Promise<void> {
  const recorded = await store.get(event.room, event.uid)
  if (recorded === undefined) throw new Error(`Cannot remove ${event.uid}: it is not recorded`)
  const { body: _body, stanza: _stanza, ...rest } = recorded
  const tombstone: ArchivedEvent = { ...rest, removed: { by: 'moderator', time: recorded.time, reason: 'spam' } }
  await store.scrub(event.room, [event.uid], () => tombstone)
}
