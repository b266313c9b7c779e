import type { RoomJid } from '../../model/address.ts'

/** The date in the ids of the feeds themselves, which begin with no day of the record. */
export const FEEDS_SINCE = '2026'

/**
 * A tag URI (RFC 4151) for something of a room: it stays the same when the slug changes.
 * @param since a year or a day at which the site had its name
 * @param parts what of the room it is
 */
export function feedId (siteUrl: string, room: RoomJid, since: string, ...parts: readonly string[]): string {
  const authority = new URL(siteUrl).hostname.replace(/[[\]]/g, '').replaceAll(':', '-')
  const path = [room, ...parts].map(part => encodeURIComponent(part.replace(/\p{Surrogate}/gu, '\uFFFD'))).join('/')
  return `tag:${authority},${since}:${path}`
}
