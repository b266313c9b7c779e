import { tryParseJid } from '../model/address.ts'
import { HansardError } from '../model/errors.ts'
import type { XmppConnection } from './connection.ts'
import type { Element } from './element.ts'
import { serialize } from './serialize.ts'

/** Prosody closes the stream of a component that sends more than 512 kB in one stanza, and of a client at 256 kB. */
export const MAX_STANZA_BYTES = { component: 500_000, bot: 250_000 } as const

/**
 * The text of a stanza that may be sent. Servers close the whole stream on what is not well-formed, too long, or from a
 * domain that is not ours (xmpp-servers), so such a stanza throws ERR_STANZA here.
 */
export function checkStanza (
  stanza: Element,
  { mode, address, domain }: Pick<XmppConnection, 'mode' | 'address' | 'domain'>,
  attributes: Readonly<Record<string, string>>
): string {
  const { from, to } = stanza.attrs
  if (stanza.name !== 'message' && stanza.name !== 'presence' && stanza.name !== 'iq') {
    throw unfit(stanza, 'is no stanza', 'message, presence or iq')
  }
  if (to !== undefined && tryParseJid(to) === undefined) throw unfit(stanza, 'has an address in "to" that is not valid', 'an XMPP address')
  if (mode === 'component') {
    if (to === undefined) throw unfit(stanza, 'has no address in "to"', 'one, as from every component')
    if (from !== undefined && tryParseJid(from)?.domain !== domain) throw unfit(stanza, 'is from an address that is not ours', `one at ${domain ?? ''}`)
  }
  // A bot's server knows who it is, and some close the stream over a wrong guess (RFC 6120 §8.1.2.1).
  const text = serialize(stanza, { from: mode === 'component' ? from ?? address : undefined, ...attributes })
  const bytes = Buffer.byteLength(text)
  if (bytes > MAX_STANZA_BYTES[mode]) throw unfit(stanza, `has ${bytes} bytes`, `at most ${MAX_STANZA_BYTES[mode]}`)
  return text
}

function unfit (stanza: Element, state: string, expected: string): HansardError {
  return new HansardError('ERR_STANZA', `Cannot send a ${stanza.name.slice(0, 40)} to ${stanza.attrs['to']?.slice(0, 80) ?? 'the server'}: it ${state}, expected ${expected}`)
}
