import type { Hat } from '../../model/content.ts'
import type { ArchivedEvent, Removal } from '../../model/event.ts'
import { crowdLine, CROWD_SHOWN } from './crowd.ts'
import { counted } from './dates.ts'
import { lineParts, namePart, textPart } from './parts.ts'
import type { Part } from './parts.ts'
import { shownReaction } from './reaction-line.ts'
import { shownBody } from './shown-body.ts'

const MOST_HATS = 5

/** An event that is not a message, told in a sentence. Of a crowd so many are named, and the others counted. */
export function sentenceOf (event: ArchivedEvent, mostNames = CROWD_SHOWN): Part[] {
  const who = namePart(event.nick)
  switch (event.kind) {
    case 'message': return event.reactions === undefined ? [who] : [who, textPart(reactionText(event.reactions))]
    case 'subject': return (shownBody(event) ?? '') === ''
      ? [who, textPart(' cleared the subject')]
      : [who, textPart(' set the subject: '), ...lineParts(shownBody(event) ?? '')]
    case 'join': return event.crowd === undefined ? [who, ...wearing(event.hats), textPart(' joined')] : crowdLine(event.crowd, ' joined', mostNames)
    case 'leave': return [
      ...event.crowd === undefined ? [who, textPart(leaveText(event.status))] : crowdLine(event.crowd, leaveText(event.status), mostNames),
      ...inBrackets(event.reason)
    ]
    case 'nick': return [who, textPart(' is now known as '), namePart(event.newNick ?? '')]
    case 'kick': return [who, textPart(' was kicked'), ...by(event.actor), ...because(event.reason)]
    case 'ban': return [who, textPart(' was banned'), ...by(event.actor), ...because(event.reason)]
    case 'role': return [who, textPart(` now has the role ${word(event.role)}`), ...setBy(event.actor), ...because(event.reason)]
    case 'affiliation':
      return [who, textPart(` now has the affiliation ${word(event.affiliation)}`), ...setBy(event.actor), ...because(event.reason)]
    case 'configuration': return [textPart(configurationText(event.status))]
    case 'destroy':
      return [textPart('The room was closed down'), ...because(event.reason), ...event.alternate === undefined ? [] : movedTo(event.alternate)]
  }
}

/** «Removed by a moderator: spam» */
export function removalParts ({ by, reason }: Pick<Removal, 'by' | 'reason'>): Part[] {
  return [textPart(removalText(by)), ...because(reason)]
}

/** «3 messages removed by a moderator: spam» */
export function removalsParts (count: number, { by, reason }: Pick<Removal, 'by' | 'reason'>): Part[] {
  const how = by === 'author' ? 'removed by their authors' : removalText(by).replace('R', 'r')
  return [textPart(`${counted(count, 'message')} ${how}`), ...because(reason)]
}

function removalText (by: Removal['by']): string {
  switch (by) {
    case 'author': return 'Removed by its author'
    case 'moderator': return 'Removed by a moderator'
    case 'administrator': return 'Removed by the administrators of this archive'
    case 'retention': return 'Removed after the time this room keeps its record'
  }
}

function reactionText (reactions: readonly string[]): string {
  const shown = reactions.slice(0, 20).map(shownReaction).join(' ')
  return shown === '' ? ' took a reaction back' : ` reacted with ${shown}`
}

// XEP-0317
function wearing (hats: readonly Hat[] = []): Part[] {
  const titles = hats.slice(0, MOST_HATS).flatMap(({ title }, n) => n === 0 ? [namePart(title)] : [textPart(', '), namePart(title)])
  return titles.length === 0 ? [] : [textPart(' ('), ...titles, textPart(')')]
}

// XEP-0045 §15.6.1
function leaveText (status: readonly number[] = []): string {
  if (status.includes(332)) return ' left as the service went down'
  if (status.includes(322)) return ' had to leave as the room is for members only now'
  if (status.includes(321)) return ' had to leave with the loss of membership'
  if (status.includes(333)) return ' lost the connection'
  return ' left'
}

const CONFIGURATION = new Map([
  [170, 'The room is logged from now on'],
  [171, 'The room is not logged any more'],
  [172, 'The room shows real addresses to everyone from now on'],
  [173, 'The room shows real addresses to moderators only from now on']
])

function configurationText (status: readonly number[] = []): string {
  const texts = status.flatMap(code => CONFIGURATION.get(code) ?? [])
  return texts.length === 0 ? 'The configuration of the room was changed' : texts.join('; ')
}

function by (actor: string | undefined): Part[] {
  return actor === undefined || actor === '' ? [] : [textPart(' by '), namePart(actor)]
}

function setBy (actor: string | undefined): Part[] {
  return actor === undefined || actor === '' ? [] : [textPart(', set by '), namePart(actor)]
}

function because (reason: string | undefined): Part[] {
  return reason === undefined || reason.trim() === '' ? [] : [textPart(': '), ...lineParts(reason)]
}

function inBrackets (reason: string | undefined): Part[] {
  return reason === undefined || reason.trim() === '' ? [] : [textPart(' ('), ...lineParts(reason), textPart(')')]
}

function movedTo (alternate: string): Part[] {
  return [textPart('; it goes on in '), namePart(alternate)]
}

function word (value: string | undefined): string {
  return value !== undefined && /^[a-z]+$/.test(value) ? value : 'none'
}
