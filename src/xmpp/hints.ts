import { elementsOf, xml } from './element.ts'
import type { Element } from './element.ts'
import { NS } from './namespaces.ts'

const NO_RECORD = new Set([
  'no-store', 'no-permanent-store',
  // COMPAT: names before XEP-0334 0.3.
  'no-storage', 'no-permanent-storage'
])

/** XEP-0334: the sender asks that nothing keeps this message. Hints count only on messages that are no errors. */
export function forbidsRecord (message: Element): boolean {
  return message.attrs['type'] !== 'error' &&
    elementsOf(message).some(element => element.getNS() === NS.HINTS && NO_RECORD.has(element.getName()))
}

export function buildHint (name: 'no-store' | 'no-permanent-store' | 'no-copy' | 'store'): Element {
  return xml(name, { xmlns: NS.HINTS })
}
