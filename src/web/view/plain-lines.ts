import type { Day } from '../../model/day.ts'
import type { ArchivedEvent } from '../../model/event.ts'
import { gapLine } from './gap-text.ts'
import { plainText } from './parts.ts'
import { visibleText } from './visible-text.ts'
import { rowOf } from './rows.ts'
import type { MessageRow, NoteRow } from './rows.ts'
import { sentenceOf } from './sentence.ts'
import { shownBody } from './shown-body.ts'
import { isGap } from './timeline.ts'
import type { Happening } from './timeline.ts'
import { utcClock } from './zone-clock.ts'

/**
 * A day as text: `[07:14:09] <nick> body`, `[07:14:09] * nick waves`, `[07:14:09] *** nick joined`, `-- not recorded
 * from 07:14:09 to … --`. Further lines of a body are indented, so that no message can pretend to be another.
 */
export function plainLines (timeline: readonly Happening[], day: Day): string {
  return timeline.flatMap(happening => isGap(happening) ? `-- ${gapLine(happening, day, utcClock)} --\n` : lineOf(happening)).join('')
}

const INDENT = ' '.repeat('[07:14:09] '.length)

function lineOf (event: ArchivedEvent): string[] {
  const row = rowOf(event, utcClock)
  if (row === undefined) return []
  return [`[${row.time.slice(11, 19)}] ${saidIn(row, event).replaceAll('\n', `\n${INDENT}`)}\n`]
}

function saidIn (row: MessageRow | NoteRow, event: ArchivedEvent): string {
  if (row.kind === 'note') return `*** ${plainText(event.crowd === undefined ? row.parts : sentenceOf(event, Infinity))}`
  if (row.isEncrypted) return `*** ${row.nick} sent an encrypted message`
  return row.isAction ? `* ${row.nick} ${bodyOf(event).slice(4)}` : `<${row.nick}> ${bodyOf(event)}`
}

// As it was typed, fences of code included.
function bodyOf (event: ArchivedEvent): string {
  return visibleText(shownBody(event) ?? '').trimEnd()
}
