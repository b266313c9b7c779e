import type { Fallback } from '../model/content.ts'
import { defined } from '../model/defined.ts'
import { attribute, children } from './element.ts'
import type { Element } from './element.ts'
import { atMost, wholeNumber } from './bounded.ts'
import { NS } from './namespaces.ts'

const MAX_FALLBACKS = 32
const MAX_LENGTH = 256

/** XEP-0428: its elements, also in the namespace of its draft, which Movim and others went on to send. */
export function fallbackElements (message: Element): Element[] {
  return [...children(message, 'fallback', NS.FALLBACK), ...children(message, 'fallback', NS.FALLBACK_DRAFT)]
}

/**
 * What of the body, or of the subject, stands in for something else. Bounds are as sent, whatever they are worth; a stretch
 * whose bounds are no numbers is none. The first MAX_FALLBACKS count.
 */
export function parseFallback (message: Element, of: 'body' | 'subject' = 'body'): Fallback[] {
  return fallbackElements(message).flatMap(element => stretchesOf(element, of)).slice(0, MAX_FALLBACKS)
}

function stretchesOf (element: Element, of: 'body' | 'subject'): Fallback[] {
  const purpose = attribute(element, 'for') ?? ''
  if (purpose !== '' && atMost(MAX_LENGTH, purpose) === undefined) return []
  const isOfAll = children(element, 'body').length === 0 && children(element, 'subject').length === 0
  if (isOfAll) return [{ for: purpose }]
  return children(element, of).flatMap(stretch => {
    const bounds = { start: attribute(stretch, 'start'), end: attribute(stretch, 'end') }
    const start = wholeNumber(bounds.start)
    const end = wholeNumber(bounds.end)
    const isReadable = (start === undefined) === (bounds.start === undefined) && (end === undefined) === (bounds.end === undefined)
    return isReadable ? [{ for: purpose, ...defined({ start, end }) }] : []
  })
}
