import type { RoomJid } from './address.ts'
import type { ArchiveTime } from './archive-time.ts'
import type { Content, Hat, Standing } from './content.ts'

/** Talk is what a MAM archive holds; everything else that happens in a room is presence. */
export type Stream = 'talk' | 'presence'

export const TALK_KINDS = ['message', 'subject'] as const
export const PRESENCE_KINDS = ['join', 'leave', 'nick', 'kick', 'ban', 'role', 'affiliation', 'configuration', 'destroy'] as const
export const EVENT_KINDS = [...TALK_KINDS, ...PRESENCE_KINDS] as const

export type EventKind = typeof EVENT_KINDS[number]

/** How an event reached the record. */
export type Via = 'live' | 'catch-up' | 'import'

/** Unique within a room; for talk it is the MAM archive id and the permalink. Opaque. */
export type Uid = string

/** What happened, before the record has given it its place. All texts are as sent, never escaped. */
export interface RoomEvent extends Content {
  readonly kind: EventKind
  readonly room: RoomJid
  /** The wanted archive time; the record moves it on by microseconds where another event already stands there. */
  readonly time: ArchiveTime
  readonly uid: Uid
  /** Empty when the room itself speaks (a subject set by the service, a configuration change). */
  readonly nick: string
  readonly via: Via
  /** XEP-0421, as the room gave it. */
  readonly occupant?: string
  /** The stanza's own id attribute. */
  readonly message?: string
  /** XEP-0359 origin-id. */
  readonly origin?: string
  /** XEP-0308: the id attribute of the message this one replaces. */
  readonly replaces?: string
  /** XEP-0424/0425: the uid of the message this one asks to remove. */
  readonly retracts?: string
  /** XEP-0444: the uid reacted to, and the whole set of the sender's reactions to it. */
  readonly reactsTo?: string
  readonly reactions?: readonly string[]
  /** What a sender or a relay claimed about the time (XEP-0203), as data. */
  readonly claimedTime?: string
  /** The message as XML in the jabber:client namespace; without addresses of ours, without muc#user. Talk only. */
  readonly stanza?: string
  readonly newNick?: string
  /** Who kicked, banned, changed a role or had a message removed (XEP-0425), as far as the room told. */
  readonly actor?: string
  readonly reason?: string
  readonly role?: string
  readonly affiliation?: string
  /** Of a join. */
  readonly hats?: readonly Hat[]
  /** XEP-0045 status codes of a configuration change or of a forced leave. */
  readonly status?: readonly number[]
  /** The room that a destroyed room points to. */
  readonly alternate?: string
  /** Of a join or leave of many at once: who; `nick` is then empty. */
  readonly crowd?: readonly CrowdMember[]
  /** For imports: where the event came from. */
  readonly source?: EventSource
  /** Fields that no public output may show. */
  readonly private?: { readonly jid?: string, readonly jids?: Readonly<Record<string, string>> }
}

export interface CrowdMember {
  readonly nick: string
  readonly occupant?: string
}

export interface EventSource {
  readonly format: string
  readonly [key: string]: string | number
}

/** An event in its place in the record. `_id` orders by stream, then time: `room:t:2026-11-21T07:14:09.372180Z`. */
export interface ArchivedEvent extends RoomEvent {
  readonly _id: EventId
  /** Fragment on the day page, given once and never changed: `t071409`, then `t071409b`, `t071409c` … in the same second. */
  readonly anchor: string
  readonly removed?: Removal
  /** Of a message that was corrected or reacted to. */
  readonly standing?: Standing
  /** Of a valid correction, reaction or retraction: the uid of the message whose standing it is part of. It is not shown by itself. */
  readonly appliesTo?: Uid
  /** Of a reply whose answered message is in the record: the last correction of that, or that it was removed. */
  readonly answered?: { readonly latest?: Uid, readonly isRemoved?: true }
}

export interface Removal {
  readonly by: 'author' | 'moderator' | 'administrator' | 'retention'
  readonly time: ArchiveTime
  readonly reason?: string
  /** The uid of the message that asked for it (XEP-0424) or told of it (XEP-0425), which stays in the record. */
  readonly retraction?: Uid
  /** The id attribute of that message's stanza. */
  readonly message?: string
  /** The nick of the moderator, where the room told it. */
  readonly moderator?: string
}

export type EventId = string & { readonly __brand: 'EventId' }

export function streamOf (kind: EventKind): Stream {
  return kind === 'message' || kind === 'subject' ? 'talk' : 'presence'
}

/** CouchDB reserves ids that begin with an underscore, a room may begin with one; no room begins with a colon. */
export function eventId (room: RoomJid, stream: Stream, time: ArchiveTime): EventId {
  return `${idPrefix(room, stream)}${time}` as EventId
}

export function idPrefix (room: RoomJid, stream: Stream): string {
  return `${room.startsWith('_') ? ':' : ''}${room}:${stream === 'talk' ? 't' : 'p'}:`
}

/** Takes an id apart from its end, whose 30 characters have a fixed form. */
export function splitEventId (id: EventId): { room: RoomJid, stream: Stream, time: ArchiveTime } {
  return {
    room: id.slice(id.startsWith(':') ? 1 : 0, -30) as RoomJid,
    stream: id.at(-29) === 't' ? 'talk' : 'presence',
    time: id.slice(-27) as ArchiveTime
  }
}
