import type { FastifyInstance } from 'fastify'
import { dayOf } from '../../model/day.ts'
import type { Day } from '../../model/day.ts'
import { sendPage } from '../answer.ts'
import { roomHeaders } from '../caching.ts'
import { holesBetween } from '../holes.ts'
import { followOf } from '../live/follow.ts'
import { recentTalk } from '../live/recent-talk.ts'
import { withRoom } from '../room-handler.ts'
import type { RoomRoute } from '../room-handler.ts'
import type { Site } from '../site.ts'
import { surroundingsOf } from '../surroundings.ts'
import { todayOf } from '../today.ts'
import { anchorPath } from '../urls.ts'
import { rowsOf } from '../view/rows.ts'
import { timelineOf } from '../view/timeline.ts'
import { utcClock } from '../view/zone-clock.ts'

const SHOWN = 100

/** What was said last, whatever the day; with script it grows at its end. */
export function liveRoute (app: FastifyInstance, site: Site): void {
  const { store, directory, words } = site
  app.get<RoomRoute>('/r/:slug/live', withRoom(directory, async (room, _request, reply) => {
    const { events, newest } = await recentTalk(store, room.jid, SHOWN)
    const first = events[0]
    const today = todayOf(site)
    const [holes, around] = await Promise.all([
      first === undefined ? [] : holesBetween(store, room.jid, first.time),
      surroundingsOf(store, room, events)
    ])
    const rows = rowsOf(timelineOf(events, holes), { presence: 'none', zone: utcClock, day: today, around, words })
    let shown: Day | undefined
    roomHeaders(reply, room, { freshness: 'growing', isCanonical: false })
    return sendPage(reply, 'live', {
      head: { title: `${words.live.title} – ${room.title}`, room },
      room,
      today,
      rows: rows.map(row => {
        // What is missing may have begun long before.
        if (row.kind === 'gap') return { row }
        const day = dayOf(row.time)
        const otherDay = day === shown ? undefined : day
        shown = day
        return { row, otherDay, href: anchorPath(room.slug, row) }
      }),
      follow: followOf(room, newest?.time, today, utcClock)
    })
  }))
}
