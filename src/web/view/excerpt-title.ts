import { contentOf } from '../../model/content.ts'
import type { ArchiveTime } from '../../model/archive-time.ts'
import { dayOf } from '../../model/day.ts'
import type { ArchivedEvent } from '../../model/event.ts'
import type { Words } from '../language/words.ts'
import { shownNick } from './parts.ts'

const MOST_NAMED = 3

/** «20 November 2026, 07:14–07:22 UTC», with both dates where they differ. */
export function timeRange (from: ArchiveTime, to: ArchiveTime, { plainDay }: Pick<Words, 'plainDay'>): string {
  const [first, last] = [dayOf(from), dayOf(to)]
  const [begin, end] = [from.slice(11, 16), to.slice(11, 16)]
  if (first !== last) return `${plainDay(first)}, ${begin} – ${plainDay(last)}, ${end} UTC`
  return `${plainDay(first)}, ${begin === end ? begin : `${begin}–${end}`} UTC`
}

/** Those who say something there, in the order in which they begin: «alice, bob, carol and 2 others». Nobody: empty. */
export function speakersOf (events: readonly ArchivedEvent[], words: Words): string {
  const names = [...new Set(events.filter(isSaid).map(({ nick }) => shownNick(nick, words)))]
  const others = names.length - MOST_NAMED
  // «and 1 other» would be no shorter than the name.
  return new Intl.ListFormat(words.locale).format(others > 1 ? [...names.slice(0, MOST_NAMED), words.others(others)] : names)
}

function isSaid (event: ArchivedEvent): boolean {
  const { body, files, encrypted } = contentOf(event)
  return event.kind === 'message' && event.removed === undefined && (body ?? files ?? encrypted) !== undefined
}
