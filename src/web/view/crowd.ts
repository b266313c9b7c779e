import type { CrowdMember } from '../../model/event.ts'
import type { Words } from '../language/words.ts'
import { namePart, textPart, told } from './parts.ts'
import type { Part } from './parts.ts'

/** So many names stand in the line of a crowd; so many when it is opened. */
export const CROWD_SHOWN = 10
const OPENED = 1000

/** «500 people left: alice, bob, … and 490 more» */
export function crowdLine (crowd: readonly CrowdMember[], sentence: readonly Part[], words: Words, mostNames: number): Part[] {
  return crowd.length === 0 ? [...sentence] : told(words.labelled(sentence, names(crowd, words, mostNames)))
}

/** The names, where the line does not have them all. */
export function crowdNames (crowd: readonly CrowdMember[] = [], words: Words): Part[] | undefined {
  return shownOf(crowd, CROWD_SHOWN) < crowd.length ? names(crowd, words, OPENED) : undefined
}

function names (crowd: readonly CrowdMember[], words: Words, most: number): Part[] {
  const shown = shownOf(crowd, most)
  const parts = crowd.slice(0, shown).flatMap(({ nick }, n): Part[] =>
    n === 0 ? [namePart(nick, words)] : [textPart(words.comma), namePart(nick, words)])
  return shown === crowd.length ? parts : told(words.namesAndMore(parts, crowd.length - shown))
}

// «and 1 more» would be no shorter than the name.
function shownOf (crowd: readonly CrowdMember[], most: number): number {
  return crowd.length > most + 1 ? most : crowd.length
}
