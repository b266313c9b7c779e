import type { CrowdMember } from '../../model/event.ts'
import { counted, grouped } from './dates.ts'
import { namePart, textPart } from './parts.ts'
import type { Part } from './parts.ts'

/** So many names stand in the line of a crowd; so many when it is opened. */
export const CROWD_SHOWN = 10
const OPENED = 1000

/** «500 people left: alice, bob, … and 490 more»; `verb` begins with a space. */
export function crowdLine (crowd: readonly CrowdMember[], verb: string, mostNames: number): Part[] {
  return [textPart(`${counted(crowd.length, 'person', 'people')}${verb}${crowd.length === 0 ? '' : ': '}`), ...names(crowd, mostNames)]
}

/** The names, where the line does not have them all. */
export function crowdNames (crowd: readonly CrowdMember[] = []): Part[] | undefined {
  return shownOf(crowd, CROWD_SHOWN) < crowd.length ? names(crowd, OPENED) : undefined
}

function names (crowd: readonly CrowdMember[], most: number): Part[] {
  const shown = shownOf(crowd, most)
  const parts = crowd.slice(0, shown).flatMap(({ nick }, n) => n === 0 ? [namePart(nick)] : [textPart(', '), namePart(nick)])
  return shown === crowd.length ? parts : [...parts, textPart(` and ${grouped(crowd.length - shown)} more`)]
}

// «and 1 more» would be no shorter than the name.
function shownOf (crowd: readonly CrowdMember[], most: number): number {
  return crowd.length > most + 1 ? most : crowd.length
}
