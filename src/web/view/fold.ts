import type { Phrase } from '../language/phrase.ts'
import type { NoteWords, Words } from '../language/words.ts'
import type { NetChange } from './net-change.ts'
import { namePart, textPart, told } from './parts.ts'
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

export function foldOf (change: NetChange, words: Words): Fold {
  const named = (nick: string): Part[] => [namePart(nick, words)]
  const groups = ([
    { names: change.joined.map(named), kind: 'joined' },
    { names: change.left.map(named), kind: 'left' },
    { names: change.renamed.map(({ from, to }) => [...named(from), textPart(' → '), ...named(to)]), kind: 'renamed' },
    { names: change.returned.map(named), kind: 'returned' },
    { names: change.visited.map(named), kind: 'visited' }
  ] as const).filter(group => group.names.length > 0)
  const total = groups.reduce((sum, group) => sum + group.names.length, 0)
  const names = joined(groups.map(({ names, kind }) => told(sentence(kind, list(names, words), names.length, words))), words.semicolon)
  return total <= SHORT
    ? { names }
    : { summary: groups.map(({ names, kind }) => words.notes.sums[kind](names.length)).join(words.comma), names }
}

function sentence (kind: keyof NoteWords['sums'], names: readonly Part[], count: number, { notes }: Words): Phrase<readonly Part[]> {
  return kind === 'left' ? notes.left(names, count, 'left') : notes[kind](names, count)
}

function list (names: ReadonlyArray<readonly Part[]>, words: Words): Part[] {
  const others = names.length - MOST
  // «and 1 more» would be no shorter than the name.
  if (others < 2) return joined(names, words.comma)
  return told(words.namesAndMore(joined(names.slice(0, MOST), words.comma), others))
}

function joined (groups: ReadonlyArray<readonly Part[]>, separator: string): Part[] {
  return groups.flatMap((group, n) => n === 0 ? group : [textPart(separator), ...group])
}
