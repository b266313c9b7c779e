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
import { buildTombstone } from './tombstone.ts'

/** How the archive shows who spoke. */
export interface Speakers {
  /** The address whose occupants speak in the archive: its own, or that of the room where the archive has no room's address. */
  readonly occupants: string
  /** XEP-0421: what the speaker is known by at that address. */
  readonly occupantIdOf?: ((event: ArchivedEvent) => string | undefined) | undefined
  /** Whether the asker may know real addresses. */
  readonly hasJids?: boolean
}

export interface Envelope extends Speakers {
  /** The archive's address as the asker wrote it: some clients compare it as text. */
  readonly archive: string
  readonly to: string
  readonly queryId?: string
}

/**
 * XEP-0313 §4.2: one found event, addressed to the asker. If that client has gone meanwhile, the server must not give it to
 * another one of the same account, nor keep it for later: it drops a headline, and takes nothing else for worthless.
 */
export function buildResult (event: ArchivedEvent, { archive, to, queryId, ...speakers }: Envelope): Element {
  return xml('message', { from: archive, to, type: 'headline', id: randomUUID() },
    xml('result', { xmlns: NS.MAM, queryid: queryId, id: event.uid },
      buildForwarded(buildMessage(event, archive, speakers), event.time)),
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

/** The message as the archive hands it out: from its own address, with its own stanza-id. A removed one leaves a tombstone. */
export function buildMessage (event: ArchivedEvent, archive: string, speakers: Speakers = { occupants: archive }): Element {
  const { occupants, occupantIdOf, hasJids = false } = speakers
  const { removed, nick, uid } = event
  const message = removed === undefined ? original(event, archive) : buildTombstone({ ...event, removed }, occupants)
  message.attrs['type'] = 'groupchat'
  message.attrs['from'] = nick === '' ? occupants : `${occupants}/${nick}`
  delete message.attrs['to']
  message.append(buildStanzaId(uid, archive))
  const occupantId = occupantIdOf?.(event)
  if (occupantId !== undefined) message.append(xml('occupant-id', { xmlns: NS.OCCUPANT_ID, id: occupantId }))
  if (hasJids && event.private?.jid !== undefined) message.append(buildRealJid(event.private.jid, event))
  return message
}

/** XEP-0313, MUC archives: who it was, as the room told those who may know. */
function buildRealJid (jid: string, { affiliation, role }: ArchivedEvent): Element {
  return xml('x', { xmlns: NS.MUC_USER }, xml('item', { jid, affiliation, role }))
}

const STRIPPED = new Set<string | undefined>([NS.OCCUPANT_ID, NS.MUC_USER, NS.HINTS])

function original (event: ArchivedEvent, archive: string): Element {
  const stanza = event.stanza === undefined ? undefined : readStanza(event.stanza)
  if (stanza === undefined) {
    return xml('message', { xmlns: NS.CLIENT, id: event.message },
      event.body === undefined ? undefined : xml(event.kind === 'subject' ? 'subject' : 'body', {}, event.body),
      // XEP-0380: an empty message would puzzle its reader.
      event.encrypted === undefined ? undefined : xml('encryption', { xmlns: NS.ENCRYPTION, namespace: event.encrypted }))
  }
  // An occupant-id may be the sender's own word, or of another room; stanza-ids stay, for clients that know the room itself, but
  // none that pretends to be ours (XEP-0359 §6). An imported one may have muc#user, with real addresses in it. Hints were for its own way.
  const forged = stanzaIdsBy(stanza, archive)
  return without(stanza, payload => STRIPPED.has(payload.getNS()) || forged.includes(payload))
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

/** XEP-0313 §4.3 with XEP-0059: always a set; first and last both or neither, both sent in this page. */
export function buildFin (page: MamPage): Element {
  const { events, complete, stable, count, index } = page
  const first = events[0]?.uid
  const last = events.at(-1)?.uid
  return xml('fin', { xmlns: NS.MAM, complete: complete ? 'true' : undefined, stable: stable ? undefined : 'false' }, buildRsmResult(defined({ first, last, count, index })))
}
