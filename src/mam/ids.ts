import type { PublishedRoom } from '../access/can-read.ts'
import { parseRoomQuery } from '../archive/find.ts'
import { defined } from '../model/defined.ts'
import type { ArchivedEvent, Uid } from '../model/event.ts'
import { findAllTalk, isEmpty } from './bounds.ts'
import type { Bounds } from './bounds.ts'
import { isBy } from './by-jid.ts'
import type { MamQuery } from './query.ts'
import type { PageSources } from './sources.ts'

// The index answers each by a search of its own.
const AT_ONCE = 16

/** Of the messages with these ids those that match the rest of the query, chronological. One unknown id throws ERR_ITEM_NOT_FOUND. */
export async function findByIds (
  room: PublishedRoom, { nick, jid, fulltext }: MamQuery, ids: readonly Uid[], { start, end }: Bounds, { store, index }: PageSources
): Promise<ArchivedEvent[]> {
  const query = fulltext === undefined ? undefined : parseRoomQuery(fulltext, [room])
  const found = await findAllTalk(room.jid, ids, store)
  if (isEmpty({ start, end })) return []
  const isWanted = jid === undefined ? () => true : isBy(jid)
  const inBounds = found.filter(event => (start === undefined || event.time >= start) && (end === undefined || event.time <= end) &&
    (nick === undefined || event.nick === nick) && isWanted(event)).sort((a, b) => a.time < b.time ? -1 : 1)
  if (query === undefined) return inBounds
  const hits = await mapFew(inBounds, async event => {
    const { time } = event
    const { hits } = await index.search({ query, rooms: [room.jid], ...defined({ nick }), start: time, end: time, limit: 1, order: 'oldest' })
    return hits.includes(event._id)
  })
  return inBounds.filter((_, n) => hits[n])
}

async function mapFew<T, R> (items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  for (let n = 0; n < items.length; n += AT_ONCE) results.push(...await Promise.all(items.slice(n, n + AT_ONCE).map(work)))
  return results
}
