import type { RoomJid } from '../model/address.ts'
import { canRead, isListed } from './can-read.ts'
import type { PublishedRoom, Reader } from './can-read.ts'

/** The rooms of this archive, looked up in the ways that routes need. Readers get only what they may read. */
export interface Directory {
  byJid (jid: RoomJid, reader: Reader): PublishedRoom | undefined
  /** By slug or alias; compare the result's slug to know whether to redirect. */
  bySlug (slug: string, reader: Reader): PublishedRoom | undefined
  /** In the order of the configuration. */
  listed (reader: Reader): PublishedRoom[]
  /**
   * Takes in what a room says of itself, at any time and as a whole: what is not said is no longer known. What the
   * configuration says stands above it.
   */
  learn (jid: RoomJid, facts: RoomFacts): void
  /** Called after each learn(): a room may be closed now. Returns how to end that. */
  onChange (listener: () => void): () => void
}

/** What a room says of itself, each as PublishedRoom has it. */
export interface RoomFacts extends Pick<PublishedRoom, 'affiliations' | 'isNonAnonymous' | 'language' | 'contacts'> {
  readonly name?: string | undefined
  readonly description?: string | undefined
  /** False when the room is members-only or has a password. */
  readonly isOpen: boolean
}

/** A room as configured: what has no text of its own takes that of the room. */
export type ConfiguredRoom = Omit<PublishedRoom, 'title' | 'description'> & {
  readonly title?: string | undefined
  readonly description?: string | undefined
}

export function createDirectory (configured: readonly ConfiguredRoom[]): Directory {
  const rooms = new Map(configured.map(room => [room.jid, publish(room)]))
  const listeners = new Set<() => void>()
  const slugs = new Map(configured.flatMap(room => [...room.aliases, room.slug].map(slug => [slug, room.jid] as const)))

  function readable (jid: RoomJid | undefined, reader: Reader): PublishedRoom | undefined {
    const room = jid === undefined ? undefined : rooms.get(jid)
    return canRead(room, reader) ? room : undefined
  }

  return {
    byJid: readable,
    bySlug: (slug, reader) => readable(slugs.get(slug), reader),
    listed: reader => [...rooms.values()].filter(room => isListed(room, reader)),
    learn (jid, facts) {
      const room = configured.find(room => room.jid === jid)
      if (room !== undefined) rooms.set(jid, publish(room, facts))
      for (const listener of listeners) listener()
    },
    onChange (listener) {
      listeners.add(listener)
      return () => { listeners.delete(listener) }
    }
  }
}

function publish (room: ConfiguredRoom, facts?: RoomFacts): PublishedRoom {
  const { isOpen, affiliations, isNonAnonymous, language, contacts } = facts ?? room
  return {
    ...room,
    title: onOneLine(room.title ?? facts?.name ?? '') || room.slug,
    description: onOneLine(room.description ?? facts?.description ?? ''),
    isOpen,
    affiliations,
    isNonAnonymous,
    language,
    contacts
  }
}

// Names stand within sentences of ours, wherever they are shown: no line ends in them, and no direction is turned over for
// what comes after them (Unicode UAX #9 §2.1, §2.2).
const OUT_OF_LINE = /[\p{Cc}\p{Cs}\u2028\u2029\u202A-\u202E]+/gu

function onOneLine (text: string): string {
  return text.replace(OUT_OF_LINE, ' ').trim()
}
