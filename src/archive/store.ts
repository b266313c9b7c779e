import type { RoomJid } from '../model/address.ts'
import type { ArchiveTime } from '../model/archive-time.ts'
import type { Day } from '../model/day.ts'
import type { ArchivedEvent, EventId, Removal, RoomEvent, Stream, Uid } from '../model/event.ts'
import type { Gap } from '../model/gap.ts'

/**
 * Where the record lives. A driver is a factory returning this object; `test/archive/store-contract.ts` holds every
 * driver to the words below. Methods called after close() reject with ERR_STORE_CLOSED. A store that cannot be
 * reached rejects with ERR_STORE_UNAVAILABLE (worth trying again), one that refuses with ERR_STORE.
 */
export interface ArchiveStore {
  /**
   * Makes the events durable, in the given order, all or none; resolves when they are on disk. (CouchDB has no
   * transactions: there a part may be recorded when it rejects.) Appending the same again finishes it. An event whose room and
   * uid are recorded already is left alone and reported with `isNew: false` and the recorded form: appending twice
   * changes nothing. Where an event of the same room and stream stands at the wanted time, the new one moves on
   * microsecond by microsecond to the first free place (see placement.ts). Anchors are given here. A lone surrogate,
   * which UTF-8 cannot hold, is recorded as U+FFFD.
   */
  append (events: readonly RoomEvent[]): Promise<AppendResult[]>

  /**
   * A page of one room and stream in the order of time, always oldest first, also with `reverse`.
   * An unknown uid in `after` or `before` rejects with ERR_ITEM_NOT_FOUND.
   */
  page (room: RoomJid, query: PageQuery): Promise<Page>

  /** How many events a page query matches in all; `limit`, `after`, `before` and `reverse` play no part. O(log n) without `nick`. */
  count (room: RoomJid, query: CountQuery): Promise<number>

  /** How many events of the stream stand strictly before the time. O(log n). RSM's index of a page is the rank of its first item. */
  rank (room: RoomJid, stream: Stream, time: ArchiveTime): Promise<number>

  get (room: RoomJid, uid: Uid): Promise<ArchivedEvent | undefined>

  /** The events of the room with these uids, of both streams, in the order asked, by one look; uids that are not recorded are left out. */
  getMany (room: RoomJid, uids: readonly Uid[]): Promise<ArchivedEvent[]>

  /** The events with these ids, in the order asked; ids that are not recorded are left out. */
  fetch (ids: readonly EventId[]): Promise<ArchivedEvent[]>

  /** The newest time of either stream; undefined for a room without events. */
  lastTime (room: RoomJid): Promise<ArchiveTime | undefined>

  /** The day ledger: days that have talk, ascending, or descending with `reverse`. */
  days (room: RoomJid, query?: DaysQuery): Promise<DaySummary[]>

  /** The ledger line of one day, also of a day with presence only; undefined when nothing happened on it. */
  day (room: RoomJid, day: Day): Promise<DaySummary | undefined>

  /** Every room that has events, by address, with its totals. */
  rooms (): Promise<RoomSummary[]>

  /**
   * Everything recorded, revised or removed since the cursor (all of it from the start without a cursor), in the order
   * it was done; CouchDB keeps that order per document only, and may report a change again. An event changed twice may be
   * reported once, in its last form. Ends when it has caught up.
   */
  changes (since?: ChangeCursor): AsyncIterable<Change[]>

  /** From here on: what was done before is not among the changes since this cursor. */
  present (): Promise<ChangeCursor>

  /**
   * Talk of the room that names one of these ids as what it replaces, retracts, reacts to or answers, by time. At most
   * MAX_REFERRING, the newest; the newest before the time, where one is given.
   */
  referring (room: RoomJid, ids: readonly string[], before?: ArchiveTime): Promise<ArchivedEvent[]>

  /** Talk of the room whose stanza had one of these id attributes (the field `message`), by time; at most MAX_REFERRING, the newest. */
  named (room: RoomJid, ids: readonly string[]): Promise<ArchivedEvent[]>

  /**
   * Puts in the event's place what `change` makes of its present form; another room, uid, time, anchor or stream is
   * refused with ERR_STORE. Undefined, or the same form again, leaves it, and is no change. `change` is pure and may be
   * called again where another writer was faster. Resolves to the form that stands, undefined when the uid is unknown.
   * Administrators may find the old form in the store.
   */
  revise (room: RoomJid, uid: Uid, change: Revise): Promise<ArchivedEvent | undefined>

  /**
   * The same for texts that must go: in the files of the store nothing of the old form is left, at once or within a
   * second where the store is small, and after a compaction that was started where it is not. Each event once; resolves
   * to the forms that stand, in the order asked, without the unknown. To be called again when it rejects: that finishes
   * it, also where `change` finds nothing left to do.
   */
  scrub (room: RoomJid, uids: readonly Uid[], change: Revise): Promise<ArchivedEvent[]>

  /**
   * Takes events of the stream (both without one) out of the record, up to and including the time, the oldest first, in
   * batches between which others are served; returns how many. Nothing of them is left in the files, as with scrub().
   */
  purge (room: RoomJid, upTo: ArchiveTime, stream?: Stream): Promise<number>

  /**
   * Adds to the log of removals, durable when it resolves; the same again is no second line. No page, count, ledger line or
   * change tells of it.
   */
  logRemoval (removal: LoggedRemoval): Promise<void>

  /** The log of removals after the cursor, by time. */
  removals (since?: RemovalCursor): AsyncIterable<ReadonlyArray<LoggedRemoval & { readonly cursor: RemovalCursor }>>

  /** Where a follower of changes() stands, by its name; undefined when it never said. */
  mark (name: string): Promise<ChangeCursor | undefined>

  setMark (name: string, cursor: ChangeCursor): Promise<void>

  /**
   * Records that a room was not listened to; another gap of the same room with the same `from` takes the place of the one before.
   * Gaps are no events: no page, count, ledger line or change tells of them, and purge leaves them. Of two in one call the last counts.
   */
  putGaps (gaps: readonly Gap[]): Promise<void>

  /** Gaps of a room, by `from`, that share a moment with the time, their ends included; open ones last for ever. */
  gaps (room: RoomJid, query?: GapsQuery): Promise<Gap[]>

  /** Resolves when the store answers. */
  ping (): Promise<void>

  close (): Promise<void>
}

export const MAX_REFERRING = 1000

export type Revise = (event: ArchivedEvent) => ArchivedEvent | undefined

export interface AppendResult {
  readonly event: ArchivedEvent
  readonly isNew: boolean
}

export interface CountQuery {
  readonly stream: Stream
  /** Inclusive bounds. */
  readonly start?: ArchiveTime
  readonly end?: ArchiveTime
  /** Only events of exactly this nick. */
  readonly nick?: string
}

export interface PageQuery extends CountQuery {
  /** Strictly after, strictly before the event with this uid, which need not match the other conditions. */
  readonly after?: Uid
  readonly before?: Uid
  /** At most this many; 0 gives an empty page, complete only when nothing matches. */
  readonly limit: number
  /** Take the page from the newest end of what matches. */
  readonly reverse?: boolean
}

export interface Page {
  readonly events: readonly ArchivedEvent[]
  /** True when nothing that matches lies beyond this page in the direction of paging. */
  readonly complete: boolean
}

export interface DaysQuery {
  /** Inclusive. */
  readonly from?: Day
  readonly to?: Day
  readonly reverse?: boolean
  readonly limit?: number
}

export interface GapsQuery {
  /** Inclusive. */
  readonly start?: ArchiveTime
  readonly end?: ArchiveTime
  /** Only those that are not filled. */
  readonly holesOnly?: boolean
}

export interface DaySummary {
  readonly day: Day
  /** Number of talk events, and of presence events. */
  readonly talk: number
  readonly presence: number
  /** The talk that stands by itself, as readers count: without what is part of another message (`appliesTo`). */
  readonly lines: number
  /** Number of different nicks that talked. */
  readonly people: number
  /** Times of the first and last talk; undefined on a day with presence only. */
  readonly first?: ArchiveTime
  readonly last?: ArchiveTime
  /** Opaque; differs whenever anything shown of the day may differ. */
  readonly revision: string
}

export interface RoomSummary {
  readonly room: RoomJid
  readonly talk: number
  readonly presence: number
  /** See DaySummary. */
  readonly lines: number
  /** Times of the first and last talk. */
  readonly first?: ArchiveTime
  readonly last?: ArchiveTime
}

/** Opaque, of one store; not to be compared. */
export type ChangeCursor = string & { readonly __brand: 'ChangeCursor' }

export interface Change {
  readonly id: EventId
  /** Undefined when the event was taken out. */
  readonly event: ArchivedEvent | undefined
  /** Goes on after this change. */
  readonly cursor: ChangeCursor
}

/** A line of the audit record, which tells what was removed, and never what it said. */
export interface LoggedRemoval {
  readonly time: ArchiveTime
  readonly room: RoomJid
  readonly by: Removal['by']
  /** What was removed; or, for what was taken out of the record, the newest time and the stream it was taken from. */
  readonly uids?: readonly Uid[]
  readonly upTo?: ArchiveTime
  readonly stream?: Stream
  readonly count: number
  readonly reason?: string
  /** Who asked for it: a moderator's nick, or the account that ran the command. */
  readonly actor?: string
}

/** Opaque, of one store. */
export type RemovalCursor = string & { readonly __brand: 'RemovalCursor' }
