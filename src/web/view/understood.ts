import type { PublishedRoom } from '../../access/can-read.ts'
import type { Month } from '../../model/day.ts'
import { dayOf } from '../../model/day.ts'
import { parseDateRange } from '../../search/date-range.ts'
import type { Condition, Query } from '../../search/query.ts'
import { without } from '../../search/without.ts'
import { english } from '../language/en.ts'
import { searchHref } from '../search-request.ts'
import type { Search } from '../search-request.ts'
import { longMonth, plainDay } from './dates.ts'
import { languageName } from './language.ts'
import { namePart, shownNick, textPart } from './parts.ts'
import type { Part } from './parts.ts'
import { visibleLine } from './visible-text.ts'

/** A part of what a search asks for, as it was understood. */
export interface Understood {
  readonly parts: readonly Part[]
  /** It, or what stands before it. */
  readonly isAlternative: boolean
  /** The same search without it. */
  readonly href: string
}

type Words = (value: Part) => Part[]

const QUERY_WORDS: Readonly<Record<Condition['kind'], Words>> = {
  word: value => [value],
  prefix: value => [textPart('words that begin with '), value],
  phrase: value => [textPart('“'), value, textPart('”')],
  from: value => [textPart('from '), value],
  to: value => [textPart('to '), value],
  in: value => [textPart('in '), value],
  before: value => [textPart('before '), value],
  after: value => [textPart('after '), value],
  on: value => [textPart('on '), value],
  during: value => [textPart('in '), value],
  has: value => [textPart('with '), value],
  is: value => [value],
  lang: value => [textPart('in '), value]
}

const THINGS: Readonly<Record<string, string>> = {
  link: 'a link', image: 'an image', video: 'a video', audio: 'a sound', file: 'a file', reaction: 'a reaction', mention: 'a mention', spoiler: 'a spoiler', reply: 'a reply'
}

const KINDS: Readonly<Record<string, string>> = {
  reply: 'replies',
  action: 'actions (/me)',
  edited: 'edited messages',
  message: 'messages',
  subject: 'changes of the subject',
  join: 'joins',
  leave: 'leaves',
  nick: 'changes of nick',
  kick: 'kicks',
  ban: 'bans',
  role: 'changes of role',
  affiliation: 'changes of affiliation',
  configuration: 'changes of the configuration',
  destroy: 'ends of the room'
}

/** What a kind of events is called: «kicks». */
export function kindName (kind: string): string {
  return KINDS[kind] ?? kind
}

/** What was understood, in the order typed, the fields of the form behind. */
export function understood (search: Search, query: Query, rooms: readonly PublishedRoom[], now: number): Understood[] {
  const { before: _, ...rest } = search
  const { text, room, person, from, to } = rest
  const dateOf = (date: string): Part => namePart(writtenDate(date, now))
  const typed = query.conditions.map(condition => {
    const words = QUERY_WORDS[condition.kind](valueOf(condition, rooms, now))
    return {
      parts: condition.isNegated ? [textPart('not '), ...words] : words,
      isAlternative: condition.isAlternative,
      href: searchHref('/search', { ...rest, text: without(text, query.conditions, other => other === condition) })
    }
  })
  const field = (name: 'room' | 'person' | 'from' | 'to', parts: Part[]): Understood => {
    const { [name]: _, ...kept } = rest
    return { parts, isAlternative: false, href: searchHref('/search', kept) }
  }
  return [
    ...typed,
    ...person === undefined ? [] : [field('person', [textPart('from '), namePart(person)])],
    ...from === undefined ? [] : [field('from', [textPart('since '), dateOf(from)])],
    ...to === undefined ? [] : [field('to', [textPart('until '), dateOf(to)])],
    ...room === undefined ? [] : [field('room', [textPart('in '), namePart(room.title)])]
  ]
}

function valueOf ({ kind, value }: Condition, rooms: readonly PublishedRoom[], now: number): Part {
  switch (kind) {
    case 'from':
    case 'to':
      return { ...namePart(value), text: shownNick(value) }
    case 'in':
      return namePart(titleOf(value, rooms))
    case 'has':
      return textPart(THINGS[value.toLowerCase()] ?? value)
    case 'is':
      return textPart(kindName(value.toLowerCase()))
    case 'lang':
      return namePart(languageName(value, english.locale) ?? value)
    case 'during':
      return textPart(duringText(value, now))
    case 'before':
    case 'after':
    case 'on':
      return textPart(writtenDate(value, now))
    default:
      return { text: visibleLine(value), isCode: true }
  }
}

// Of a room that the reader may not see, nothing but what was typed.
function titleOf (name: string, rooms: readonly PublishedRoom[]): string {
  const wanted = name.replace(/^#(?=.)/, '').normalize('NFKC').toLowerCase()
  const room = rooms.find(({ jid, slug, aliases }) => [jid, jid.slice(0, jid.indexOf('@')), slug, ...aliases].includes(wanted))
  return room?.title ?? name
}

function duringText (date: string, now: number): string {
  const range = parseDateRange(date, new Date(now))
  return range?.isAgo === true ? `the time since ${plainDay(dayOf(range.after))}` : writtenDate(date, now)
}

/** A year, month or day as it is named: «2024», «May 2024», «17 May 2024». */
function writtenDate (date: string, now: number): string {
  const range = parseDateRange(date, new Date(now))
  if (range === undefined) return visibleLine(date)
  const [start, end] = [dayOf(range.start), dayOf(range.end)]
  if (start === end) return plainDay(start)
  return start.slice(0, 7) === end.slice(0, 7) ? longMonth(start.slice(0, 7) as Month) : start.slice(0, 4)
}
