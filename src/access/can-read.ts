import type { BareJid, RoomJid } from '../model/address.ts'

/**
 * How far a room is published. off: recorded, shown to nobody; unlisted: to whoever has the link;
 * public: listed, but not for search engines; indexed: listed everywhere.
 */
export type Level = 'off' | 'unlisted' | 'public' | 'indexed'

export const LEVELS: readonly Level[] = ['off', 'unlisted', 'public', 'indexed']

/** A room as the program publishes it: from the configuration, joined with what the room itself says. */
export interface PublishedRoom {
  readonly jid: RoomJid
  readonly slug: string
  /** Former slugs; their URLs redirect. */
  readonly aliases: readonly string[]
  readonly title: string
  readonly description: string
  readonly level: Level
  /**
   * What is known of the room's own doors: true when it is neither members-only nor has a password, false when it
   * is or has, undefined while the room has not been asked (it is then treated as open: the level was set by hand).
   */
  readonly isOpen: boolean | undefined
}

/** Who asks: a browser, which is nobody in particular, or an XMPP address vouched for by its server. */
export type Reader = { readonly via: 'http' } | { readonly via: 'xmpp', readonly jid: BareJid }

/**
 * The one rule that every route asks: pages, JSON, search, MAM. A room that turned members-only or took a password
 * fails closed, for its old days too, as the asker's affiliation cannot be known.
 */
export function canRead (room: PublishedRoom | undefined, _reader: Reader): room is PublishedRoom {
  return room !== undefined && room.level !== 'off' && room.isOpen !== false
}

/** Whether lists (home page, disco#items, cross-room search) name the room. */
export function isListed (room: PublishedRoom, reader: Reader): boolean {
  return canRead(room, reader) && room.level !== 'unlisted'
}
