import type { FastifyInstance } from 'fastify'
import { isListed } from '../../access/can-read.ts'
import type { PublishedRoom } from '../../access/can-read.ts'
import { dayOf } from '../../model/day.ts'
import type { Day } from '../../model/day.ts'
import type { ArchivedEvent, Uid } from '../../model/event.ts'
import { sendPage, sendText } from '../answer.ts'
import { roomHeaders } from '../caching.ts'
import { excerptOf, MOST_SHOWN } from '../excerpt.ts'
import { english } from '../language/en.ts'
import type { ExcerptPlace } from '../language/figures-words.ts'
import type { Phrase } from '../language/phrase.ts'
import { HTTP_READER, withRoom } from '../room-handler.ts'
import type { RoomRoute } from '../room-handler.ts'
import type { Site } from '../site.ts'
import { absolute, anchorPath, roomPartPath, withQuery } from '../urls.ts'
import { speakersOf, timeRange } from '../view/excerpt-title.ts'
import type { TextPart } from '../view/linkify.ts'
import { plainLines } from '../view/plain-lines.ts'
import { rowsOf } from '../view/rows.ts'
import { isGap, timelineOf } from '../view/timeline.ts'
import type { Happening } from '../view/timeline.ts'
import { visibleLine } from '../view/visible-text.ts'
import { utcClock } from '../view/zone-clock.ts'

interface ExcerptRoute extends RoomRoute {
  Querystring: { from: Uid, to?: Uid }
}

const schema = {
  querystring: {
    type: 'object',
    required: ['from'],
    properties: { from: { type: 'string', minLength: 1, maxLength: 3072 }, to: { type: 'string', minLength: 1, maxLength: 3072 } }
  }
}

/** What was said from one message to another, to be quoted: as a page and as text. Either end may be named first. */
export function excerptRoutes (app: FastifyInstance, site: Site): void {
  const { directory, info, words } = site

  app.get<ExcerptRoute>('/r/:slug/excerpt', { schema }, withRoom<ExcerptRoute>(directory, async (room, request, reply) => {
    const { from, to = from } = request.query
    const { first, last, events, holes, around, isCut } = await excerptOf(site, room, from, to)
    const end = isCut ? events.at(-1) ?? first : last
    const day = dayOf(first.time)
    const range = timeRange(first.time, end.time, words)
    const people = speakersOf(events, words)
    const text = textPath(room, first, last)
    let shown = day
    roomHeaders(reply, room, { freshness: 'settled', isCanonical: false })
    return sendPage(reply, 'excerpt', {
      head: {
        title: `${people === '' ? range : words.labelled(range, people).join('')} – ${room.title}`,
        description: words.excerpt.description(room.title, range),
        room,
        canonical: absolute(info.url, roomPartPath(room.slug, day)),
        alternates: [{ type: 'text/plain', href: text, name: words.day.plainText }]
      },
      room,
      day,
      range,
      people,
      firstHref: anchorPath(room.slug, first),
      textHref: text,
      address: absolute(info.url, excerptPath(room, first, last)),
      rows: rowsOf(timelineOf(events, holes), { presence: 'none', zone: utcClock, day, around, words }).map(row => {
        // What is missing may have begun long before.
        if (row.kind === 'gap') return { row }
        const otherDay = nextDay(shown, row.time)
        shown = otherDay ?? shown
        return { row, href: anchorPath(room.slug, row), otherDay }
      }),
      cut: isCut ? cutText(room, end, last) : undefined
    })
  }))

  app.get<ExcerptRoute>('/r/:slug/excerpt.txt', { schema }, withRoom<ExcerptRoute>(directory, async (room, request, reply) => {
    const { from, to = from } = request.query
    const { first, last, events, holes, around, isCut } = await excerptOf(site, room, from, to)
    const end = isCut ? events.at(-1) ?? first : last
    const address = absolute(info.url, excerptPath(room, first, last))
    const days = byDay(timelineOf(events, holes), dayOf(first.time))
    roomHeaders(reply, room, { freshness: 'settled', isCanonical: false })
    reply.header('link', `<${absolute(info.url, roomPartPath(room.slug, dayOf(first.time)))}>; rel="canonical"`)
    if (isListed(room, HTTP_READER)) reply.header('access-control-allow-origin', '*')
    return sendText(reply, [
      `${visibleLine(room.title)}, ${timeRange(first.time, end.time, english)}\n${address}\n`,
      ...days.map(([day, timeline], n) => `\n${n === 0 ? '' : `-- ${english.plainDay(day)} --\n`}${plainLines(timeline, day, around)}`),
      ...(isCut ? [`\n-- cut after ${MOST_SHOWN} messages; it goes on at ${absolute(info.url, anchorPath(room.slug, end))} --\n`] : [])
    ].join(''))
  }))

  /** Where it goes on, and where it ends if that is on another day. */
  function cutText (room: PublishedRoom, end: ArchivedEvent, last: ArchivedEvent): Phrase<TextPart> {
    const place = (event: ArchivedEvent): ExcerptPlace<TextPart> => ({
      day: words.plainDay(dayOf(event.time)),
      link: text => ({ text, href: anchorPath(room.slug, event) })
    })
    return words.excerpt.cut(MOST_SHOWN, place(end), dayOf(end.time) === dayOf(last.time) ? undefined : place(last))
  }
}

/** In the order of the record, whichever end was named first. */
function excerptPath (room: PublishedRoom, first: ArchivedEvent, last: ArchivedEvent): string {
  return withQuery(roomPartPath(room.slug, 'excerpt'), { from: first.uid, to: last.uid })
}

function textPath (room: PublishedRoom, first: ArchivedEvent, last: ArchivedEvent): string {
  return withQuery(roomPartPath(room.slug, 'excerpt.txt'), { from: first.uid, to: last.uid })
}

function nextDay (shown: Day, time: ArchivedEvent['time']): Day | undefined {
  const day = dayOf(time)
  return day > shown ? day : undefined
}

/** What is missing since an earlier day stands where the excerpt begins. */
function byDay (timeline: readonly Happening[], first: Day): Array<[Day, Happening[]]> {
  const days = new Map<Day, Happening[]>([[first, []]])
  for (const happening of timeline) {
    const day = dayOf(isGap(happening) ? happening.from : happening.time)
    const key = day < first ? first : day
    const lines = days.get(key)
    if (lines === undefined) days.set(key, [happening])
    else lines.push(happening)
  }
  return [...days]
}
