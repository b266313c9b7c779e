import type { ArchiveStore } from '../archive/store.ts'
import type { RoomJid } from '../model/address.ts'
import { formatTime, toMicros } from '../model/archive-time.ts'
import type { ArchiveTime } from '../model/archive-time.ts'
import { HansardError } from '../model/errors.ts'
import { streamOf } from '../model/event.ts'
import type { ArchivedEvent, Uid } from '../model/event.ts'
import type { MamQuery } from './query.ts'

/** The places that a query names, looked up. */
export interface Bounds {
  /** What matches lies between these, both included: the earliest and latest time, and the ids that the filter names. */
  readonly start: ArchiveTime | undefined
  readonly end: ArchiveTime | undefined
  /** The page lies strictly between these. */
  readonly after: ArchivedEvent | undefined
  readonly before: ArchivedEvent | undefined
}

/** An id that the archive does not know throws ERR_ITEM_NOT_FOUND; one that does not match the query is a good place. */
export async function findBounds (room: RoomJid, query: MamQuery, store: Pick<ArchiveStore, 'get'>): Promise<Bounds> {
  const find = async (uid: Uid | undefined) => uid === undefined ? undefined : findTalk(room, uid, store)
  const [afterId, beforeId, after, before] = await Promise.all([query.afterId, query.beforeId, query.after, query.before].map(find))
  return {
    // No two messages of a room share a microsecond.
    start: later(query.start, afterId && moved(afterId.time, 1)),
    end: earlier(query.end, beforeId && moved(beforeId.time, -1)),
    after,
    before
  }
}

/** Presence has ids too, but not in the archive that MAM shows. */
export async function findTalk (room: RoomJid, uid: Uid, store: Pick<ArchiveStore, 'get'>): Promise<ArchivedEvent> {
  const event = await store.get(room, uid)
  if (event === undefined || streamOf(event.kind) !== 'talk') throw unknownId()
  return event
}

function unknownId (): HansardError {
  return new HansardError('ERR_ITEM_NOT_FOUND', 'Cannot find a message by an id that is not in the archive')
}

/** As findTalk, for many ids at once. */
export async function findAllTalk (room: RoomJid, uids: readonly Uid[], store: Pick<ArchiveStore, 'getMany'>): Promise<ArchivedEvent[]> {
  const events = await store.getMany(room, uids)
  if (events.length < uids.length || events.some(({ kind }) => streamOf(kind) !== 'talk')) throw unknownId()
  return events
}

export function isEmpty ({ start, end }: Pick<Bounds, 'start' | 'end'>): boolean {
  return start !== undefined && end !== undefined && start > end
}

export function later (a: ArchiveTime | undefined, b: ArchiveTime | undefined): ArchiveTime | undefined {
  return a === undefined || (b !== undefined && b > a) ? b : a
}

export function earlier (a: ArchiveTime | undefined, b: ArchiveTime | undefined): ArchiveTime | undefined {
  return a === undefined || (b !== undefined && b < a) ? b : a
}

function moved (time: ArchiveTime, micros: number): ArchiveTime {
  return formatTime(toMicros(time) + micros)
}
