import type { BareJid } from '../model/address.ts'
import type { Mention } from '../model/content.ts'
import { defined } from '../model/defined.ts'
import { atMost } from './bounded.ts'
import { attribute, children } from './element.ts'
import type { Element } from './element.ts'
import { isSameLanguage } from './language.ts'
import { NS } from './namespaces.ts'
import { boundsOf, parseReferences } from './references.ts'

const MAX_MENTIONS = 50
const MAX_OCCUPANT_ID = 128 // XEP-0421 §3

/** The people that a message names, by XEP-0372 or XEP-0513; those of whom nothing is known are left out. */
export function parseMentions (message: Element, room: BareJid, language: string | undefined): Mention[] {
  return [...parseReferences(message, room), ...parseExplicit(message, language)]
    .filter(mention => Object.keys(mention).length > 0)
    .slice(0, MAX_MENTIONS)
}

/** XEP-0513 §4.1; groups and everybody are nobody in particular. What is of the text in another language has no place in this one. */
function parseExplicit (message: Element, language: string | undefined): Mention[] {
  return children(message, 'mention', NS.MENTIONS)
    .filter(mention => attribute(mention, 'mentions') === undefined)
    .map(mention => {
      const of = attribute(mention, 'hreflang')
      const isOfText = of === undefined || language === undefined || isSameLanguage(of, language)
      return defined({ ...(isOfText ? boundsOf(mention) : {}), occupant: atMost(MAX_OCCUPANT_ID, attribute(mention, 'occupantid')) })
    })
}
