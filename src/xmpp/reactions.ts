import { atMost, MAX_ID } from './bounded.ts'
import { attribute, child, children } from './element.ts'
import type { Element } from './element.ts'
import { NS } from './namespaces.ts'

const MAX_REACTIONS = 50
/** The longest emoji, families and flags of regions, have some thirty units. */
const MAX_LENGTH = 40

export interface Reactions {
  readonly reactsTo: string
  readonly reactions: readonly string[]
}

/** XEP-0444: all the reactions that somebody now has to a message, each once. */
export function parseReactions (message: Element): Reactions | undefined {
  const element = child(message, 'reactions', NS.REACTIONS)
  const reactsTo = atMost(MAX_ID, attribute(element, 'id'))
  if (element === undefined || reactsTo === undefined) return undefined
  const texts = children(element, 'reaction').flatMap(reaction => atMost(MAX_LENGTH, reaction.getText().trim()) ?? [])
  return { reactsTo, reactions: [...new Set(texts)].slice(0, MAX_REACTIONS) }
}
