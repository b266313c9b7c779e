import type { PublishedRoom } from '../../access/can-read.ts'
import type { Month } from '../../model/day.ts'
import { dayOf } from '../../model/day.ts'
import { parseDateRange } from '../../search/date-range.ts'
import type { Condition, Query } from '../../search/query.ts'
import { without } from '../../search/without.ts'
import type { SearchWords } from '../language/search-words.ts'
import type { Words } from '../language/words.ts'
import { searchHref } from '../search-request.ts'
import type { Search } from '../search-request.ts'
import { languageName } from './language.ts'
import { namePart, shownNick, textPart, told } from './parts.ts'
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

/** What was understood, in the order typed, the fields of the form behind. */
export function understood (search: Search, query: Query, rooms: readonly PublishedRoom[], now: number, words: Words): Understood[] {
  const { understood: said } = words.search
  const { before: _, ...rest } = search
  const { text, room, person, from, to } = rest
  const dateOf = (date: string): Part => namePart(writtenDate(date, now, words), words)
  const typed = query.conditions.map(condition => {
    const parts = conditionParts(condition.kind, [valueOf(condition, rooms, now, words)], words.search)
    return {
      parts: condition.isNegated ? told(said.not(parts)) : parts,
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
    ...person === undefined ? [] : [field('person', told(said.from([namePart(person, words)])))],
    ...from === undefined ? [] : [field('from', told(said.since([dateOf(from)])))],
    ...to === undefined ? [] : [field('to', told(said.until([dateOf(to)])))],
    ...room === undefined ? [] : [field('room', told(said.in([namePart(room.title, words)])))]
  ]
}

function conditionParts (kind: Condition['kind'], value: readonly Part[], { understood }: SearchWords): readonly Part[] {
  return kind === 'word' || kind === 'is' ? value : told(understood[kind](value))
}

function valueOf ({ kind, value }: Condition, rooms: readonly PublishedRoom[], now: number, words: Words): Part {
  const { things, kinds } = words.search
  switch (kind) {
    case 'from':
    case 'to':
      return { ...namePart(value, words), text: shownNick(value, words) }
    case 'in':
      return namePart(titleOf(value, rooms), words)
    case 'has':
      return textPart(named(things, value))
    case 'is':
      return textPart(named(kinds, value))
    case 'lang':
      return namePart(languageName(value, words.locale) ?? value, words)
    case 'during':
      return textPart(duringText(value, now, words))
    case 'before':
    case 'after':
    case 'on':
      return textPart(writtenDate(value, now, words))
    default:
      return { text: visibleLine(value), isCode: true }
  }
}

function named (names: Readonly<Record<string, string>>, typed: string): string {
  return names[typed.toLowerCase()] ?? typed
}

// Of a room that the reader may not see, nothing but what was typed.
function titleOf (name: string, rooms: readonly PublishedRoom[]): string {
  const wanted = name.replace(/^#(?=.)/, '').normalize('NFKC').toLowerCase()
  const room = rooms.find(({ jid, slug, aliases }) => [jid, jid.slice(0, jid.indexOf('@')), slug, ...aliases].includes(wanted))
  return room?.title ?? name
}

function duringText (date: string, now: number, words: Words): string {
  const range = parseDateRange(date, new Date(now))
  return range?.isAgo === true ? words.search.timeSince(words.plainDay(dayOf(range.after))) : writtenDate(date, now, words)
}

/** A year, month or day as it is named: «2024», «May 2024», «17 May 2024». */
function writtenDate (date: string, now: number, words: Words): string {
  const range = parseDateRange(date, new Date(now))
  if (range === undefined) return visibleLine(date)
  const [start, end] = [dayOf(range.start), dayOf(range.end)]
  if (start === end) return words.plainDay(start)
  return start.slice(0, 7) === end.slice(0, 7) ? words.longMonth(start.slice(0, 7) as Month) : start.slice(0, 4)
}
