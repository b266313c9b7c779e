import type { ArchivedEvent } from '../../model/event.ts'
import { plainText } from './parts.ts'
import { visibleText } from './visible-text.ts'
import { rowOf } from './rows.ts'
import { utcClock } from './zone-clock.ts'

/**
 * Events as text: `[07:14:09] <nick> body`, `[07:14:09] * nick waves`, `[07:14:09] *** nick joined`. Further lines of a
 * body are indented, so that no message can pretend to be another.
 */
export function plainLines (events: readonly ArchivedEvent[]): string {
  return events.flatMap(lineOf).join('')
}

const INDENT = ' '.repeat('[07:14:09] '.length)

function lineOf (event: ArchivedEvent): string[] {
  const row = rowOf(event, utcClock)
  if (row === undefined) return []
  const said = row.kind === 'note' ? `*** ${plainText(row.parts)}` : row.isAction ? `* ${row.nick} ${bodyOf(event).slice(4)}` : `<${row.nick}> ${bodyOf(event)}`
  return [`[${row.time.slice(11, 19)}] ${said.replaceAll('\n', `\n${INDENT}`)}\n`]
}

// As it was typed, fences of code included.
function bodyOf (event: ArchivedEvent): string {
  return visibleText(event.body ?? '').trimEnd()
}
