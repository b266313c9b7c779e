import type { RoomJid } from '../model/address.ts'
import type { ArchiveTime } from '../model/archive-time.ts'
import type { Uid } from '../model/event.ts'
import type { Absence, Gap, GapProblem } from '../model/gap.ts'

/** Keeps book of when each room was not listened to, across restarts. */
export interface Ledger {
  /** Durable on return. Where an absence is open already it goes on unchanged. */
  leave (room: RoomJid, absence: Absence): void
  /** The open absence; undefined for a room that nobody has listened to before. May wait for the store. */
  absence (room: RoomJid): Promise<Absence | undefined>
  /** Everything up to here was recovered. */
  progress (room: RoomJid, reached: { readonly from: ArchiveTime, readonly after?: Uid }): void
  /** What was said up to `to` is lost for now; from there on it may be recovered, and the absence goes on. */
  split (room: RoomJid, hole: { readonly to: ArchiveTime, readonly problem: GapProblem }): void
  /** Somebody listens, and nothing is missing. */
  filled (room: RoomJid, at: ArchiveTime): void
  /** Somebody listens again; what was said before `to` may be missing. */
  lost (room: RoomJid, hole: { readonly to: ArchiveTime, readonly problem: GapProblem }): void
  /** Past gaps that were not filled, oldest first. */
  holes (room: RoomJid): Promise<readonly Gap[]>
  put (...gaps: Gap[]): void
}
