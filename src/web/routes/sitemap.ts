import type { FastifyInstance } from 'fastify'
import type { Day } from '../../model/day.ts'
import { HansardError } from '../../model/errors.ts'
import { sharedHeaders } from '../caching.ts'
import { HTTP_READER } from '../room-handler.ts'
import type { Site } from '../site.ts'
import { todayOf } from '../today.ts'
import { absolute, roomPartPath, roomPath, withQuery } from '../urls.ts'

interface SitemapRoute {
  Querystring: { room?: string, year?: string }
}

const schema = {
  querystring: {
    type: 'object',
    properties: { room: { type: 'string', maxLength: 200 }, year: { type: 'string', pattern: '^\\d{4}$' } },
    dependencies: { room: ['year'], year: ['room'] }
  }
}

/** Without parameters an index of one map for each indexed room and year; those list the days that have talk and are over. */
export function sitemapRoute (app: FastifyInstance, site: Site): void {
  const { store, directory, info } = site
  app.get<SitemapRoute>('/sitemap.xml', { schema }, async (request, reply) => {
    const rooms = directory.listed(HTTP_READER).filter(room => room.level === 'indexed')
    const { room: slug, year } = request.query
    sharedHeaders(reply)
    reply.type('application/xml; charset=utf-8')

    if (slug === undefined || year === undefined) {
      const totals = new Map((await store.rooms()).map(summary => [summary.room, summary]))
      const maps = rooms.flatMap(({ jid, slug }) => {
        const { first, last } = totals.get(jid) ?? {}
        return first === undefined || last === undefined ? [] : yearsFrom(first, last).map(year => withQuery('/sitemap.xml', { room: slug, year }))
      })
      return reply.send(document('sitemapindex', 'sitemap', maps.map(path => absolute(info.url, path))))
    }

    const room = rooms.find(room => room.slug === slug)
    if (room === undefined) throw new HansardError('ERR_ROOM_NOT_FOUND', 'Cannot list the days of a room: there is no indexed room with this slug')
    const days = await store.days(room.jid, { from: `${year}-01-01` as Day, to: `${year}-12-31` as Day })
    const today = todayOf(site)
    const paths = days.filter(({ day }) => day < today).map(({ day }) => roomPartPath(slug, day))
    return reply.send(document('urlset', 'url', [roomPath(slug), ...paths].map(path => absolute(info.url, path))))
  })
}

function yearsFrom (first: string, last: string): string[] {
  const from = Number(first.slice(0, 4))
  return Array.from({ length: Number(last.slice(0, 4)) - from + 1 }, (_, n) => String(from + n))
}

function document (root: string, item: string, addresses: readonly string[]): string {
  const items = addresses.map(address => `<${item}><loc>${escapeXml(address)}</loc></${item}>\n`).join('')
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n${items}</${root}>\n`
}

function escapeXml (text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll("'", '&apos;')
}
