import type { ArchivedEvent } from '../../model/event.ts'
import { plainText } from './parts.ts'
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
  const text = plainText(row.parts).replaceAll('\n', `\n${INDENT}`)
  const said = row.kind === 'note' ? `*** ${text}` : row.isAction ? `* ${row.nick} ${text}` : `<${row.nick}> ${text}`
  return [`[${row.time.slice(11, 19)}] ${said}\n`]
}
