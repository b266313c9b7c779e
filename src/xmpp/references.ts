import { bareOf, tryParseJid } from '../model/address.ts'
import type { BareJid } from '../model/address.ts'
import type { Mention } from '../model/content.ts'
import { defined } from '../model/defined.ts'
import { wholeNumber } from './bounded.ts'
import { attribute, children } from './element.ts'
import type { Element } from './element.ts'
import { NS } from './namespaces.ts'

/**
 * XEP-0372 §4.2: people that the body names. Who it is comes from the address where that is one of the room's; real
 * addresses stay in the stanza, and the words of the body stand for them.
 */
export function parseReferences (message: Element, room: BareJid): Mention[] {
  return children(message, 'reference', NS.REFERENCE)
    .filter(reference => attribute(reference, 'type') === 'mention' && attribute(reference, 'anchor') === undefined)
    .map(reference => defined({ ...boundsOf(reference), nick: nickOf(attribute(reference, 'uri'), room) }))
}

/** Both, or neither. */
export function boundsOf (element: Element): { start?: number, end?: number } {
  const start = wholeNumber(attribute(element, 'begin'))
  const end = wholeNumber(attribute(element, 'end'))
  return start === undefined || end === undefined ? {} : { start, end }
}

function nickOf (uri: string | undefined, room: BareJid): string | undefined {
  const path = /^xmpp:(?:\/\/[^/]*\/)?([^?#]{1,4096})/i.exec(uri ?? '')?.[1]
  const jid = path === undefined ? undefined : tryParseJid(decoded(path))
  return jid !== undefined && jid.resource !== '' && bareOf(jid) === room ? jid.resource : undefined
}

function decoded (text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
