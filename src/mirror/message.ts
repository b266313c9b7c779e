import { randomUUID } from 'node:crypto'
import type { OccupantIds } from '../access/occupant-ids.ts'
import { buildMessage } from '../mam/result.ts'
import type { BareJid } from '../model/address.ts'
import { defined } from '../model/defined.ts'
import type { ArchivedEvent } from '../model/event.ts'
import { buildDelay } from '../xmpp/delay.ts'
import { xml } from '../xmpp/element.ts'
import type { Element } from '../xmpp/element.ts'
import { buildStatuses } from '../xmpp/muc.ts'
import { NS } from '../xmpp/namespaces.ts'
import { readdressModerators } from './moderation.ts'
import { buildOccupantId } from './occupant-id.ts'

/** A message on its way to whoever is to have it. */
export interface Letter {
  readonly message: Element
  /** For one that no server takes as it is: the text alone. */
  readonly plain?: () => Element
}

export interface LetterOptions {
  readonly archive: BareJid
  readonly occupantIds: OccupantIds
  /** It is told later than it was said (XEP-0203). */
  readonly isLate: boolean
}

/** What was said, as the mirror room says it. */
export function writeLetter (event: ArchivedEvent, options: LetterOptions): Letter {
  return { message: write(event, options), plain: () => write(plainOf(event), options) }
}

function write (event: ArchivedEvent, { archive, occupantIds, isLate }: LetterOptions): Element {
  const { room } = event
  const message = buildMessage(event, archive)
  readdressModerators(message, { room, archive, occupantIdOf: occupant => occupantIds.ofEvent({ room, nick: '', occupant }) })
  const occupantId = occupantIds.ofEvent(event)
  if (occupantId !== undefined) message.append(buildOccupantId(occupantId))
  // Before any that the sender wrote: clients believe the first.
  if (isLate) message.children.unshift(buildDelay(event.time, archive))
  return message
}

// Even if each character takes five bytes, as an escaped ampersand does.
const MAX_PLAIN = 40_000

function plainOf ({ stanza: _, message, body, ...event }: ArchivedEvent): ArchivedEvent {
  const text = body !== undefined && body.length > MAX_PLAIN ? `${body.slice(0, MAX_PLAIN)}…` : body
  const id = message !== undefined && message.length > MAX_PLAIN ? undefined : message
  return { ...event, ...defined({ body: text, message: id }) }
}

/** The same for one visitor. */
export function addressTo (to: string, { message, plain }: Letter): Letter {
  return { message: addressed(to, message), ...(plain === undefined ? {} : { plain: () => addressed(to, plain()) }) }
}

function addressed (to: string, message: Element): Element {
  return xml(message.name, { ...message.attrs, to }, message.children)
}

/** XEP-0045 §8.1: a room without a subject says so, which ends the history. */
export function buildNoSubject (archive: BareJid): Element {
  return fromRoom(archive, xml('subject'))
}

/** XEP-0045 §10.2.1: the room has changed in a way that its occupants are to know. */
export function buildNotice (archive: BareJid, codes: readonly number[]): Element {
  return fromRoom(archive, buildStatuses(codes))
}

/** XEP-0425 §4: who runs the archive has taken a message away, which nobody in the room has announced. */
export function buildRemoval ({ uid, removed }: ArchivedEvent, archive: BareJid): Element {
  return fromRoom(archive, xml('retract', { xmlns: NS.RETRACT, id: uid },
    xml('moderated', { xmlns: NS.MODERATE }),
    removed?.reason === undefined ? undefined : xml('reason', {}, removed.reason)))
}

function fromRoom (archive: BareJid, payload: Element): Element {
  return xml('message', { xmlns: NS.CLIENT, type: 'groupchat', from: archive, id: randomUUID() }, payload)
}
