import { child, textOf, xml } from './element.ts'
import type { Element } from './element.ts'
import { NS } from './namespaces.ts'
import { StanzaError } from './stanza-error.ts'

/** XEP-0059: which page is asked for. */
export interface RsmRequest {
  readonly max?: number
  readonly after?: string
  /** The empty text asks for the last page. */
  readonly before?: string
  readonly index?: number
}

/** XEP-0059: which page was given. An empty page has neither first nor last. */
export interface RsmResult {
  readonly first?: string
  readonly last?: string
  /** The position of `first`, from 0. */
  readonly index?: number
  readonly count?: number
}

/** Reads the <set/> of a query; undefined when it has none. A number that is none throws bad-request. */
export function parseRsm (query: Element): RsmRequest | undefined {
  const set = child(query, 'set', NS.RSM)
  if (set === undefined) return undefined
  const max = numberOf(set, 'max')
  const index = numberOf(set, 'index')
  const after = textOf(set, 'after')
  const before = textOf(set, 'before')
  return {
    ...(max === undefined ? {} : { max }),
    ...(after === undefined || after === '' ? {} : { after }),
    ...(before === undefined ? {} : { before }),
    ...(index === undefined ? {} : { index })
  }
}

export function buildRsm ({ max, after, before, index }: RsmRequest): Element {
  return xml('set', { xmlns: NS.RSM },
    optional('max', max),
    optional('after', after),
    before === '' ? xml('before') : optional('before', before),
    optional('index', index))
}

/** Reads the <set/> of an answer. What a server wrote wrongly there counts as not written. */
export function parseRsmResult (parent: Element): RsmResult {
  const set = child(parent, 'set', NS.RSM)
  if (set === undefined) return {}
  const first = textOf(set, 'first')
  const last = textOf(set, 'last')
  const index = wholeNumber(child(set, 'first')?.attrs['index'])
  const count = wholeNumber(textOf(set, 'count'))
  return {
    ...(first === undefined || first === '' ? {} : { first }),
    ...(last === undefined || last === '' ? {} : { last }),
    ...(index === undefined ? {} : { index }),
    ...(count === undefined ? {} : { count })
  }
}

export function buildRsmResult ({ first, last, index, count }: RsmResult): Element {
  return xml('set', { xmlns: NS.RSM },
    first === undefined ? undefined : xml('first', { index }, first),
    optional('last', last),
    optional('count', count))
}

function optional (name: string, value: string | number | undefined): Element | undefined {
  return value === undefined ? undefined : xml(name, {}, String(value))
}

function numberOf (set: Element, name: 'max' | 'index'): number | undefined {
  const text = textOf(set, name)
  if (text === undefined) return undefined
  const number = wholeNumber(text)
  if (number === undefined) throw new StanzaError('bad-request', 'modify', `${name} must be a whole number from 0`)
  return number
}

function wholeNumber (text: string | undefined): number | undefined {
  if (text === undefined || !/^\s*\d+\s*$/.test(text)) return undefined
  return Math.min(Number(text), Number.MAX_SAFE_INTEGER)
}
