import assert from 'node:assert/strict'
import { parseDateTime } from '../../src/model/archive-time.ts'
import { hasCode } from '../../src/model/errors.ts'
import { hearMessage } from '../../src/rooms/message.ts'
import type { HeardMessage, HearingOptions } from '../../src/rooms/message.ts'
import { hearPresence } from '../../src/rooms/presence.ts'
import { findForm } from '../../src/xmpp/data-form.ts'
import { parseDelays } from '../../src/xmpp/delay.ts'
import { parseInfo, parseItems } from '../../src/xmpp/disco.ts'
import { children, elementsOf, parseXml, textOf } from '../../src/xmpp/element.ts'
import type { Element } from '../../src/xmpp/element.ts'
import { parseForwarded } from '../../src/xmpp/forward.ts'
import { forbidsRecord } from '../../src/xmpp/hints.ts'
import { isReplyFrom } from '../../src/xmpp/iq-caller.ts'
import { parseMamFin, parseMamResult } from '../../src/xmpp/mam.ts'
import { parseJoin, parseMucUser } from '../../src/xmpp/muc.ts'
import { NS } from '../../src/xmpp/namespaces.ts'
import { checkStanza } from '../../src/xmpp/outgoing.ts'
import { parseRsm, parseRsmResult } from '../../src/xmpp/rsm.ts'
import { parseStanzaError, StanzaError } from '../../src/xmpp/stanza-error.ts'
import { originIdOf, stanzaIdsBy } from '../../src/xmpp/stanza-id.ts'
import { traceOf } from '../../src/xmpp/stanza-trace.ts'
import { ADDRESS, LAB } from '../helpers/fake-room-server.ts'

const INFO = { name: undefined, description: undefined, isOpen: true, hasMam: true, hasStanzaIds: true, hasOccupantIds: true }
const OWN = { mode: 'component', address: ADDRESS, domain: 'archive.localhost' } as const
const ARCHIVED = { archiveId: 'a', stamp: 0 }

const PARSERS: ReadonlyArray<(stanza: Element) => unknown> = [
  parseMucUser, parseJoin, parseForwarded, parseInfo, parseItems, findForm, originIdOf, parseStanzaError, parseRsmResult, traceOf
]

/** Reads the stanza in every way there is. Throws only when something is wrong with us. */
export function readEverything (stanza: Element): void {
  for (const options of [{ ownDomain: OWN.domain }, { ownDomain: OWN.domain, ...ARCHIVED }]) {
    const heard = hearMessage(stanza, LAB, 'Alice', INFO, options)
    if (heard !== undefined) checkMessage(stanza, heard, options)
  }
  const presence = hearPresence(stanza, 'Alice', INFO)
  if (presence !== undefined) {
    assert.ok([...presence.status].every(code => code >= 0 && code <= 999))
    assert.ok(presence.newNick === undefined || presence.status.has(303))
  }
  const result = parseMamResult(stanza)
  if (result !== undefined) readEverything(result.stanza)
  for (const { stamp } of parseDelays(stanza)) assert.ok(Number.isSafeInteger(stamp))
  for (const parse of PARSERS) parse(stanza)
  refusing(() => parseMamFin(stanza))
  refusing(() => parseRsm(stanza))
  refusing(() => checkStanza(stanza, OWN, { id: 'i' }))
  isReplyFrom(stanza.attrs['from'], stanza.attrs['to'], stanza.attrs['id'] ?? '')
}

/** What is thrown on purpose says so. */
function refusing (read: () => unknown): void {
  try {
    read()
  } catch (error) {
    if (!hasCode(error, 'ERR_STANZA') && !(error instanceof StanzaError)) throw error
  }
}

function checkMessage (stanza: Element, heard: HeardMessage, { archiveId }: HearingOptions): void {
  const { fields, stanzaId, occupant } = heard
  assert.equal(stanza.attrs['type'], 'groupchat')
  assert.ok(!forbidsRecord(stanza))
  assert.ok(fields.encrypted === undefined || fields.body === undefined)
  assert.ok((occupant?.length ?? 0) <= 128)
  if (archiveId !== undefined) assert.equal(stanzaId, archiveId)
  if (fields.claimedTime !== undefined) parseDateTime(fields.claimedTime)

  const stored = parseXml(fields.stanza)
  assert.equal(stored.attrs['to'], undefined)
  assert.deepEqual(children(stored, 'x', NS.MUC_USER), [])
  assert.deepEqual(stanzaIdsBy(stored, LAB).map(({ attrs }) => attrs['id']), stanzaId === undefined ? [] : [stanzaId])
  assert.ok(children(stored, 'stanza-id', NS.STANZA_ID).every(({ attrs }) => !(attrs['by'] ?? '').toLowerCase().includes(OWN.domain)))
  if (stanza.getNS() !== NS.CLIENT) return
  if (fields.body !== undefined && heard.kind === 'message') assert.equal(textOf(stored, 'body', NS.CLIENT), fields.body)
  assert.deepEqual(payloadsOf(stored), payloadsOf(stanza))
}

const CHANGED = new Set<string | undefined>([NS.STANZA_ID, NS.MUC_USER, NS.DELAY, NS.LEGACY_DELAY, 'http://jabber.org/protocol/address', 'urn:xmpp:mam:tmp'])

/** Those that are to be kept as they are. */
function payloadsOf (stanza: Element): string[] {
  return elementsOf(stanza).filter(payload => !CHANGED.has(payload.getNS())).map(String)
}
