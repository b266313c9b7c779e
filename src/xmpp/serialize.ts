import { HansardError } from '../model/errors.ts'
import { legalText } from './legal-text.ts'
import type { Element } from './element.ts'
import { NS } from './namespaces.ts'

const NC_NAME = '[A-Za-z_\\u00c0-\\uffff][\\w.\\-\\u00b7\\u00c0-\\uffff]*'
const NAME = new RegExp(`^${NC_NAME}(?::${NC_NAME})?$`)
const MAX_DEPTH = 200
const ESCAPES = new Map([
  ['&', '&amp;'], ['<', '&lt;'], ['>', '&gt;'], ['"', '&quot;'], ["'", '&apos;'],
  ['\r', '&#13;'], ['\n', '&#10;'], ['\t', '&#9;']
])

/**
 * The element as XML that every server takes: a name or a prefix that would break the stream throws ERR_STANZA, characters
 * that XML cannot carry become U+FFFD, and carriage returns survive. `attributes` replace those of the outermost element.
 * A stanza's own namespace is left out, because the stream gives it.
 */
export function serialize (element: Element, attributes: Readonly<Record<string, string | undefined>> = {}): string {
  const own = { ...element.attrs, ...attributes }
  if (own['xmlns'] === NS.CLIENT || own['xmlns'] === NS.COMPONENT) delete own['xmlns']
  check(element, own, [], 0)
  return toXml(element, own)
}

/** The element as XML that is read back as it is. For keeping, not for sending: what was read is not checked. */
export function toXml (element: Element, attributes: Readonly<Record<string, string | undefined>> = element.attrs): string {
  let text = `<${element.name}`
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== null) text += ` ${key}="${escape(String(value), /["&'<>\t\n\r]/g)}"`
  }
  if (element.children.length === 0) return `${text}/>`
  text += '>'
  for (const child of element.children) text += typeof child === 'string' ? escape(child, /[&<>\r]/g) : toXml(child)
  return `${text}</${element.name}>`
}

function check (element: Element, attributes: Readonly<Record<string, string | undefined>>, outer: readonly string[], depth: number): void {
  if (depth > MAX_DEPTH) throw unfit(`elements deeper than ${MAX_DEPTH}`)
  const names = Object.keys(attributes).filter(name => attributes[name] !== undefined && attributes[name] !== null)
  const declared = names.filter(name => name.startsWith('xmlns:')).map(name => name.slice(6))
  const prefixes = declared.length === 0 ? outer : [...outer, ...declared]
  checkName(element.name, prefixes)
  for (const name of names) checkName(name, prefixes)
  for (const child of element.children) if (typeof child !== 'string') check(child, child.attrs, prefixes, depth + 1)
}

function checkName (name: string, prefixes: readonly string[]): void {
  if (!NAME.test(name)) throw unfit(`the name "${name.slice(0, 40)}"`)
  const colon = name.indexOf(':')
  const prefix = name.slice(0, Math.max(colon, 0))
  if (colon !== -1 && prefix !== 'xml' && prefix !== 'xmlns' && !prefixes.includes(prefix)) {
    throw unfit(`the prefix "${prefix.slice(0, 40)}", which nothing declares`)
  }
}

function escape (text: string, characters: RegExp): string {
  return legalText(text).replace(characters, character => ESCAPES.get(character) ?? character)
}

function unfit (what: string): HansardError {
  return new HansardError('ERR_STANZA', `Cannot write a stanza: it has ${what}, expected well-formed XMPP`)
}
