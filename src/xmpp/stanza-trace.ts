import { Element } from './element.ts'

// What lets its owner in: tokens of XEP-0484, resumption ids of XEP-0198.
const SECRET_ATTRIBUTES = new Set(['token', 'previd'])

/**
 * The element for a trace in the log: its markup without any text, as texts are handshakes, passwords, SASL
 * answers and what people write; a text is shown by its length.
 */
export function traceOf (element: Element): string {
  return hidden(element).toString()
}

function hidden (element: Element): Element {
  const twin = new Element(element.name)
  for (const [name, value] of Object.entries(element.attrs)) {
    const isSecret = SECRET_ATTRIBUTES.has(name) || (name === 'id' && element.name === 'enabled')
    twin.attrs[name] = isSecret ? '…' : value
  }
  for (const child of element.children) {
    twin.append(typeof child === 'string' ? `…${child.length}` : hidden(child))
  }
  return twin
}
