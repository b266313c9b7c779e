import type { Content } from '../model/content.ts'
import { defined } from '../model/defined.ts'
import { children } from './element.ts'
import type { Element } from './element.ts'

const MAX_LANGUAGES = 10
const TAG = /^[A-Za-z0-9]{1,8}(?:-[A-Za-z0-9]{1,8}){0,5}$/

/** The language that an element names itself (RFC 6121 §5.2.3), as sent; undefined when it names none that can be one. */
export function languageOf (element: Element | undefined): string | undefined {
  const tag = element?.attrs['xml:lang']
  return tag !== undefined && TAG.test(tag) ? tag : undefined
}

export function isSameLanguage (one: string | undefined, other: string | undefined): boolean {
  return one?.toLowerCase() === other?.toLowerCase()
}

/**
 * The text of a message and what it is in other languages. The first is the text; of two in one language the first counts.
 * The language that a server puts on all that comes over a stream says something only where there is a choice.
 */
export function parseTexts (message: Element, name: 'body' | 'subject'): Pick<Content, 'body' | 'bodies' | 'language'> {
  const [first, ...others] = children(message, name)
  if (first === undefined) return {}
  const language = languageOf(first) ?? (others.length === 0 ? undefined : languageOf(message))
  const known = new Set([language?.toLowerCase() ?? ''])
  const bodies = others.flatMap(other => {
    const tag = languageOf(other) ?? ''
    const isNew = known.size <= MAX_LANGUAGES && !known.has(tag.toLowerCase())
    known.add(tag.toLowerCase())
    return isNew ? [[tag, other.getText()] as const] : []
  })
  return { body: first.getText(), ...defined({ language, bodies: bodies.length === 0 ? undefined : Object.fromEntries(bodies) }) }
}
