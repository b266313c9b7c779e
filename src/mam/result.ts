import { randomUUID } from 'node:crypto'
import { defined } from '../model/defined.ts'
import type { ArchivedEvent } from '../model/event.ts'
import { parseXml, without, xml } from '../xmpp/element.ts'
import type { Element } from '../xmpp/element.ts'
import { buildForwarded } from '../xmpp/forward.ts'
import { buildHint } from '../xmpp/hints.ts'
import { NS } from '../xmpp/namespaces.ts'
import { buildRsmResult } from '../xmpp/rsm.ts'
import { buildStanzaId, stanzaIdsBy } from '../xmpp/stanza-id.ts'
import type { MamPage } from './page.ts'

export interface Envelope {
  /** The archive's address as the asker wrote it: some clients compare it as text. */
  readonly archive: string
  /** The address whose occupants speak in the archive: its own, or that of the room where the archive has no room's address. */
  readonly occupants: string
  readonly to: string
  readonly queryId?: string
}

/**
 * XEP-0313 §4.2: one found event, addressed to the asker. If that client has gone meanwhile, the server must not give it to
 * another one of the same account, nor keep it for later: it drops a headline, and takes nothing else for worthless.
 */
export function buildResult (event: ArchivedEvent, { archive, occupants, to, queryId }: Envelope): Element {
  return xml('message', { from: archive, to, type: 'headline', id: randomUUID() },
    xml('result', { xmlns: NS.MAM, queryid: queryId, id: event.uid },
      buildForwarded(buildMessage(event, archive, occupants), event.time)),
    buildHint('no-store'))
}

/** For an event whose stanza cannot be sent as it is, because it is too long or holds what no server takes: the text alone. */
export function buildPlainResult ({ stanza, message, body, ...event }: ArchivedEvent, envelope: Envelope): Element {
  const text = body !== undefined && body.length > MAX_PLAIN ? `${body.slice(0, MAX_PLAIN)}…` : body
  const id = message !== undefined && message.length > MAX_PLAIN ? undefined : message
  return buildResult({ ...event, ...defined({ body: text, message: id }) }, envelope)
}

// Even if each character takes five bytes, as an escaped ampersand does.
const MAX_PLAIN = 40_000

/**
 * The message as the archive hands it out: from its own address, with its own stanza-id. A removed one
 * leaves a tombstone (XEP-0424 §5).
 */
export function buildMessage (event: ArchivedEvent, archive: string, occupants = archive): Element {
  const message = event.removed === undefined ? original(event, archive) : tombstone(event)
  message.attrs['type'] = 'groupchat'
  message.attrs['from'] = event.nick === '' ? occupants : `${occupants}/${event.nick}`
  delete message.attrs['to']
  message.append(buildStanzaId(event.uid, archive))
  // Those of the room mean nothing at another address.
  if (occupants !== archive && event.occupant !== undefined) message.append(xml('occupant-id', { xmlns: NS.OCCUPANT_ID, id: event.occupant }))
  return message
}

function original (event: ArchivedEvent, archive: string): Element {
  const stanza = event.stanza === undefined ? undefined : readStanza(event.stanza)
  if (stanza === undefined) {
    return xml('message', { xmlns: NS.CLIENT, id: event.message },
      event.body === undefined ? undefined : xml(event.kind === 'subject' ? 'subject' : 'body', {}, event.body))
  }
  // An occupant-id may be the sender's own word, or of another room; stanza-ids stay, for clients that know the room itself, but
  // none that pretends to be ours (XEP-0359 §6). An imported one may have muc#user, with real addresses in it.
  const forged = stanzaIdsBy(stanza, archive)
  return without(stanza, payload => payload.getNS() === NS.OCCUPANT_ID || payload.getNS() === NS.MUC_USER || forged.includes(payload))
}

// An imported document may hold anything; one that is broken must not take its page with it.
function readStanza (text: string): Element | undefined {
  try {
    const stanza = parseXml(text)
    return stanza.name === 'message' && (stanza.getNS() ?? NS.CLIENT) === NS.CLIENT ? stanza : undefined
  } catch {
    return undefined
  }
}

function tombstone (event: ArchivedEvent): Element {
  const { removed } = event
  return xml('message', { xmlns: NS.CLIENT, id: event.message },
    xml('retracted', { xmlns: NS.RETRACT, stamp: removed?.time },
      removed?.by === 'moderator' ? xml('moderated', { xmlns: NS.MODERATE }) : undefined,
      removed?.reason === undefined ? undefined : xml('reason', {}, removed.reason)))
}

/** XEP-0313 §4.3 with XEP-0059: always a set; first and last both or neither, both sent in this page. */
export function buildFin (page: MamPage): Element {
  const { events, complete, stable, count, index } = page
  const first = events[0]?.uid
  const last = events.at(-1)?.uid
  return xml('fin', { xmlns: NS.MAM, complete: complete ? 'true' : undefined, stable: stable ? undefined : 'false' }, buildRsmResult(defined({ first, last, count, index })))
}
