import type { PublishedRoom } from '../../access/can-read.ts'
import { contentOf } from '../../model/content.ts'
import { dayOf } from '../../model/day.ts'
import type { Day } from '../../model/day.ts'
import { defined } from '../../model/defined.ts'
import { streamOf } from '../../model/event.ts'
import type { ArchivedEvent } from '../../model/event.ts'
import { excerpt } from '../../search/excerpt.ts'
import type { Segment } from '../../search/highlight.ts'
import type { Query } from '../../search/query.ts'
import type { Language } from '../../search/stem.ts'
import type { Passage } from '../passages.ts'
import { messagePath, roomPartPath } from '../urls.ts'
import type { Words } from '../language/words.ts'
import { placePath } from './event-path.ts'
import { fileName } from './file-line.ts'
import { gistOf } from './gist.ts'
import { hueOf } from './nick-hue.ts'
import { plainText, shownNick } from './parts.ts'
import type { Part } from './parts.ts'
import { preview } from './preview.ts'
import { sentenceOf } from './sentence.ts'
import { shownBody } from './shown-body.ts'
import { visibleLine, visibleText } from './visible-text.ts'

/** Hits of one day and room; a day stands twice when hits of several rooms alternate in it. */
export interface HitGroup {
  readonly day: Day
  readonly title: string
  readonly room: PublishedRoom
  readonly href: string
  readonly passages: readonly HitPassage[]
}

/** Hits with what was said around them, in the order of the record. */
export interface HitPassage {
  /** To be seen when they are opened. */
  readonly earlier: readonly HitLine[]
  readonly lines: ReadonlyArray<Hit | HitLine>
  readonly later: readonly HitLine[]
}

interface Placed {
  readonly isoTime: string
  readonly clock: string
  /** On the page of the day. */
  readonly href: string
}

/** What was said beside a hit. */
export interface HitLine extends Placed {
  readonly kind: 'line'
  readonly nick: string
  readonly hue: number
  readonly text: string
}

export type Hit = SaidHit | HappenedHit

interface SaidHit extends Placed {
  readonly kind: 'said'
  readonly nick: string
  readonly hue: number
  readonly isSubject: boolean
  readonly permalink: string
  readonly segments: readonly Segment[]
  /** What the segments are hidden behind: the hint, which may be empty. */
  readonly spoiler?: string
}

/** What happened in the room, in a sentence. */
interface HappenedHit extends Placed {
  readonly kind: 'happened'
  readonly parts: readonly Part[]
}

export interface FoundOnDay {
  readonly room: PublishedRoom
  readonly passages: readonly Passage[]
}

const EXCERPT = 480
const LINE = 160
// Beyond this nothing is looked for in a text: a page of very long hits must not hold up the others.
const SEARCHED = 20_000
/** So many lines beside a hit are shown at once. */
const NEAR = 2

export function hitGroup (
  { room, passages }: FoundOnDay, query: Query, words: Words, languages?: readonly Language[]
): HitGroup | undefined {
  const first = passages[0]?.events[0]
  if (first === undefined) return undefined
  const day = dayOf(first.time)
  return {
    day,
    title: words.longDay(day),
    room,
    href: roomPartPath(room.slug, day),
    passages: passages.map(({ events, hits }) => {
      const lines = events.map(event => hits.has(event) ? hitOf(event, room, query, words, languages) : lineOf(event, room, words))
      const from = Math.max(0, events.findIndex(event => hits.has(event)) - NEAR)
      const to = events.findLastIndex(event => hits.has(event)) + NEAR + 1
      return { earlier: lines.slice(0, from).filter(isLine), lines: lines.slice(from, to), later: lines.slice(to).filter(isLine) }
    })
  }
}

function hitOf (event: ArchivedEvent, room: PublishedRoom, query: Query, words: Words, languages?: readonly Language[]): Hit {
  const place = placeOf(event, room)
  if (streamOf(event.kind) === 'presence') return { kind: 'happened', ...place, parts: sentenceOf(event, words) }
  const { spoiler, files = [] } = contentOf(event)
  const body = shownBody(event) ?? ''
  const text = body === '' ? files.map(file => fileName(file, words)).join(words.comma) : body
  return {
    kind: 'said',
    ...place,
    nick: shownNick(event.nick, words),
    hue: hueOf(event.nick),
    isSubject: event.kind === 'subject',
    permalink: messagePath(room.slug, event.uid),
    segments: excerpt(visibleText(text.slice(0, SEARCHED)).trim(), query, EXCERPT, languages),
    ...defined({ spoiler: spoiler === undefined ? undefined : visibleLine(spoiler) })
  }
}

function lineOf (event: ArchivedEvent, room: PublishedRoom, words: Words): HitLine {
  const text = event.kind === 'subject' ? preview(plainText(sentenceOf(event, words)), LINE) : gistOf(event, LINE, words)
  return { kind: 'line', ...placeOf(event, room), nick: shownNick(event.nick, words), hue: hueOf(event.nick), text }
}

function isLine (line: Hit | HitLine): line is HitLine {
  return line.kind === 'line'
}

function placeOf (event: ArchivedEvent, room: PublishedRoom): Placed {
  return { isoTime: `${event.time.slice(0, 19)}Z`, clock: event.time.slice(11, 16), href: placePath(room.slug, event) }
}
