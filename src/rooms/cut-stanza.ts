import type { Fallback } from '../model/content.ts'
import { cutQuotes } from '../model/quote.ts'
import type { Cut } from '../model/quote.ts'
import { attribute, child, children, elementsOf, parseXml } from '../xmpp/element.ts'
import type { Element } from '../xmpp/element.ts'
import { fallbackElements, parseFallback } from '../xmpp/fallback.ts'
import { NS } from '../xmpp/namespaces.ts'
import { toXml } from '../xmpp/serialize.ts'

/**
 * A stored stanza without what its bodies quote of removed texts. All other payloads stay as they are, but that offsets
 * into the body are put right, and that the same text as XHTML (XEP-0071) goes. Undefined when it cannot be read.
 */
export function cutStanza (stanza: string, removedTexts: readonly string[]): string | undefined {
  const message = read(stanza)
  if (message === undefined) return undefined
  const fallback = parseFallback(message)
  const [first, ...others] = children(message, 'body')
  const cut = first === undefined ? undefined : cutBody(first, fallback, removedTexts)
  const whole = fallback.filter(({ start, end }) => start === undefined && end === undefined)
  const isCut = others.map(body => cutBody(body, whole, removedTexts)).some(other => other !== undefined) || cut !== undefined
  if (!isCut) return stanza
  if (cut !== undefined) putRight(message, cut)
  const xhtml = child(message, 'html', NS.XHTML_IM)
  message.children = message.children.filter(node => node !== xhtml)
  return toXml(message)
}

function read (stanza: string): Element | undefined {
  try {
    return parseXml(stanza)
  } catch {
    return undefined
  }
}

function cutBody (body: Element, fallback: readonly Fallback[], removedTexts: readonly string[]): Cut | undefined {
  const cut = cutQuotes(body.getText(), fallback, removedTexts)
  if (cut !== undefined) body.children = cut.text === '' ? [] : [cut.text]
  return cut
}

function putRight (message: Element, cut: Cut): void {
  for (const fallback of fallbackElements(message)) {
    const gone = new Set(children(fallback, 'body').filter(body => moveOffsets(body, 'start', cut) === 'gone'))
    if (gone.size === 0) continue
    fallback.children = fallback.children.filter(node => typeof node === 'string' || !gone.has(node))
    // Without stretches it would mean all of the body.
    if (elementsOf(fallback).length === 0) message.children = message.children.filter(node => node !== fallback)
  }
  for (const reference of [...children(message, 'reference', NS.REFERENCE), ...children(message, 'mention', NS.MENTIONS)]) {
    if (moveOffsets(reference, 'begin', cut) === 'gone') {
      delete reference.attrs['begin']
      delete reference.attrs['end']
    }
  }
}

function moveOffsets (element: Element, first: 'start' | 'begin', { isGone, moved }: Cut): 'gone' | undefined {
  const stretch = { ...offset(element, first, 'start'), ...offset(element, 'end', 'end') }
  if (isGone(stretch)) return 'gone'
  const { start, end } = moved(stretch)
  if (start !== undefined) element.attrs[first] = String(start)
  if (end !== undefined) element.attrs['end'] = String(end)
  return undefined
}

function offset (element: Element, name: string, as: 'start' | 'end'): { start?: number, end?: number } {
  const value = attribute(element, name)
  return value !== undefined && /^\d{1,10}$/.test(value) ? { [as]: Number(value) } : {}
}
