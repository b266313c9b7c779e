import type { Phrase } from '../language/phrase.ts'
import type { Words } from '../language/words.ts'
import { linkify } from './linkify.ts'
import type { TextPart } from './linkify.ts'
import { visibleLine } from './visible-text.ts'

/** A piece of a shown line. */
export type Part = Piece | StyledPart

/** Plain, a link, code, or a name, whose direction templates keep from what stands around it. */
export interface Piece extends TextPart {
  readonly isName?: true
  /** A name of somebody in the room, in what somebody said. */
  readonly isMention?: true
  readonly isCode?: true
}

export interface StyledPart {
  readonly tag: 'strong' | 'em' | 'del'
  readonly parts: readonly Part[]
}

export function textPart (text: string): Piece {
  return { text }
}

/** An empty nick is the room itself speaking (XEP-0045 §7.2.14, a subject set by the service). */
export function namePart (nick: string, words: Words): Piece {
  return { text: shownNick(nick, words), isName: true }
}

export function shownNick (nick: string, { theRoom }: Pick<Words, 'theRoom'>): string {
  return nick === '' ? theRoom : visibleLine(nick) || '\uFFFD'
}

/** Text of others inside a sentence of ours: on one line. */
export function lineParts (text: string): Piece[] {
  return linkify(visibleLine(text))
}

/** A sentence of ours, with what was put into it. */
export function told (phrase: Phrase<readonly Part[]>): Part[] {
  return phrase.flatMap(piece => typeof piece === 'string' ? [textPart(piece)] : piece)
}

export function plainText (parts: readonly Part[]): string {
  return parts.map(part => 'tag' in part ? plainText(part.parts) : part.text).join('')
}
