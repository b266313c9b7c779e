import { HansardError } from './errors.ts'
import { escapeLocal, unescapeLocal } from './jid-escaping.ts'

/** Bare address in the form every comparison uses: localpart and domain lower-cased, NFC, no resource. */
export type BareJid = string & { readonly __brand: 'BareJid' }

/** The bare address of a room. */
export type RoomJid = BareJid & { readonly __room: true }

export interface Jid {
  readonly local: string
  readonly domain: string
  /** Kept as written: nicks are case-sensitive. Empty when there is none. */
  readonly resource: string
}

const MAX_PART_BYTES = 1023
// RFC 7622 §3.3.1, and control characters anywhere.
const FORBIDDEN_LOCAL = /["&'/:<>@\s\p{Cc}]/u
// A colon stands only inside an IPv6 address in brackets, and no label is empty: ids and ranges count on it.
const FORBIDDEN_DOMAIN = /[/@\s\p{Cc}]|^\.|\.\.|\.$|^(?!\[[\da-f:.]+\]$).*:/u
const FORBIDDEN_RESOURCE = /\p{Cc}/u

/**
 * Splits and checks an address, lower-casing localpart and domain as the servers do (both compare rooms
 * case-insensitively; Prosody lower-cases what it routes to a component, ejabberd does not). Throws ERR_JID.
 */
export function parseJid (text: string): Jid {
  const slash = text.indexOf('/')
  const bare = slash === -1 ? text : text.slice(0, slash)
  const resource = slash === -1 ? '' : text.slice(slash + 1).normalize('NFC')
  const at = bare.indexOf('@')
  const local = at === -1 ? '' : fold(bare.slice(0, at))
  const domain = fold(bare.slice(at + 1)).replace(/\.$/, '')
  const wrong =
    domain === '' || FORBIDDEN_DOMAIN.test(domain)
      ? 'its domain is not valid'
      : at === 0 || FORBIDDEN_LOCAL.test(local)
        ? 'its localpart is empty or has a forbidden character'
        : (slash !== -1 && resource === '') || FORBIDDEN_RESOURCE.test(resource)
            ? 'its resource is empty or has a control character'
            : [local, domain, resource].some(part => Buffer.byteLength(part) > MAX_PART_BYTES)
                ? 'a part is longer than 1,023 bytes'
                : undefined
  if (wrong !== undefined) throw new HansardError('ERR_JID', `Cannot read the address "${text.slice(0, 80)}": ${wrong}`)
  return { local, domain, resource }
}

// Lower-casing can undo the normal form of a few Greek letters, so that the outcome is normalised once more.
function fold (text: string): string {
  return text.normalize('NFKC').toLowerCase().normalize('NFKC')
}

export function tryParseJid (text: string | undefined): Jid | undefined {
  if (text === undefined) return undefined
  try {
    return parseJid(text)
  } catch {
    return undefined
  }
}

export function bareOf (jid: Jid): BareJid {
  return (jid.local === '' ? jid.domain : `${jid.local}@${jid.domain}`) as BareJid
}

export function parseRoomJid (text: string): RoomJid {
  const jid = parseJid(text)
  if (jid.local === '' || jid.resource !== '') {
    throw new HansardError('ERR_JID', `Cannot use "${text.slice(0, 80)}" as a room: expected the form room@conference.example.org`)
  }
  return bareOf(jid) as RoomJid
}

/** The room's address at our own domain, XEP-0106: `room\40conference.example.org@logs.example.org`. */
export function archiveJidOf (room: RoomJid, domain: string): BareJid {
  return `${escapeLocal(room)}@${domain}` as BareJid
}

/** The room that an archive JID stands for; undefined when the localpart is not an escaped room address. */
export function roomOfArchiveJid (jid: Jid): RoomJid | undefined {
  const text = unescapeLocal(jid.local)
  const room = tryParseJid(text)
  return room === undefined || room.local === '' || room.resource !== '' ? undefined : bareOf(room) as RoomJid
}
