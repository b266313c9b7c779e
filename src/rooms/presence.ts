import { tryParseJid } from '../model/address.ts'
import type { Hat } from '../model/content.ts'
import { attribute, textOf } from '../xmpp/element.ts'
import type { Element } from '../xmpp/element.ts'
import { parseHats } from '../xmpp/hats.ts'
import { parseMucUser } from '../xmpp/muc.ts'
import { parseStanzaError } from '../xmpp/stanza-error.ts'
import type { StanzaError } from '../xmpp/stanza-error.ts'
import { occupantIdOf } from './occupant-id.ts'
import type { RoomInfo } from './room-info.ts'

/** A presence from an occupant, taken apart. */
export interface HeardPresence {
  readonly nick: string
  readonly type: 'available' | 'unavailable' | 'error'
  readonly occupant: string | undefined
  readonly role: string | undefined
  readonly affiliation: string | undefined
  /** As the room passes them on: undefined when there are none. */
  readonly hats?: readonly Hat[]
  /** The real address, where the room shows it to us. */
  readonly jid: string | undefined
  /** In a nick change (status 303): the nick to come. */
  readonly newNick: string | undefined
  /** The nick of who kicked, banned or granted; a real address is never taken for it. */
  readonly actor: string | undefined
  /** The moderator's words; for someone leaving, their own. */
  readonly reason: string | undefined
  readonly status: ReadonlySet<number>
  readonly destroy: { readonly alternate: string | undefined, readonly reason: string | undefined } | undefined
  readonly error: StanzaError | undefined
}

export function hearPresence (stanza: Element, nick: string, info: RoomInfo): HeardPresence | undefined {
  const type = attribute(stanza, 'type') ?? 'available'
  if (type !== 'available' && type !== 'unavailable' && type !== 'error') return undefined
  const user = parseMucUser(stanza)
  const item = user?.items[0]
  const status = user?.statuses ?? new Set()
  const hats = parseHats(stanza)
  return {
    nick,
    type,
    occupant: occupantIdOf(stanza, info),
    role: item?.role,
    affiliation: item?.affiliation,
    ...(hats.length === 0 ? {} : { hats }),
    jid: tryParseJid(item?.jid) === undefined ? undefined : item?.jid,
    newNick: status.has(303) ? item?.nick : undefined,
    actor: item?.actor,
    reason: item?.reason ?? (type === 'unavailable' ? textOf(stanza, 'status') : undefined),
    status,
    destroy: user?.destroy,
    error: type === 'error' ? parseStanzaError(stanza) : undefined
  }
}
