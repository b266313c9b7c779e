import type { RoomJid } from '../model/address.ts'
import { formatTime } from '../model/archive-time.ts'
import type { Micros } from '../model/archive-time.ts'
import type { Content } from '../model/content.ts'
import { defined } from '../model/defined.ts'
import type { RoomEvent, Uid } from '../model/event.ts'
import { atMost, MAX_ID } from '../xmpp/bounded.ts'
import { parseDelays } from '../xmpp/delay.ts'
import { attribute, child, elementsOf, without } from '../xmpp/element.ts'
import type { Element } from '../xmpp/element.ts'
import { encryptionOf } from '../xmpp/encryption.ts'
import { isEphemeral } from '../xmpp/ephemeral.ts'
import { forbidsRecord } from '../xmpp/hints.ts'
import { NS } from '../xmpp/namespaces.ts'
import { parseReactions } from '../xmpp/reactions.ts'
import { parseRetraction } from '../xmpp/retraction.ts'
import { originIdOf, stanzaIdBy } from '../xmpp/stanza-id.ts'
import { contentIn } from './content.ts'
import { occupantIdOf } from './occupant-id.ts'
import type { RoomInfo } from './room-info.ts'
import { isBy, storedStanza } from './stored-stanza.ts'

/** A groupchat message as the record needs it, before it has a time and, where the room gave none, a uid. */
export interface HeardMessage {
  readonly kind: 'message' | 'subject'
  /** Empty when the room itself speaks. */
  readonly nick: string
  /** The room's own stanza-id, when it may be trusted. */
  readonly stanzaId: string | undefined
  /** When the room says it was said. To be believed in history only: anybody can put a delay into a live message. */
  readonly saidAt: Micros | undefined
  readonly occupant: string | undefined
  readonly fields: MessageFields
}

export type MessageFields = { readonly stanza: string } & Content & Pick<RoomEvent,
  'message' | 'origin' | 'replaces' | 'retracts' | 'reactsTo' | 'reactions' | 'claimedTime' | 'actor' | 'reason'>

// Payloads that say nothing by themselves: a message with these only is a notification, not talk.
const SILENT = new Set<string>([
  NS.CHAT_STATES, NS.CHAT_MARKERS, NS.RECEIPTS, NS.HINTS, NS.DELAY, NS.LEGACY_DELAY, NS.STANZA_ID, NS.OCCUPANT_ID, NS.MUC_USER,
  NS.CONFERENCE, NS.EPHEMERAL, 'urn:xmpp:mam:tmp'
])

export interface HearingOptions {
  /** The domain of our own archives: no id by an address there is taken from anybody else. */
  readonly ownDomain?: string | undefined
  /** For a message that the room's archive gives: its id there, and when the archive got it. */
  readonly archiveId?: Uid | undefined
  readonly stamp?: Micros | undefined
}

/**
 * Reads a stanza from the room. Undefined for everything that may not enter the record: private messages, errors,
 * messages the sender asked not to keep (XEP-0334) or that must vanish (XEP-0466), invitations, chat states and receipts alone.
 */
export function hearMessage (
  stanza: Element,
  room: RoomJid,
  nick: string,
  info: RoomInfo,
  { ownDomain, archiveId, stamp }: HearingOptions = {}
): HeardMessage | undefined {
  if (attribute(stanza, 'type') !== 'groupchat' || forbidsRecord(stanza) || isEphemeral(stanza)) return undefined
  const kind = kindOf(stanza)
  if (kind === undefined) return undefined
  const stanzaId = archiveId ?? (info.hasStanzaIds ? stanzaIdBy(stanza, room) : undefined)
  return {
    kind,
    nick,
    stanzaId,
    saidAt: archiveId === undefined ? saidAtOf(stanza, room) : stamp,
    occupant: occupantIdOf(stanza, info),
    fields: { ...fieldsOf(stanza, kind, room, nick), stanza: storedStanza(stanza, { room, stanzaId, ownDomain }) }
  }
}

// A sender can put delays into a message too, also in the name of the room, which adds its own behind them.
function saidAtOf (stanza: Element, room: RoomJid): Micros | undefined {
  const delays = parseDelays(without(stanza, payload => payload.getNS() === NS.LEGACY_DELAY))
  const own = delays.findLast(({ from }) => isBy(room, from)) ?? delays.findLast(({ from }) => from === undefined)
  return own?.stamp
}

function kindOf (stanza: Element): 'message' | 'subject' | undefined {
  if (child(stanza, 'body') !== undefined || encryptionOf(stanza) !== undefined) return 'message'
  // XEP-0045 §8.1: a subject change has a subject and neither body nor thread.
  if (child(stanza, 'subject') !== undefined && child(stanza, 'thread') === undefined) return 'subject'
  const speaks = elementsOf(stanza).some(payload => {
    const xmlns = payload.getNS()
    return xmlns !== undefined && xmlns !== stanza.getNS() && !SILENT.has(xmlns)
  })
  return speaks || child(stanza, 'subject') !== undefined ? 'message' : undefined
}

function fieldsOf (stanza: Element, kind: 'message' | 'subject', room: RoomJid, nick: string): Omit<MessageFields, 'stanza'> {
  const claim = parseDelays(stanza).find(({ from }) => from !== undefined && !isBy(room, from))
  return {
    ...contentIn(stanza, kind, room),
    ...defined({
      message: atMost(MAX_ID, attribute(stanza, 'id')),
      origin: atMost(MAX_ID, originIdOf(stanza)),
      replaces: atMost(MAX_ID, attribute(child(stanza, 'replace', NS.CORRECT), 'id')),
      claimedTime: claim === undefined ? undefined : formatTime(claim.stamp)
    }),
    ...parseReactions(stanza),
    ...retractionIn(stanza, room, nick)
  }
}

// XEP-0425 §5: that a moderator removed something is told by the room alone; from others it is nothing at all.
function retractionIn (stanza: Element, room: RoomJid, nick: string): Pick<RoomEvent, 'retracts' | 'actor' | 'reason'> {
  const retraction = parseRetraction(stanza, room)
  if (retraction === undefined || (retraction.isModeration && nick !== '')) return {}
  const { retracts, actor, reason } = retraction
  return nick === '' ? { retracts, ...defined({ actor, reason }) } : { retracts }
}
