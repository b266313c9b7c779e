import { counted, grouped } from './dates.ts'
import type { NetChange } from './net-change.ts'
import { namePart, textPart } from './parts.ts'
import type { Part } from './parts.ts'

/** A run of comings and goings in one line; long ones have a summary, and the names are opened on demand. */
export interface Fold {
  readonly summary?: string
  readonly names: readonly Part[]
}

/** So many names are shown without folding. */
const SHORT = 4
/** So many names of a group are written out. */
const MOST = 12

export function foldOf (change: NetChange): Fold {
  const groups = [
    { names: change.joined.map(nick => [namePart(nick)]), verb: 'joined' },
    { names: change.left.map(nick => [namePart(nick)]), verb: 'left' },
    { names: change.renamed.map(({ from, to }) => [namePart(from), textPart(' → '), namePart(to)]), verb: 'renamed' },
    { names: change.returned.map(nick => [namePart(nick)]), verb: 'left and came back' },
    { names: change.visited.map(nick => [namePart(nick)]), verb: 'came and went' }
  ].filter(group => group.names.length > 0)
  const total = groups.reduce((sum, group) => sum + group.names.length, 0)
  const names = joined(groups.map(({ names, verb }) => [...list(names), textPart(` ${verb}`)]), '; ')
  return total <= SHORT ? { names } : { summary: groups.map(({ names, verb }) => `${grouped(names.length)} ${verb}`).join(', '), names }
}

function list (names: readonly Part[][]): Part[] {
  const others = names.length - MOST
  // «and 1 other» would be no shorter than the name.
  if (others < 2) return joined(names, ', ')
  return [...joined(names.slice(0, MOST), ', '), textPart(` and ${counted(others, 'other')}`)]
}

function joined (groups: readonly Part[][], separator: string): Part[] {
  return groups.flatMap((group, n) => n === 0 ? group : [textPart(separator), ...group])
}
