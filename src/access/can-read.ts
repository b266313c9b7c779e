import type { BareJid, RoomJid } from '../model/address.ts'
import type { Affiliation } from '../model/affiliation.ts'

export type { Affiliation }

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
  /** How many days what was said is kept; undefined: for ever. */
  readonly keptDays?: number
  /** Readers may see what a corrected message said before. */
  readonly showsEdits?: boolean
  /** Statistics may name those who said most. */
  readonly ranksPeople?: boolean
  /**
   * What is known of the room's own doors: true when it is neither members-only nor has a password, false when it
   * is or has, undefined while the room has not been asked (it is then treated as open: the level was set by hand).
   */
  readonly isOpen: boolean | undefined
  /** Who is more or less than nobody to the room; undefined while its lists cannot be known. */
  readonly affiliations?: ReadonlyMap<BareJid, Affiliation> | undefined
  /** True when every occupant sees the real addresses of the others; undefined while that is not known. */
  readonly isNonAnonymous?: boolean | undefined
  /** The language spoken there, as the room says (a BCP 47 tag). */
  readonly language?: string | undefined
  /** The addresses of those who look after the room, as the room says. */
  readonly contacts?: readonly BareJid[] | undefined
}

/**
 * Who asks: a browser, which is nobody in particular, or an XMPP address vouched for by its server. The affiliation
 * is there when the service that hosts the room vouches for that too; it stands above what we know ourselves.
 */
export type Reader =
  | { readonly via: 'http' }
  | { readonly via: 'xmpp', readonly jid: BareJid, readonly affiliation?: Affiliation | undefined }

/**
 * The one rule that every route asks: pages, JSON, search, MAM, mirror rooms. It goes by what the room is now, for
 * its old days too (XEP-0313, MUC archives): nobody reads what is off; outcasts read nothing; a room that is
 * members-only or has a password is read by those it names its owners, admins and members, over XMPP alone. Where
 * its lists cannot be known, by nobody.
 */
export function canRead (room: PublishedRoom | undefined, reader: Reader): room is PublishedRoom {
  if (room === undefined || room.level === 'off') return false
  const affiliation = affiliationOf(room, reader)
  if (room.isOpen === false) return affiliation === 'owner' || affiliation === 'admin' || affiliation === 'member'
  return affiliation !== 'outcast'
}

/** Whether lists (home page, disco#items, cross-room search) name the room. */
export function isListed (room: PublishedRoom, reader: Reader): boolean {
  return canRead(room, reader) && room.level !== 'unlisted'
}

/**
 * Whether the reader may be told the real addresses of those who spoke: whom the room itself would tell them, which
 * is everybody in a non-anonymous room and owners and admins in the others. Never the web.
 */
export function mayKnowJids (room: PublishedRoom, reader: Reader): boolean {
  if (reader.via === 'http' || !canRead(room, reader)) return false
  const affiliation = affiliationOf(room, reader)
  return room.isNonAnonymous === true || affiliation === 'owner' || affiliation === 'admin'
}

function affiliationOf (room: PublishedRoom, reader: Reader): Affiliation | undefined {
  if (reader.via === 'http') return undefined
  return reader.affiliation ?? room.affiliations?.get(reader.jid) ?? (isDomainBanned(room, reader.jid) ? 'outcast' : undefined)
}

/** Whole domains can be banned (XEP-0045 §9.1); Prosody knows no other affiliation of theirs. */
function isDomainBanned (room: PublishedRoom, jid: BareJid): boolean {
  return room.affiliations?.get(jid.slice(jid.indexOf('@') + 1) as BareJid) === 'outcast'
}
