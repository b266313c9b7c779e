import type { FastifyInstance, FastifyReply } from 'fastify'
import { isListed } from '../../access/can-read.ts'
import { sendProblem } from '../answer.ts'
import { formatTime, parseDateTime } from '../../model/archive-time.ts'
import type { ArchiveTime } from '../../model/archive-time.ts'
import { HansardError } from '../../model/errors.ts'
import { noIndex } from '../caching.ts'
import { tooManyStreams } from '../errors.ts'
import type { Sink } from '../live/channel.ts'
import { createHub } from '../live/hub.ts'
import { createRender } from '../live/render.ts'
import type { Variant } from '../live/render.ts'
import { createSeats } from '../live/seats.ts'
import { HTTP_READER, withRoom } from '../room-handler.ts'
import type { RoomRoute } from '../room-handler.ts'
import type { Site } from '../site.ts'
import { createZoneClock, utcClock } from '../view/zone-clock.ts'

interface LiveRoute extends RoomRoute {
  Querystring: { format?: 'html' | 'json', since?: string, tz?: string }
  Headers: { 'last-event-id'?: string }
}

const schema = {
  querystring: {
    type: 'object',
    properties: {
      format: { enum: ['html', 'json'] },
      since: { type: 'string', maxLength: 40 },
      tz: { type: 'string', maxLength: 64 }
    }
  }
}

/** Bytes that may wait for a reader who does not take them; who has more waiting is cut off, and catches up later. */
const MOST_BUFFERED = 2_000_000

/** The talk of a room as it happens: Server-Sent Events. */
export function liveEventsRoute (app: FastifyInstance, { live, liveSeats, store, directory, words, now, log }: Site): void {
  const render = createRender({ store, words, view: (name, model) => app.view(name, model) })
  const hub = createHub({ live, store, directory, render, now, log })
  const seats = createSeats(liveSeats)
  // The server would wait for them to come to an end.
  app.addHook('preClose', async () => { hub.stop() })

  app.get<LiveRoute>('/r/:slug/live.sse', { schema }, withRoom<LiveRoute>(directory, async (room, request, reply) => {
    const { format = 'html', tz = '', since } = request.query
    const known = cursorOf(request.headers['last-event-id']) ?? (since === undefined ? undefined : wantedCursor(since))
    noIndex(reply)
    // no-transform: a proxy that compresses would hold back what is to be seen at once.
    reply.header('cache-control', 'no-cache, no-store, no-transform').header('x-accel-buffering', 'no').type('text/event-stream; charset=utf-8')
    if (isListed(room, HTTP_READER)) reply.header('access-control-allow-origin', '*')
    if (request.method === 'HEAD') return reply.send()

    const giveBack = seats.take(room.jid, request.ip)
    if (giveBack === undefined) return sendProblem(reply.removeHeader('access-control-allow-origin'), tooManyStreams)
    reply.raw.once('close', giveBack)
    const variant: Variant = format === 'json' ? { format } : { format, zone: createZoneClock(tz) ?? utcClock }
    await hub.join(room, {
      variant,
      since: known,
      begin () {
        if (reply.raw.destroyed || reply.raw.closed) return undefined
        const sink = sinkOf(reply)
        reply.raw.once('close', () => { hub.leave(room, sink) })
        return sink
      }
    }).catch((error: unknown) => {
      giveBack()
      throw error
    })
    if (reply.sent || reply.raw.destroyed) return reply
    // The room was closed, or the program is, while we looked.
    giveBack()
    throw new HansardError('ERR_ROOM_NOT_FOUND', 'Cannot tell what is said in a room: it is not public any more')
  }))
}

function sinkOf (reply: FastifyReply): Sink {
  reply.hijack()
  const { raw } = reply
  // A reader who goes away in the middle of a write is nobody's error.
  raw.on('error', () => {})
  // Kept for another request, the connection would be waited for when the server closes.
  raw.writeHead(200, { ...reply.getHeaders() as Record<string, string>, connection: 'close' })
  return {
    write (text) {
      if (raw.destroyed || text === '') return
      raw.write(text)
      if (raw.writableLength > MOST_BUFFERED) raw.destroy()
    },
    end () { raw.end() }
  }
}

function cursorOf (text: string | undefined): ArchiveTime | undefined {
  if (text === undefined || text === '') return undefined
  try {
    return formatTime(parseDateTime(text))
  } catch {
    return undefined
  }
}

function wantedCursor (since: string): ArchiveTime {
  const cursor = cursorOf(since)
  if (cursor !== undefined) return cursor
  throw new HansardError('ERR_QUERY', 'Cannot tell what was said since then: the parameter "since" is to be a time such as 2026-11-21T07:14:09Z')
}
