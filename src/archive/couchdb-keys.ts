import type { RoomJid } from '../model/address.ts'
import type { ArchiveTime } from '../model/archive-time.ts'
import { idPrefix } from '../model/event.ts'
import type { Stream } from '../model/event.ts'

/** Below and above every time, in the byte order of ids as in the collation of view keys. */
export const EARLIEST = '0'
export const LATEST = '9'

/** Bounds of ids or of the last part of a view key, both inclusive. */
export interface TimeRange {
  readonly from: string
  readonly to: string
}

/**
 * Text for view keys. CouchDB compares them by ICU, where different texts can be equal (an accent composed or not,
 * characters that are ignored); the characters left here are all told apart.
 */
export function collationKey (text: string): string {
  return text.replace(/[^a-z0-9.@-]/g, character => `_${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

export function fromCollationKey (key: string): string {
  return key.replace(/_([0-9a-f]{4})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
}

export function streamKey (stream: Stream): 't' | 'p' {
  return stream === 'talk' ? 't' : 'p'
}

export function timeRange (start: ArchiveTime | undefined, end: ArchiveTime | undefined): TimeRange {
  return { from: start ?? EARLIEST, to: end ?? LATEST }
}

/** A query for the ids of a room and stream in the range. */
export function idRange (room: RoomJid, stream: Stream, { from, to }: TimeRange): { startkey: string, endkey: string } {
  const prefix = idPrefix(room, stream)
  return { startkey: prefix + from, endkey: prefix + to }
}

/** The id of a gap, or with EARLIEST and LATEST a bound of those of the room. */
export function gapId (room: RoomJid, from: string): string {
  return idPrefix(room, 'talk').replace(/t:$/, `g:${from}`)
}

/** Ids of the lines of the log of removals begin so; no room begins with a colon. */
export const REMOVAL_PREFIX = ':removal:'

export const MARK_PREFIX = '_local/hansard-mark-'

/** Of ids that people's clients give the views keep the beginning. */
export const LINK_LENGTH = 200

export function linkKey (id: string): string {
  return collationKey(id.slice(0, LINK_LENGTH))
}

/** The same range read from its other end. */
export function descending<K> ({ startkey, endkey }: { startkey: K, endkey: K }): { startkey: K, endkey: K, descending: true } {
  return { startkey: endkey, endkey: startkey, descending: true }
}

/** Whether the id is one of ours: design documents and whatever else an administrator keeps there are not. */
export function isEventId (id: string): boolean {
  return /:[tp]:\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/.test(id)
}
