import type { FastifyInstance, FastifyReply } from 'fastify'
import { HansardError } from '../../model/errors.ts'
import type { ArchivedEvent } from '../../model/event.ts'
import { isListed } from '../../access/can-read.ts'
import { sendText } from '../answer.ts'
import { dayEvents } from '../day-events.ts'
import { DAY_PATH, isUnchanged, visitDay } from '../day-visit.ts'
import type { DatedRoute, DayVisit } from '../day-visit.ts'
import { HTTP_READER, withRoom } from '../room-handler.ts'
import type { Site } from '../site.ts'
import { absolute, roomPartPath } from '../urls.ts'
import { plainLines } from '../view/plain-lines.ts'
import { publicEvent } from '../view/public-event.ts'

interface DayDataRoute extends DatedRoute {
  Querystring: { events?: 'full' | 'none' }
}

const schema = { querystring: { type: 'object', properties: { events: { enum: ['full', 'none'] } } } }

type Send = (reply: FastifyReply, visit: DayVisit, events: readonly ArchivedEvent[]) => FastifyReply

const FORMS: Readonly<Record<string, Send>> = {
  json: (reply, { room, day }, events) => reply.send({ room: room.jid, slug: room.slug, day, events: events.map(publicEvent) }),
  jsonl: (reply, _visit, events) =>
    reply.type('application/jsonl; charset=utf-8').send(events.map(event => `${JSON.stringify(publicEvent(event))}\n`).join('')),
  txt: (reply, _visit, events) => sendText(reply, plainLines(events))
}

/** A day for programs, in several forms; with everything that happened unless `?events=none`. */
export function dayDataRoutes (app: FastifyInstance, site: Site): void {
  for (const [suffix, send] of Object.entries(FORMS)) {
    app.get<DayDataRoute>(`${DAY_PATH}.${suffix}`, { schema }, withRoom<DayDataRoute>(site.directory, async (room, request, reply) => {
      const { events: presence = 'full' } = request.query
      const visit = await visitDay(site, room, request.params)
      if (visit.summary === undefined && !visit.isToday) {
        throw new HansardError('ERR_ITEM_NOT_FOUND', `Cannot give the day ${visit.day}: nothing was recorded on it`)
      }
      const isUnchangedHere = isUnchanged(site, visit, { isCanonical: false, presence }, request, reply)
      reply.header('link', `<${absolute(site.info.url, roomPartPath(room.slug, visit.day))}>; rel="canonical"`)
      if (isListed(room, HTTP_READER)) reply.header('access-control-allow-origin', '*')
      return isUnchangedHere ? reply.code(304).send() : send(reply, visit, await dayEvents(site.store, room.jid, visit.day, presence === 'full'))
    }))
  }
}
