import type { RoomJid } from '../../model/address.ts'
import type { ArchiveTime } from '../../model/archive-time.ts'
import type { Month } from '../../model/day.ts'
import type { EventKind, Stream } from '../../model/event.ts'

/** Talk or comings and goings of a room in a month, or a part of them: a lunr index, and what it is an index of. */
export interface Segment {
  /** As lunr serializes an index; the references are places in `documents`. */
  readonly index: object
  /** In the order of time. */
  readonly documents: readonly SegmentDocument[]
}

/** What a page needs to look closer at a hit, and to show it. Names are short: there are many. */
export interface SegmentDocument {
  /** Archive time. */
  readonly t: ArchiveTime
  /** Place on the page of its day. */
  readonly a: string
  readonly n: string
  /** All that words look in. */
  readonly b: string
  /** Missing of a message. */
  readonly k?: EventKind
  /** Of what is no talk: what happened, as a line. */
  readonly l?: string
  /** The text is a spoiler. */
  readonly s?: true
}

/** A segment as the list of all of them tells of it. */
export interface SegmentEntry {
  readonly room: RoomJid
  readonly month: Month
  readonly stream: Stream
  /** Of its file, without a suffix. */
  readonly name: string
  /** Times of the first and the last document. */
  readonly first: ArchiveTime
  readonly last: ArchiveTime
  readonly documents: number
}

export const FIELDS = ['word', 'stem', 'code', 'nick', 'to', 'trait'] as const

export type Field = typeof FIELDS[number]

/** A token as it stands in the index: lunr takes an asterisk for a wildcard, wherever it comes from. */
export function indexToken (token: string): string {
  return token.replaceAll('*', ASTERISK)
}

// For private use: no text has it in a token.
const ASTERISK = '\ue002'
