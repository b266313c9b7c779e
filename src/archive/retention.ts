import type { Logger } from '../log.ts'
import type { RoomJid } from '../model/address.ts'
import { formatTime } from '../model/archive-time.ts'
import type { ArchiveTime, Micros } from '../model/archive-time.ts'
import { defined } from '../model/defined.ts'
import { streamOf } from '../model/event.ts'
import type { RoomEvent, Stream } from '../model/event.ts'
import type { ArchiveStore } from './store.ts'

/** How long a room keeps its record, in days; what has no limit stays. */
export interface RetentionLimits {
  readonly talk?: number
  readonly presence?: number
}

/** Takes out of the record what is older than its room keeps it, while others read and write. */
export interface Retention {
  /** Looks now and then every hour. */
  start (): void
  /** Whether the room does not keep it any more: such a thing is not taken in anew, wherever it is told again. */
  isTooOld (event: Pick<RoomEvent, 'room' | 'kind' | 'time'>): boolean
  /** From when on the room's comings and goings are kept; undefined where all are. */
  presenceKeptSince (room: RoomJid): ArchiveTime | undefined
  /** Resolves when nothing is left that is too old, or when that failed. */
  look (): Promise<void>
  stop (): Promise<void>
}

export interface RetentionOptions {
  readonly store: Pick<ArchiveStore, 'count' | 'purge' | 'logRemoval'>
  readonly rooms: ReadonlyMap<RoomJid, RetentionLimits>
  /** Something went: what was derived from it must forget it too. */
  readonly onPurged: () => Promise<void>
  readonly now: () => Micros
  readonly log: Logger
}

const HOUR_MS = 3_600_000
const DAY_MICROS = 86_400_000_000

/** What is older than this is not kept any more. */
export function keptSince (days: number, now: Micros): ArchiveTime {
  return formatTime(now - days * DAY_MICROS)
}

export function createRetention ({ store, rooms, onPurged, now, log }: RetentionOptions): Retention {
  let looking: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined
  let isStopped = false

  async function lookAtAll (): Promise<void> {
    for (const [room, limits] of rooms) {
      for (const stream of ['talk', 'presence'] as const) {
        const days = limits[stream]
        if (days === undefined || isStopped) continue
        // A store that is away is asked again in an hour; so is one that is away in the middle.
        await take(room, stream, days).catch((error: unknown) => {
          log.warn({ err: error, room, stream }, 'what is too old cannot be taken out of the record now; it is tried again')
        })
      }
    }
  }

  async function take (room: RoomJid, stream: Stream, days: number): Promise<void> {
    const upTo = keptSince(days, now())
    const count = await store.count(room, { stream, end: upTo })
    // First, so that nothing ever goes that the log does not know.
    if (count > 0) await store.logRemoval({ time: formatTime(now()), room, by: 'retention', upTo, stream, count })
    // Also with nothing left: what was broken off is finished.
    await store.purge(room, upTo, stream)
    if (count === 0) return
    log.info({ room, stream, days, count }, 'taken out of the record: older than the room keeps it')
    await onPurged()
  }

  function look (): Promise<void> {
    return (looking ??= lookAtAll().finally(() => { looking = undefined }))
  }

  return {
    look,
    presenceKeptSince (room) {
      const days = rooms.get(room)?.presence
      return days === undefined ? undefined : keptSince(days, now())
    },
    isTooOld ({ room, kind, time }) {
      const days = rooms.get(room)?.[streamOf(kind)]
      return days !== undefined && time < keptSince(days, now())
    },
    start () {
      if ([...rooms.values()].every(limits => Object.keys(defined(limits)).length === 0)) return
      timer = setInterval(() => { void look() }, HOUR_MS).unref()
      void look()
    },
    async stop () {
      isStopped = true
      clearInterval(timer)
      await looking
    }
  }
}
