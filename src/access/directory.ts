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
  /** Whether a room is members-only or has a password may become known, or change, while the program runs. */
  setOpen (jid: RoomJid, isOpen: boolean | undefined): void
}

export function createDirectory (configured: readonly PublishedRoom[]): Directory {
  const rooms = new Map(configured.map(room => [room.jid, room]))
  const slugs = new Map(configured.flatMap(room => [...room.aliases, room.slug].map(slug => [slug, room.jid] as const)))

  function readable (jid: RoomJid | undefined, reader: Reader): PublishedRoom | undefined {
    const room = jid === undefined ? undefined : rooms.get(jid)
    return canRead(room, reader) ? room : undefined
  }

  return {
    byJid: readable,
    bySlug: (slug, reader) => readable(slugs.get(slug), reader),
    listed: reader => [...rooms.values()].filter(room => isListed(room, reader)),
    setOpen (jid, isOpen) {
      const room = rooms.get(jid)
      if (room !== undefined) rooms.set(jid, { ...room, isOpen })
    }
  }
}
