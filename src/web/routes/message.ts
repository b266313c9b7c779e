import type { FastifyInstance } from 'fastify'
import { dayOf } from '../../model/day.ts'
import type { Day } from '../../model/day.ts'
import { HansardError } from '../../model/errors.ts'
import { streamOf } from '../../model/event.ts'
import { sendPage } from '../answer.ts'
import { neverCached, noIndex, roomHeaders } from '../caching.ts'
import { holesBetween } from '../holes.ts'
import { withRoom } from '../room-handler.ts'
import type { RoomRoute } from '../room-handler.ts'
import type { Site } from '../site.ts'
import { surroundingsOf } from '../surroundings.ts'
import { talkBeside } from '../talk-around.ts'
import { absolute, anchorPath, messagePath, roomPartPath } from '../urls.ts'
import { earlierVersions } from '../versions.ts'
import { gistOf } from '../view/gist.ts'
import { plainText, shownNick } from '../view/parts.ts'
import { preview } from '../view/preview.ts'
import { rowOf, rowsOf } from '../view/rows.ts'
import { removalParts } from '../view/sentence.ts'
import { timelineOf } from '../view/timeline.ts'
import { utcClock } from '../view/zone-clock.ts'

interface MessageRoute extends RoomRoute {
  Params: { slug: string, uid: string }
}

const AROUND = 10
/** So many characters go into link previews. */
const SAID = 200

/** One message as it stands, with what was said before and after it; and where the room shows that, with what it said before. */
export function messageRoute (app: FastifyInstance, { store, directory, info, words }: Site): void {
  app.get<MessageRoute>('/r/:slug/m/:uid', withRoom<MessageRoute>(directory, async (room, request, reply) => {
    const { uid } = request.params
    const event = await store.get(room.jid, uid)
    if (event === undefined || streamOf(event.kind) !== 'talk') {
      throw new HansardError('ERR_ITEM_NOT_FOUND', 'Cannot show a message: the room has none with this id')
    }
    if (event.appliesTo !== undefined && event.removed === undefined) {
      // It is part of that message for as long as nothing else becomes known.
      neverCached(reply)
      noIndex(reply)
      return reply.redirect(messagePath(room.slug, event.appliesTo), 302)
    }
    const day = dayOf(event.time)
    const when = words.message.sentAt(day, event.time.slice(11, 16))
    const common = { room, day, when, dayHref: anchorPath(room.slug, event) }

    if (event.removed !== undefined) {
      neverCached(reply)
      noIndex(reply)
      return sendPage(reply.code(410), 'removed', { head: { title: words.message.removedTitle, room }, ...common, parts: removalParts(event.removed, words) })
    }

    const [before, after, versions] = await Promise.all([
      talkBeside(store, room.jid, uid, 'before', AROUND),
      talkBeside(store, room.jid, uid, 'after', AROUND),
      room.showsEdits === true ? earlierVersions(store, event) : []
    ])
    const events = [...before.events, event, ...after.events]
    const [from, to] = [events[0]?.time ?? event.time, after.isComplete ? undefined : events.at(-1)?.time]
    const [holes, around] = await Promise.all([
      holesBetween(store, room.jid, from, to),
      surroundingsOf(store, room, [...events, ...versions])
    ])
    const view = { presence: 'none', zone: utcClock, day, around, words } as const
    const row = rowOf(event, view)
    const speaker = event.kind === 'subject' ? words.message.subject : shownNick(event.nick, words)
    const otherDay = (of: Day): string | undefined => of === day ? undefined : words.plainDay(of)
    roomHeaders(reply, room, { freshness: 'settled', isCanonical: false })
    return sendPage(reply, 'message', {
      head: {
        title: words.message.title(speaker, room.title, when),
        description: row?.kind === 'note' ? preview(plainText(row.parts), SAID) : gistOf(event, SAID, words),
        room,
        canonical: absolute(info.url, roomPartPath(room.slug, day)),
        openGraph: { type: 'article', url: absolute(info.url, messagePath(room.slug, uid)), publishedTime: `${event.time.slice(0, 19)}Z` }
      },
      ...common,
      speaker,
      permalink: absolute(info.url, messagePath(room.slug, uid)),
      isoTime: `${event.time.slice(0, 19)}Z`,
      rows: rowsOf(timelineOf(events, holes), view).map(row => ({
        row,
        isIt: row.kind !== 'gap' && row.time === event.time,
        href: row.kind === 'gap' ? undefined : anchorPath(room.slug, row),
        otherDay: otherDay(dayOf(row.time))
      })),
      versions: versions.flatMap(version => rowOf(version, view) ?? []).map(row => ({ row, otherDay: otherDay(dayOf(row.time)) }))
    })
  }))
}
