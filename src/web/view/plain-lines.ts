import { contentOf } from '../../model/content.ts'
import type { Day } from '../../model/day.ts'
import type { ArchivedEvent } from '../../model/event.ts'
import { isFileAddress } from '../../model/fallback.ts'
import { english } from '../language/en.ts'
import { gapLine } from './gap-text.ts'
import { languageName } from './language.ts'
import { plainText } from './parts.ts'
import { rowOf } from './rows.ts'
import type { EventRow, MessageRow } from './rows.ts'
import { sentenceOf } from './sentence.ts'
import { shownBody } from './shown-body.ts'
import type { Surroundings } from './surroundings.ts'
import { isGap } from './timeline.ts'
import type { Happening } from './timeline.ts'
import { visibleLine, visibleText } from './visible-text.ts'
import { utcClock } from './zone-clock.ts'

/**
 * A day as text: `[07:14:09] <nick> body`, `[07:14:09] * nick waves`, `[07:14:09] *** nick joined`, `-- not recorded
 * from 07:14:09 to … --`. Further lines of a body are indented, so that no message can pretend to be another. What else there
 * is to a message stands below it behind `---`, where no line of a body begins. It is English on every site: programs read it.
 */
export function plainLines (timeline: readonly Happening[], day: Day, around: Surroundings): string {
  return timeline.flatMap(happening => isGap(happening) ? `-- ${uncapital(gapLine(happening, day, utcClock, english))} --\n` : linesOf(happening, around)).join('')
}

function uncapital (text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}

const INDENT = ' '.repeat('[07:14:09] '.length)
const MORE = '       --- '

function linesOf (event: ArchivedEvent, around: Surroundings): string[] {
  const row = rowOf(event, { zone: utcClock, around, words: english })
  if (row === undefined) return []
  const said = `[${row.time.slice(11, 19)}] ${saidIn(row, event).replaceAll('\n', `\n${INDENT}`)}\n`
  return row.kind === 'message' ? [said, ...moreOf(row, event).map(line => `${MORE}${line}\n`)] : [said]
}

function saidIn (row: EventRow, event: ArchivedEvent): string {
  if (row.kind !== 'message') return `*** ${plainText(event.crowd === undefined || row.kind === 'removed' ? row.parts : sentenceOf(event, english, Infinity))}`
  if (row.isEncrypted) return `*** ${row.nick} sent an encrypted message`
  // As it was typed, fences of code included.
  const body = isFileAddress(contentOf(event)) ? '' : visibleText(shownBody(event) ?? '').trimEnd()
  return row.isAction ? `* ${row.nick} ${body.slice(4)}` : `<${row.nick}>${body === '' ? '' : ` ${body}`}`
}

function moreOf ({ reply, spoiler, files = [], edited, reactions }: MessageRow, event: ArchivedEvent): string[] {
  const { bodies = {}, encrypted } = contentOf(event)
  const { reactions: kinds = [], more = 0 } = reactions ?? {}
  return [
    ...(reply === undefined ? [] : [`answers ${reply.nick === undefined ? '' : `${reply.nick}: `}${reply.text}`]),
    ...(spoiler === undefined ? [] : [`a spoiler${spoiler === '' ? '' : `: ${spoiler}`}`]),
    ...files.map(({ name, facts, href = '' }) => [`file: ${name}`, facts, href].filter(part => part !== '').join(' · ')),
    ...(encrypted === undefined ? Object.entries(bodies).map(([tag, body]) => `${english.message.inLanguage(languageName(tag, english.locale))}: ${visibleLine(body)}`) : []),
    ...(edited === undefined ? [] : [`edited on ${edited.when}`]),
    ...(kinds.length === 0 ? [] : [`reactions: ${kinds.map(({ reaction, count }) => `${reaction} ${count}`).join(', ')}${more > 0 ? ` +${more}` : ''}`])
  ]
}
