import type { Reaction } from '../../model/content.ts'
import type { Words } from '../language/words.ts'
import { shownNick } from './parts.ts'
import { visibleLine } from './visible-text.ts'

/** The reactions to a message, in a line. */
export interface ReactionLine {
  readonly reactions: readonly ShownReaction[]
  /** Kinds that are not shown. */
  readonly more: number
}

export interface ShownReaction {
  readonly reaction: string
  readonly count: string
  /** «alice, bob and 3 more» */
  readonly names: string
}

const MOST = 12
const LONGEST = 20

export function reactionLine (reactions: readonly Reaction[], words: Words): ReactionLine {
  return {
    reactions: reactions.slice(0, MOST).map(({ reaction, count, nicks }) => ({
      reaction: shownReaction(reaction), count: words.grouped(count), names: namesOf(nicks, count, words)
    })),
    more: Math.max(0, reactions.length - MOST)
  }
}

/** An emoji, or whatever somebody took for one. */
export function shownReaction (reaction: string): string {
  return [...visibleLine(reaction)].slice(0, LONGEST).join('')
}

function namesOf (nicks: readonly string[], count: number, words: Words): string {
  const names = nicks.map(nick => shownNick(nick, words)).join(words.comma)
  return count > nicks.length ? words.namesAndMore(names, count - nicks.length).join('') : names
}
