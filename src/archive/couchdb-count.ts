import type { RoomJid } from '../model/address.ts'
import { formatTime, toMicros } from '../model/archive-time.ts'
import type { ArchiveTime } from '../model/archive-time.ts'
import { dayBounds, dayOf } from '../model/day.ts'
import { idPrefix } from '../model/event.ts'
import type { Stream } from '../model/event.ts'
import type { CouchClient } from './couchdb-client.ts'
import { viewPath } from './couchdb-design.ts'
import type { DocRow, QueriesAnswer, Rows } from './couchdb-documents.ts'
import { collationKey, EARLIEST, idRange, LATEST, streamKey, timeRange } from './couchdb-keys.ts'
import type { CouchLedger } from './couchdb-ledger.ts'
import type { CouchSetup } from './couchdb-setup.ts'
import type { CountQuery } from './store.ts'

export interface CouchCount {
  count (room: RoomJid, query: CountQuery): Promise<number>
  rank (room: RoomJid, stream: Stream, time: ArchiveTime): Promise<number>
}

interface Options {
  readonly client: CouchClient
  readonly setup: CouchSetup
  readonly ledger: CouchLedger
}

/**
 * The offset of an id is how many ids stand before it, from the inner nodes of CouchDB's tree: a count is the
 * difference of two. It is not one snapshot, so a write in between may shift it by one.
 */
export function createCouchCount ({ client, setup, ledger }: Options): CouchCount {
  /** How many events stand from the first time on and before the second. */
  async function countIds (room: RoomJid, stream: Stream, from: string, before: string): Promise<number> {
    const prefix = idPrefix(room, stream)
    const { results } = await client.request('_all_docs/queries', {
      method: 'POST',
      body: { queries: [from, before].map(time => ({ startkey: prefix + time, limit: 0 })) }
    }) as QueriesAnswer<never>
    const [first, last] = results.map(({ offset }) => offset)
    if (typeof first === 'number' && typeof last === 'number') return Math.max(0, last - first)
    return countByDays(room, stream, from, before)
  }

  // COMPAT: storage engines other than the usual one tell no offset. Whole days from the ledger, the edges by their ids.
  async function countByDays (room: RoomJid, stream: Stream, from: string, before: string): Promise<number> {
    await setup.view('days')
    const scan = async (start: string, end: string): Promise<number> => {
      const { rows } = await client.request('_all_docs', {
        method: 'POST',
        body: { ...idRange(room, stream, { from: start, to: end }), inclusive_end: false }
      }) as Rows<DocRow>
      return rows.length
    }
    const firstDay = from === EARLIEST ? undefined : dayOf(from as ArchiveTime)
    const lastDay = before === LATEST ? undefined : dayOf(before as ArchiveTime)
    if (firstDay !== undefined && lastDay !== undefined && firstDay >= lastDay) return from < before ? scan(from, before) : 0
    return await ledger.countBetween(room, stream, firstDay, lastDay) +
      (firstDay === undefined ? 0 : await scan(from, justAfter(dayBounds(firstDay).end))) +
      (lastDay === undefined ? 0 : await scan(dayBounds(lastDay).start, before))
  }

  async function countNick (room: RoomJid, { stream, start, end, nick = '' }: CountQuery): Promise<number> {
    await setup.view('nick')
    const prefix = [collationKey(room), streamKey(stream), collationKey(nick)]
    const { from, to } = timeRange(start, end)
    const { rows } = await client.request(viewPath('nick'), {
      method: 'POST',
      body: { startkey: [...prefix, from], endkey: [...prefix, to] }
    }) as Rows<{ value: number }>
    return rows[0]?.value ?? 0
  }

  return {
    async count (room, query) {
      const { stream, start, end, nick } = query
      if (start !== undefined && end !== undefined && start > end) return 0
      if (nick !== undefined) return countNick(room, query)
      return countIds(room, stream, start ?? EARLIEST, end === undefined ? LATEST : justAfter(end))
    },

    rank: (room, stream, time) => countIds(room, stream, EARLIEST, time)
  }
}

function justAfter (time: ArchiveTime): ArchiveTime {
  return formatTime(toMicros(time) + 1)
}
