import type { RoomJid } from '../model/address.ts'
import type { ArchiveTime } from '../model/archive-time.ts'
import type { ArchivedEvent, RoomEvent, Uid } from '../model/event.ts'

/** What rooms need of the record. What reads waits for a store that is away. */
export interface RoomRecord {
  /** Takes an event that was heard, in the order of the calls; resolves when it is durable. */
  readonly record: (event: RoomEvent) => Promise<unknown>
  /** Takes what was recovered straight to the store, in order; resolves when it is durable. */
  readonly append: (events: readonly RoomEvent[]) => Promise<ReadonlyArray<{ readonly event: ArchivedEvent, readonly isNew: boolean }>>
  /** What record() gets from now on waits, durably, until release(). Resolves when all before stands in the store. */
  readonly hold: (room: RoomJid) => Promise<void>
  readonly release: (room: RoomJid) => Promise<void>
  /** The newest recorded talk of the time, at most `limit`, oldest first. */
  readonly recall: (room: RoomJid, range: Range, limit: number) => Promise<readonly RoomEvent[]>
  readonly get: (room: RoomJid, uid: Uid) => Promise<ArchivedEvent | undefined>
  /** Of all that is recorded. */
  readonly lastTime: (room: RoomJid) => Promise<ArchiveTime | undefined>
  /** When the room was destroyed, if that is the last that is recorded of comings and goings there. */
  readonly lastDestroy: (room: RoomJid) => Promise<ArchiveTime | undefined>
  /** Keeps what could not be understood for the administrator. */
  readonly quarantine: (room: RoomJid, stanza: string, error: unknown) => void
}

/** Inclusive. */
export interface Range {
  readonly start?: ArchiveTime
  readonly end?: ArchiveTime
}
