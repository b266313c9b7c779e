import { parseForm } from './data-form.ts'
import type { DataForm } from './data-form.ts'
import { attribute, child, children, xml } from './element.ts'
import type { Element } from './element.ts'
import { NS } from './namespaces.ts'

export interface Identity {
  readonly category: string
  readonly type: string
  readonly name?: string
}

/** XEP-0030: what an address is and can do. */
export interface DiscoInfo {
  readonly identities: readonly Identity[]
  readonly features: ReadonlySet<string>
  /** XEP-0128 */
  readonly forms: readonly DataForm[]
}

export interface DiscoItem {
  readonly jid: string
  readonly name?: string
  readonly node?: string
}

export function buildInfoRequest (to: string, node?: string): Element {
  return xml('iq', { type: 'get', to }, xml('query', { xmlns: NS.DISCO_INFO, node }))
}

export function buildItemsRequest (to: string, node?: string): Element {
  return xml('iq', { type: 'get', to }, xml('query', { xmlns: NS.DISCO_ITEMS, node }))
}

/** Reads the result iq of a disco#info request. */
export function parseInfo (result: Element): DiscoInfo {
  const query = child(result, 'query', NS.DISCO_INFO)
  if (query === undefined) return { identities: [], features: new Set(), forms: [] }
  return {
    identities: children(query, 'identity').map(identity => ({
      category: identity.attrs['category'] ?? '',
      type: identity.attrs['type'] ?? '',
      ...named(identity)
    })),
    features: new Set(children(query, 'feature').flatMap(feature => attribute(feature, 'var') ?? [])),
    forms: children(query, 'x', NS.DATA_FORM).map(parseForm)
  }
}

/** Reads the result iq of a disco#items request; items without an address are left out. */
export function parseItems (result: Element): DiscoItem[] {
  const query = child(result, 'query', NS.DISCO_ITEMS)
  if (query === undefined) return []
  return children(query, 'item').flatMap(item => {
    const jid = attribute(item, 'jid')
    const node = attribute(item, 'node')
    return jid === undefined ? [] : [{ jid, ...named(item), ...(node === undefined ? {} : { node }) }]
  })
}

/** The payload of an answer. XEP-0030 §3.1: disco#info is always among the features. */
export function buildInfo (
  identities: readonly Identity[],
  features: Iterable<string>,
  { node, forms = [] }: { readonly node?: string | undefined, readonly forms?: readonly Element[] } = {}
): Element {
  const all = new Set([NS.DISCO_INFO, ...features])
  return xml('query', { xmlns: NS.DISCO_INFO, node },
    identities.map(({ category, type, name }) => xml('identity', { category, type, name })),
    [...all].map(feature => xml('feature', { var: feature })),
    forms)
}

export function buildItems (
  items: readonly DiscoItem[],
  { node, set }: { readonly node?: string | undefined, readonly set?: Element | undefined } = {}
): Element {
  return xml('query', { xmlns: NS.DISCO_ITEMS, node },
    items.map(({ jid, name, node }) => xml('item', { jid, name, node })),
    set)
}

function named (element: Element): { name?: string } {
  const name = attribute(element, 'name')
  return name === undefined ? {} : { name }
}
