import type { FastifyInstance, FastifyReply } from 'fastify'
import { HansardError } from '../../model/errors.ts'
import { isListed } from '../../access/can-read.ts'
import { sendText } from '../answer.ts'
import { dayEvents } from '../day-events.ts'
import { DAY_PATH, hasPage, isUnchanged, visitDay } from '../day-visit.ts'
import type { DatedRoute, DayVisit } from '../day-visit.ts'
import { HTTP_READER, withRoom } from '../room-handler.ts'
import type { Site } from '../site.ts'
import { surroundingsOf } from '../surroundings.ts'
import { absolute, roomPartPath } from '../urls.ts'
import { jsonLines } from '../view/json-lines.ts'
import { plainLines } from '../view/plain-lines.ts'
import { publicEvent } from '../view/public-event.ts'
import { publicGap } from '../view/public-gap.ts'
import { isGap, timelineOf } from '../view/timeline.ts'
import type { Happening } from '../view/timeline.ts'

interface DayDataRoute extends DatedRoute {
  Querystring: { events?: 'full' | 'none' }
}

const schema = { querystring: { type: 'object', properties: { events: { enum: ['full', 'none'] } } } }

type Send = (reply: FastifyReply, visit: DayVisit, timeline: readonly Happening[], store: Site['store']) => FastifyReply | Promise<FastifyReply>

const FORMS: Readonly<Record<string, Send>> = {
  json: (reply, { room, day, holes }, timeline) => reply.send({
    room: room.jid,
    slug: room.slug,
    day,
    events: timeline.flatMap(happening => isGap(happening) ? [] : publicEvent(happening)),
    gaps: holes.map(publicGap)
  }),
  jsonl: (reply, _visit, timeline) => reply.type('application/jsonl; charset=utf-8').send(jsonLines(timeline)),
  txt: async (reply, { room, day }, timeline, store) => {
    const around = await surroundingsOf(store, room, timeline.flatMap(happening => isGap(happening) ? [] : happening))
    return sendText(reply, plainLines(timeline, day, around))
  }
}

/** A day for programs, in several forms; with everything that happened unless `?events=none`. */
export function dayDataRoutes (app: FastifyInstance, site: Site): void {
  for (const [suffix, send] of Object.entries(FORMS)) {
    app.get<DayDataRoute>(`${DAY_PATH}.${suffix}`, { schema }, withRoom<DayDataRoute>(site.directory, async (room, request, reply) => {
      const { events: presence = 'full' } = request.query
      const visit = await visitDay(site, room, request.params)
      if (!hasPage(visit)) {
        throw new HansardError('ERR_ITEM_NOT_FOUND', `Cannot give the day ${visit.day}: nothing was recorded on it`)
      }
      const isUnchangedHere = isUnchanged(site, visit, { isCanonical: false, presence }, request, reply)
      reply.header('link', `<${absolute(site.info.url, roomPartPath(room.slug, visit.day))}>; rel="canonical"`)
      if (isListed(room, HTTP_READER)) reply.header('access-control-allow-origin', '*')
      if (isUnchangedHere) return reply.code(304).send()
      return send(reply, visit, timelineOf(await dayEvents(site.store, room.jid, visit.day, presence === 'full'), visit.holes), site.store)
    }))
  }
}
