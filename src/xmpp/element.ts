import { clone, Element, parse } from 'ltx'
import { HansardError } from '../model/errors.ts'

export { Element } from 'ltx'

export type Child = Element | string | undefined | readonly Child[]
export type Attributes = Readonly<Record<string, string | number | undefined>>

// XML 1.0 §2.2: a server closes the whole stream on anything else (xmpp-servers: not-well-formed).
// eslint-disable-next-line no-control-regex -- these are the characters that XML 1.0 forbids
const ILLEGAL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

/** The text with what XML cannot carry turned into U+FFFD. */
export function legalText (text: string): string {
  return text.replace(ILLEGAL, '\ufffd')
}

/** Builds an element; attributes and children that are undefined are left out, texts are made legal. */
export function xml (name: string, attributes: Attributes = {}, ...children: Child[]): Element {
  const element = new Element(name)
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined) element.attrs[key] = legalText(String(value))
  }
  appendAll(element, children)
  return element
}

function appendAll (element: Element, children: readonly Child[]): void {
  for (const child of children) {
    if (child === undefined) continue
    if (typeof child === 'string') element.append(legalText(child))
    else if (child instanceof Element) element.append(child)
    else appendAll(element, child)
  }
}

export function elementsOf (parent: Element): Element[] {
  return parent.children.filter(child => typeof child !== 'string')
}

/** The first child of that name and namespace. Without a namespace: in the parent's own. */
export function child (parent: Element, name: string, xmlns?: string): Element | undefined {
  return children(parent, name, xmlns)[0]
}

export function children (parent: Element, name: string, xmlns: string | undefined = parent.getNS()): Element[] {
  return elementsOf(parent).filter(element => element.getName() === name && element.getNS() === xmlns)
}

/** The first child of any name in that namespace. */
export function childOf (parent: Element, xmlns: string): Element | undefined {
  return elementsOf(parent).find(element => element.getNS() === xmlns)
}

export function textOf (parent: Element, name: string, xmlns?: string): string | undefined {
  return child(parent, name, xmlns)?.getText()
}

/** An attribute; one that is empty counts as absent. */
export function attribute (element: Element | undefined, name: string): string | undefined {
  const value = element?.attrs[name]
  return value === undefined || value === '' ? undefined : value
}

/** Reads one element from text. Throws ERR_STANZA when it is not well-formed. */
export function parseXml (text: string): Element {
  try {
    return parse(text)
  } catch (cause) {
    throw new HansardError('ERR_STANZA', 'Cannot read a stanza: expected one well-formed XML element', { cause })
  }
}

/** A deep copy without a parent, which says its namespace itself. */
export function copy (element: Element): Element {
  const twin = clone(element)
  const xmlns = element.getNS()
  if (xmlns !== undefined && !element.name.includes(':')) twin.attrs['xmlns'] = xmlns
  return twin
}

/** A copy of the element without the children that `isUnwanted` picks. */
export function without (element: Element, isUnwanted: (child: Element) => boolean): Element {
  const kept = copy(element)
  const unwanted = new Set(elementsOf(element).map((original, n) => isUnwanted(original) ? n : -1))
  let n = -1
  kept.children = kept.children.filter(node => {
    if (typeof node === 'string') return true
    n += 1
    return !unwanted.has(n)
  })
  return kept
}
