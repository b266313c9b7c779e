import type { Hat } from '../model/content.ts'
import { atMost, beginning, MAX_ID } from './bounded.ts'
import { attribute, childOf, elementsOf } from './element.ts'
import type { Element } from './element.ts'
import { NS } from './namespaces.ts'

const MAX_HATS = 20
const MAX_TITLE = 100

/** XEP-0317: what somebody is in a room beside role and affiliation, as its presence tells; also in Prosody's older form. */
export function parseHats (presence: Element): Hat[] {
  const hats = childOf(presence, NS.HATS) ?? childOf(presence, NS.HATS_PROSODY)
  if (hats?.getName() !== 'hats') return []
  const found = elementsOf(hats).filter(hat => hat.getName() === 'hat').flatMap(hat => {
    const uri = atMost(MAX_ID, attribute(hat, 'uri') ?? attribute(hat, 'id'))
    const title = beginning(MAX_TITLE, attribute(hat, 'title'))
    return uri === undefined || title === undefined ? [] : [{ uri, title }]
  })
  return [...new Map(found.map(hat => [hat.uri, hat])).values()].slice(0, MAX_HATS)
}
