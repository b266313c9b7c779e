import { clone, Element } from 'ltx'
import { HansardError } from '../model/errors.ts'
import { legalText } from './legal-text.ts'
import { createXmlReader } from './xml-reader.ts'

export { Element } from 'ltx'
export { legalText } from './legal-text.ts'

export type Child = Element | string | undefined | readonly Child[]
export type Attributes = Readonly<Record<string, string | number | undefined>>

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

const MAX_DEPTH = 200

/** Reads one element from text. Throws ERR_STANZA when it is not well-formed or nested deeper than anyone means. */
export function parseXml (text: string): Element {
  let root: Element | undefined
  let cursor: Element | null = null
  const reader = createXmlReader({
    open (name, attributes) {
      const element = new Element(name, attributes)
      if (reader.depth > MAX_DEPTH || (root !== undefined && cursor === null)) throw notOneElement()
      cursor?.append(element)
      root ??= element
      cursor = element
    },
    close () { cursor = cursor?.parent ?? null },
    text (text) {
      if (cursor !== null) cursor.append(text)
      else if (text.trim() !== '') throw notOneElement()
    }
  })
  reader.write(`${text.trim()}\n`)
  if (root === undefined || cursor !== null || reader.pending > 1) throw notOneElement()
  return root
}

function notOneElement (): HansardError {
  return new HansardError('ERR_STANZA', 'Cannot read a stanza: expected one well-formed XML element')
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
