import type { PublishedRoom } from '../../access/can-read.ts'
import type { Found } from '../../archive/find.ts'
import { contentOf } from '../../model/content.ts'
import { dayOf } from '../../model/day.ts'
import type { Day } from '../../model/day.ts'
import type { ArchivedEvent } from '../../model/event.ts'
import { excerpt } from '../../search/excerpt.ts'
import type { Segment } from '../../search/highlight.ts'
import type { Language } from '../../search/stem.ts'
import { anchorPath, messagePath, roomPartPath } from '../urls.ts'
import { longDay } from './dates.ts'
import { fileName } from './file-line.ts'
import { hueOf } from './nick-hue.ts'
import { shownNick } from './parts.ts'
import { shownBody } from './shown-body.ts'
import { visibleLine, visibleText } from './visible-text.ts'

/** Hits of one day and room; a day stands twice when hits of several rooms alternate in it. */
export interface HitGroup {
  readonly day: Day
  readonly title: string
  readonly room: PublishedRoom
  readonly href: string
  readonly hits: readonly Hit[]
}

export interface Hit {
  readonly nick: string
  readonly hue: number
  readonly isSubject: boolean
  readonly isoTime: string
  readonly clock: string
  /** On the page of the day. */
  readonly href: string
  readonly permalink: string
  readonly segments: readonly Segment[]
  /** What the segments are hidden behind: the hint, which may be empty. */
  readonly spoiler?: string
}

const EXCERPT = 480
// Beyond this nothing is looked for in a text: a page of very long hits must not hold up the others.
const SEARCHED = 20_000

export function hitGroups ({ query, hits }: Pick<Found<PublishedRoom>, 'query' | 'hits'>, languages?: readonly Language[]): HitGroup[] {
  const groups: Array<HitGroup & { hits: Hit[] }> = []
  for (const { event, room } of hits) {
    if (!isShownHit(event)) continue
    const day = dayOf(event.time)
    let group = groups.at(-1)
    if (group === undefined || group.day !== day || group.room.slug !== room.slug) {
      group = { day, title: longDay(day), room, href: roomPartPath(room.slug, day), hits: [] }
      groups.push(group)
    }
    const { spoiler, files = [] } = contentOf(event)
    const body = shownBody(event) ?? ''
    group.hits.push({
      nick: shownNick(event.nick),
      hue: hueOf(event.nick),
      isSubject: event.kind === 'subject',
      isoTime: `${event.time.slice(0, 19)}Z`,
      clock: event.time.slice(11, 16),
      href: anchorPath(room.slug, event),
      permalink: messagePath(room.slug, event.uid),
      segments: excerpt(visibleText((body === '' ? files.map(file => fileName(file)).join(', ') : body).slice(0, SEARCHED)).trim(), query, EXCERPT, languages),
      ...(spoiler === undefined ? {} : { spoiler: visibleLine(spoiler) })
    })
  }
  return groups
}

/**
 * Whether a hit is to be shown as the record has it now: it may have been removed or become part of another message since it
 * was indexed; or be the text beside an encrypted one, indexed before that was known.
 */
export function isShownHit (event: ArchivedEvent): boolean {
  return event.removed === undefined && event.appliesTo === undefined && contentOf(event).encrypted === undefined
}
