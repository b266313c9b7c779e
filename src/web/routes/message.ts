import type { FastifyInstance } from 'fastify'
import { dayOf } from '../../model/day.ts'
import { HansardError } from '../../model/errors.ts'
import { streamOf } from '../../model/event.ts'
import { sendPage } from '../answer.ts'
import { neverCached, noIndex, roomHeaders } from '../caching.ts'
import { holesBetween } from '../holes.ts'
import { withRoom } from '../room-handler.ts'
import type { RoomRoute } from '../room-handler.ts'
import type { Site } from '../site.ts'
import { absolute, anchorPath, messagePath, roomPartPath } from '../urls.ts'
import { plainDay } from '../view/dates.ts'
import { plainText, shownNick } from '../view/parts.ts'
import { preview } from '../view/preview.ts'
import { rowOf, rowsOf } from '../view/rows.ts'
import { timelineOf } from '../view/timeline.ts'
import { utcClock } from '../view/zone-clock.ts'

interface MessageRoute extends RoomRoute {
  Params: { slug: string, uid: string }
}

const AROUND = 10

/** One message with what was said before and after it. */
export function messageRoute (app: FastifyInstance, { store, directory, info }: Site): void {
  app.get<MessageRoute>('/r/:slug/m/:uid', withRoom<MessageRoute>(directory, async (room, request, reply) => {
    const { uid } = request.params
    const event = await store.get(room.jid, uid)
    if (event === undefined || streamOf(event.kind) !== 'talk') {
      throw new HansardError('ERR_ITEM_NOT_FOUND', 'Cannot show a message: the room has none with this id')
    }
    const day = dayOf(event.time)
    const when = `${plainDay(day)}, ${event.time.slice(11, 16)} UTC`
    const common = { room, day, when, dayHref: anchorPath(room.slug, event) }

    if (event.removed !== undefined) {
      neverCached(reply)
      noIndex(reply)
      return sendPage(reply.code(410), 'removed', { head: { title: 'Removed message', room }, ...common, row: rowOf(event, utcClock) })
    }

    const talk = { stream: 'talk', limit: AROUND } as const
    const [before, after] = await Promise.all([
      store.page(room.jid, { ...talk, before: uid, reverse: true }),
      store.page(room.jid, { ...talk, after: uid })
    ])
    const around = [...before.events, event, ...after.events]
    const [from, to] = [around[0]?.time ?? event.time, after.complete ? undefined : around.at(-1)?.time]
    const timeline = timelineOf(around, await holesBetween(store, room.jid, from, to))
    const row = rowOf(event, utcClock)
    const speaker = event.kind === 'subject' ? 'Subject' : shownNick(event.nick)
    const said = row === undefined ? '' : preview(plainText(row.parts), 200)
    roomHeaders(reply, room, { freshness: 'settled', isCanonical: false })
    return sendPage(reply, 'message', {
      head: {
        title: `${speaker} in ${room.title}, ${when}`,
        description: said,
        room,
        canonical: absolute(info.url, roomPartPath(room.slug, day)),
        openGraph: { type: 'article', url: absolute(info.url, messagePath(room.slug, uid)) }
      },
      ...common,
      speaker,
      permalink: absolute(info.url, messagePath(room.slug, uid)),
      isoTime: `${event.time.slice(0, 19)}Z`,
      rows: rowsOf(timeline, { presence: 'none', zone: utcClock, day }).map(row => ({
        row,
        isIt: row.kind !== 'gap' && row.time === event.time,
        href: row.kind === 'gap' ? undefined : anchorPath(room.slug, row),
        otherDay: dayOf(row.time) === day ? undefined : plainDay(dayOf(row.time))
      }))
    })
  }))
}
