import { xml } from './element.ts'
import type { Element } from './element.ts'
import { NS } from './namespaces.ts'

/** XEP-0092: which program this is. */
export function buildVersion ({ name, version }: { readonly name: string, readonly version: string }): Element {
  return xml('query', { xmlns: NS.VERSION }, xml('name', {}, name), xml('version', {}, version))
}
