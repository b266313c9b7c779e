import type { Amender } from './archive/amender.ts'
import type { Archive } from './archive/archive.ts'
import type { GapLedger } from './archive/gap-ledger.ts'
import type { IndexFeed } from './archive/index-feed.ts'
import type { ArchiveStore } from './archive/store.ts'
import type { Snapshot } from './metrics.ts'
import { messageOf } from './model/errors.ts'
import type { RoomStatus } from './rooms/room.ts'
import type { Rooms } from './rooms/rooms.ts'
import type { HealthReport } from './web/site.ts'
import type { XmppConnection } from './xmpp/connection.ts'

/** How things stand: for probes, and as numbers. */
export interface Health {
  report (): Promise<HealthReport>
  snapshot (): Promise<Snapshot>
}

export interface HealthOptions {
  readonly store: Pick<ArchiveStore, 'ping'>
  readonly archive: Pick<Archive, 'status'>
  readonly ledger: Pick<GapLedger, 'status'>
  readonly feed: Pick<IndexFeed, 'status'>
  readonly amender: Pick<Amender, 'problem'>
  readonly rooms: Pick<Rooms, 'status'>
  readonly connection: Pick<XmppConnection, 'isOnline' | 'status'>
  /** Messages that catch-up brought back. */
  readonly recovered: () => number
}

export function createHealth ({ store, archive, ledger, feed, amender, rooms, connection, recovered }: HealthOptions): Health {
  async function report (): Promise<HealthReport> {
    const storeProblem = await store.ping().then(() => archive.status().problem, messageOf)
    const { waiting, spooled, spooledBytes, isFull, quarantined } = archive.status()
    const isOnline = connection.isOnline
    const joined = rooms.status()
    const search = feed.status().problem !== undefined ? 'failing' : feed.status().isPartial ? 'partial' : 'ok'
    const amendments = amender.problem() === undefined ? 'ok' : 'failing'
    const isWell = storeProblem === undefined && search === 'ok' && amendments === 'ok'
    return {
      status: isFull || !isOnline ? 'failing' : isWell ? 'ok' : 'degraded',
      checks: {
        store: storeProblem === undefined ? 'ok' : 'failing',
        spool: isFull ? 'full' : spooled > 0 ? 'waiting' : 'ok',
        waiting: waiting + spooled,
        spooledBytes,
        quarantined,
        search,
        amendments,
        xmpp: connection.status().state,
        rooms: joined.length,
        joined: joined.filter(({ state }) => state === 'joined').length,
        catchingUp: joined.filter(({ isCatchingUp }) => isCatchingUp).length,
        gaps: ledger.status().open
      }
    }
  }

  async function snapshot (): Promise<Snapshot> {
    const { spooled, spooledBytes, isFull, quarantined } = archive.status()
    const all = rooms.status()
    const count = (state: RoomStatus['state']): number => all.filter(room => room.state === state).length
    return {
      isStoreUp: await store.ping().then(() => true, () => false),
      spool: { events: spooled, bytes: spooledBytes, isFull },
      quarantined,
      isXmppUp: connection.isOnline,
      rooms: { outside: count('outside'), joining: count('joining'), joined: count('joined') },
      occupants: all.reduce((sum, { occupants }) => sum + occupants, 0),
      openGaps: ledger.status().open,
      catchingUp: all.filter(({ isCatchingUp }) => isCatchingUp).length,
      holes: ledger.status().holes,
      recovered: recovered(),
      isSearchPartial: feed.status().isPartial
    }
  }

  return { report, snapshot }
}
