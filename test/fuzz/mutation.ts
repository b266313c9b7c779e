import fc from 'fast-check'
import { copy, Element, parseXml } from '../../src/xmpp/element.ts'
import { NS } from '../../src/xmpp/namespaces.ts'
import { readScenes } from '../helpers/captures.ts'
import { ATTRIBUTES, HUGE, NAMES, PAYLOADS, VALUES } from './values.ts'

/** All that went over the streams to two real servers, as the program reads it. */
export const STANZAS: readonly Element[] = (['prosody', 'ejabberd'] as const)
  .flatMap(server => readScenes(server).flatMap(({ steps }) => steps.map(({ stanza }) => inClientNamespace(stanza))))

function inClientNamespace (stanza: Element): Element {
  const twin = copy(stanza)
  twin.attrs['xmlns'] = NS.CLIENT
  return twin
}

const FOREIGN = PAYLOADS.map(parseXml)
const NAMESPACES: readonly string[] = [...Object.values(NS), 'urn:example:new', '', ' ', 'jabber:x:encrypted']

// Each changes the element that was picked; the numbers and the text say how.
const MUTATIONS = {
  drop: (element: Element) => {
    const { parent } = element
    if (parent !== null) parent.children = parent.children.filter(child => child !== element)
  },
  empty: (element: Element) => { element.children = [] },
  duplicate: (element: Element) => { element.parent?.append(copy(element)) },
  swap: (element: Element) => { element.parent?.children.reverse() },
  wrap: (element: Element, { n }: Setting) => { element.children = [childOf(pick(NAMES, n), element.children)] },
  adopt: (element: Element, { n, all }: Setting) => {
    element.append(copy(pick(all, n)))
  },
  borrow: (element: Element, { n }: Setting) => { element.append(copy(pick(everything(pick(STANZAS, n)), n >> 8))) },
  insert: (element: Element, { n }: Setting) => { element.append(copy(pick(FOREIGN, n))) },
  insertFirst: (element: Element, { n }: Setting) => { element.children.unshift(child(copy(pick(FOREIGN, n)), element)) },
  rename: (element: Element, { n }: Setting) => { element.name = pick(NAMES, n) },
  namespace: (element: Element, { n }: Setting) => { element.attrs['xmlns'] = pick(NAMESPACES, n) },
  forget: (element: Element, { n }: Setting) => { Reflect.deleteProperty(element.attrs, pick(['', ...Object.keys(element.attrs)], n)) },
  exchange: (element: Element, { n, all }: Setting) => {
    const other = pick(all, n)
    ;[element.attrs, other.attrs] = [other.attrs, element.attrs]
  },
  attribute: (element: Element, { n, text }: Setting) => { element.attrs[pick(Object.keys(element.attrs), n) ?? 'id'] = text },
  addAttribute: (element: Element, { n, text }: Setting) => {
    Object.defineProperty(element.attrs, pick(ATTRIBUTES, n), { value: text, enumerable: true, writable: true, configurable: true })
  },
  truncate: (element: Element, { n }: Setting) => {
    const name = pick(Object.keys(element.attrs), n)
    if (name !== undefined) element.attrs[name] = element.attrs[name]?.slice(0, n % 30)
  },
  text: (element: Element, { text }: Setting) => { element.children = [text] },
  addText: (element: Element, { text }: Setting) => { element.append(text) },
  huge: (element: Element, { n }: Setting) => { element.append(pick(HUGE, n)) }
} as const

interface Setting {
  readonly n: number
  readonly all: readonly Element[]
  readonly text: string
}

function pick<T> (from: readonly T[], n: number): T {
  return from[n % Math.max(1, from.length)] as T
}

function child (element: Element, parent: Element): Element {
  element.parent = parent
  return element
}

function childOf (name: string, children: Element['children']): Element {
  const element = new Element(name)
  for (const child of children) element.append(child)
  return element
}

function everything (root: Element, found: Element[] = []): Element[] {
  found.push(root)
  for (const child of root.children) if (typeof child !== 'string') everything(child, found)
  return found
}

const WHAT = (Object.keys(MUTATIONS) as Array<keyof typeof MUTATIONS>).filter(name => name !== 'huge')

/** The stanza with one thing changed for each number. */
export function mutate (original: Element, changes: readonly number[]): Element {
  const root = copy(original)
  for (const change of changes) {
    const all = everything(root)
    if (all.length > 2_000) break
    const [what = 0, where = 0, n = 0, text = 0] = digits(change)
    // What is huge takes its time.
    const name = change % 2_000 === 0 ? 'huge' : pick(WHAT, what)
    MUTATIONS[name](pick(all, where), { n, all, text: text % 8 === 0 ? anyText(n) : pick(VALUES, text >> 3) })
  }
  return root
}

/** Four numbers that look independent out of one. */
function digits (seed: number): number[] {
  let state = seed | 0
  return Array.from({ length: 4 }, () => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9 | 0
    return (state ^ (state >>> 13)) >>> 8
  })
}

/** Characters from all over Unicode, also such as XML cannot carry. */
function anyText (n: number): string {
  return String.fromCharCode(...digits(n).map(code => code & 0xffff), n & 0xff, n >> 8 & 0x1f)
}

/** As a server may write it: white space as it is or as references, which only these keep in attributes. */
export function write (stanza: Element): Buffer {
  const text = String(stanza)
  return Buffer.from(text.length % 2 === 0 ? text : text.replace(/[\t\r\n]/g, character => `&#${character.charCodeAt(0)};`))
}

const number = fc.noBias(fc.nat({ max: 0xffff_ffff }))

/** A stanza of a real server with up to eight things changed. */
const mutated = fc.tuple(number, fc.array(number, { minLength: 1, maxLength: 8 }))
  .map(([of, changes]) => mutate(pick(STANZAS, of), changes))

/** How many stanzas come one after the other in each run. */
export const LENGTH = 50

export const session = fc.array(mutated, { minLength: LENGTH, maxLength: LENGTH })
