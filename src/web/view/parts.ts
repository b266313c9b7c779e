import { codeBlocks } from './code-blocks.ts'
import { linkify } from './linkify.ts'
import type { TextPart } from './linkify.ts'
import { visibleLine, visibleText } from './visible-text.ts'

/** A piece of a shown line: plain, a link, a block of code, or a name, whose direction templates keep from what stands around it. */
export interface Part extends TextPart {
  readonly isName?: true
  readonly isCode?: boolean
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
  const stretches = codeBlocks(visibleText(body).trimEnd())
  // A block of code is set off already; blank lines beside it would double that.
  const isMixed = stretches.length > 1
  return stretches.flatMap((stretch): Part[] =>
    stretch.isCode ? [stretch] : linkify(isMixed ? stretch.text.replace(/^\n+/, '').trimEnd() : stretch.text))
}

/** Text of others inside a sentence of ours: on one line. */
export function lineParts (text: string): Part[] {
  return linkify(visibleLine(text))
}

export function plainText (parts: readonly Part[]): string {
  return parts.map(part => part.text).join('')
}
