import type { Hat } from '../../model/content.ts'
import type { ArchivedEvent, Removal } from '../../model/event.ts'
import type { Phrase } from '../language/phrase.ts'
import type { Leaving, Words } from '../language/words.ts'
import { crowdLine, CROWD_SHOWN } from './crowd.ts'
import { lineParts, namePart, textPart, told } from './parts.ts'
import type { Part } from './parts.ts'
import { shownReaction } from './reaction-line.ts'
import { shownBody } from './shown-body.ts'

const MOST_HATS = 5

/** An event that is not a message, told in a sentence. Of a crowd so many are named, and the others counted. */
export function sentenceOf (event: ArchivedEvent, words: Words, mostNames = CROWD_SHOWN): Part[] {
  const { notes } = words
  const { crowd, reason } = event
  const who = [namePart(event.nick, words)]
  const by = named(event.actor, words)
  const done = (sentence: Phrase<readonly Part[]>): Part[] => because(told(sentence), reason, words)
  type Movement = (who: readonly Part[], count: number) => Phrase<readonly Part[]>
  const moved = (how: Movement, one: readonly Part[] = who): Part[] => crowd === undefined
    ? told(how(one, 1))
    : crowdLine(crowd, told(how([textPart(words.people(crowd.length))], crowd.length)), words, mostNames)
  switch (event.kind) {
    case 'message': return event.reactions === undefined ? who : told(reacted(who, event.reactions, words))
    case 'subject': {
      const subject = shownBody(event) ?? ''
      return told(subject === '' ? notes.clearedSubject(who) : notes.subject(who, lineParts(subject)))
    }
    case 'join': return moved((who, count) => notes.joined(who, count), [...who, ...wearing(event.hats, words)])
    case 'leave': return [...moved((who, count) => notes.left(who, count, leaving(event.status))), ...inBrackets(reason)]
    case 'nick': return told(notes.knownAs(who, [namePart(event.newNick ?? '', words)]))
    case 'kick': return done(notes.kicked(who, by))
    case 'ban': return done(notes.banned(who, by))
    case 'role': return done(notes.role(who, word(event.role), by))
    case 'affiliation': return done(notes.affiliation(who, word(event.affiliation), by))
    case 'configuration': return [textPart(configurationText(event.status, words))]
    case 'destroy': return [
      ...done([notes.destroyed]),
      ...event.alternate === undefined ? [] : told(notes.movedTo([namePart(event.alternate, words)]))
    ]
  }
}

/** «Removed by a moderator: spam» */
export function removalParts ({ by, reason }: Pick<Removal, 'by' | 'reason'>, words: Words): Part[] {
  return because([textPart(words.notes.removed(by))], reason, words)
}

/** «3 messages removed by a moderator: spam» */
export function removalsParts (count: number, { by, reason }: Pick<Removal, 'by' | 'reason'>, words: Words): Part[] {
  return because([textPart(words.notes.manyRemoved(count, by))], reason, words)
}

function reacted (who: readonly Part[], reactions: readonly string[], { notes }: Words): Phrase<readonly Part[]> {
  const shown = reactions.slice(0, 20).map(shownReaction).join(' ')
  return shown === '' ? notes.tookBack(who) : notes.reacted(who, shown)
}

// XEP-0317
function wearing (hats: readonly Hat[] = [], words: Words): Part[] {
  const titles = hats.slice(0, MOST_HATS).flatMap(({ title }, n): Part[] =>
    n === 0 ? [namePart(title, words)] : [textPart(words.comma), namePart(title, words)])
  return titles.length === 0 ? [] : [textPart(' ('), ...titles, textPart(')')]
}

// XEP-0045 §15.6.1
function leaving (status: readonly number[] = []): Leaving {
  if (status.includes(332)) return 'shutdown'
  if (status.includes(322)) return 'members-only'
  if (status.includes(321)) return 'membership'
  if (status.includes(333)) return 'lost'
  return 'left'
}

const CONFIGURATION = [170, 171, 172, 173] as const

function configurationText (status: readonly number[] = [], words: Words): string {
  const { notes } = words
  const texts = status.flatMap(code => CONFIGURATION.filter(known => known === code).map(known => notes.configuration[known]))
  return texts.length === 0 ? notes.reconfigured : texts.join(words.semicolon)
}

function named (actor: string | undefined, words: Words): Part[] | undefined {
  return actor === undefined || actor === '' ? undefined : [namePart(actor, words)]
}

function because (sentence: readonly Part[], reason: string | undefined, words: Words): Part[] {
  return reason === undefined || reason.trim() === '' ? [...sentence] : told(words.labelled(sentence, lineParts(reason)))
}

function inBrackets (reason: string | undefined): Part[] {
  return reason === undefined || reason.trim() === '' ? [] : [textPart(' ('), ...lineParts(reason), textPart(')')]
}

function word (value: string | undefined): string {
  return value !== undefined && /^[a-z]+$/.test(value) ? value : 'none'
}
