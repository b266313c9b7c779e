import { attribute, child } from './element.ts'
import type { Element } from './element.ts'
import { NS } from './namespaces.ts'

const PAYLOADS: ReadonlyArray<readonly [name: string, xmlns: string]> = [
  ['encrypted', 'eu.siacs.conversations.axolotl'], // XEP-0384 before 0.4
  ['encrypted', 'urn:xmpp:omemo:1'],
  ['encrypted', 'urn:xmpp:omemo:2'], // XEP-0384
  ['openpgp', 'urn:xmpp:openpgp:0'], // XEP-0373
  ['x', 'jabber:x:encrypted'] // XEP-0027
]

const MAX_LENGTH = 256

/**
 * The namespace of the encryption of a message that only its receivers can read, whose body is then advice for the others
 * or the cipher itself. What no payload shows is told by XEP-0380.
 */
export function encryptionOf (message: Element): string | undefined {
  const payload = PAYLOADS.find(([name, xmlns]) => child(message, name, xmlns) !== undefined)
  return payload?.[1] ?? attribute(child(message, 'encryption', NS.ENCRYPTION), 'namespace')?.slice(0, MAX_LENGTH)
}
