import { linkify } from './linkify.ts'
import type { TextPart } from './linkify.ts'
import { visibleLine, visibleText } from './visible-text.ts'

/** A piece of a shown line: plain, a link, or a name, which templates isolate from the direction of what stands around it. */
export interface Part extends TextPart {
  readonly isName?: true
}

export function textPart (text: string): Part {
  return { text }
}

/** An empty nick is the room itself speaking (XEP-0045 §7.2.14, a subject set by the service). */
export function namePart (nick: string): Part {
  return { text: shownNick(nick), isName: true }
}

export function shownNick (nick: string): string {
  return nick === '' ? 'The room' : visibleLine(nick) || '\uFFFD'
}

export function bodyParts (body: string): Part[] {
  return linkify(visibleText(body).replace(/\s+$/, ''))
}

/** Text of others inside a sentence of ours: on one line. */
export function lineParts (text: string): Part[] {
  return linkify(visibleLine(text))
}

export function plainText (parts: readonly Part[]): string {
  return parts.map(part => part.text).join('')
}
