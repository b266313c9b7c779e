import type { RoomJid } from '../model/address.ts'
import type { ArchiveTime } from '../model/archive-time.ts'
import { defined } from '../model/defined.ts'
import type { ArchivedEvent, Stream, Uid } from '../model/event.ts'
import type { Searchable } from '../archive/find.ts'
import type { OpenRecord } from '../record.ts'

/** Which events a command is about. */
export type Selection =
  | { readonly by: 'uid', readonly room: RoomJid, readonly uids: readonly Uid[] }
  | { readonly by: 'author', readonly room: RoomJid, readonly nick: string, readonly start?: ArchiveTime, readonly end?: ArchiveTime }
  /** Every trace of a nick: what was said, and comings and goings in which it is named. */
  | { readonly by: 'person', readonly room: RoomJid, readonly nick: string, readonly start?: ArchiveTime, readonly end?: ArchiveTime }
  | { readonly by: 'search', readonly text: string, readonly room?: RoomJid }

const PAGE = 500

/**
 * The events selected, in batches; tombstones among them. Rejects as the store and the search do.
 * @param configured a search without a room looks into them and into all others that the record has
 */
export async function * select (
  record: Pick<OpenRecord, 'store' | 'find'>, selection: Selection, configured: readonly Searchable[]
): AsyncGenerator<readonly ArchivedEvent[]> {
  switch (selection.by) {
    case 'uid': {
      const { room, uids } = selection
      for (let from = 0; from < uids.length; from += PAGE) yield record.store.getMany(room, uids.slice(from, from + PAGE))
      return
    }
    case 'author':
      yield * pages(record.store, selection, 'talk', selection.nick)
      return
    case 'person':
      yield * pages(record.store, selection, 'talk', selection.nick)
      // The nick is also in what others did, which the store does not look up.
      for await (const events of pages(record.store, selection, 'presence')) yield events.filter(event => isNamed(event, selection.nick))
      return
    case 'search':
      yield * hits(record, selection.text, await searchedRooms(record.store, configured, selection.room))
  }
}

async function * pages (
  store: OpenRecord['store'],
  { room, start, end }: { readonly room: RoomJid, readonly start?: ArchiveTime, readonly end?: ArchiveTime },
  stream: Stream,
  nick?: string
): AsyncGenerator<readonly ArchivedEvent[]> {
  let after: Uid | undefined
  for (;;) {
    const { events, complete } = await store.page(room, { stream, limit: PAGE, ...defined({ nick, start, end, after }) })
    yield events
    after = events.at(-1)?.uid
    if (complete || after === undefined) return
  }
}

async function searchedRooms (store: OpenRecord['store'], configured: readonly Searchable[], room?: RoomJid): Promise<Searchable[]> {
  const recorded = room === undefined ? (await store.rooms()).map(({ room }) => room) : [room]
  const others = recorded.filter(jid => !configured.some(known => known.jid === jid)).map(jid => ({ jid, slug: jid, aliases: [] }))
  return [...configured.filter(({ jid }) => room === undefined || jid === room), ...others]
}

async function * hits (
  { find }: Pick<OpenRecord, 'find'>, text: string, rooms: readonly Searchable[]
): AsyncGenerator<readonly ArchivedEvent[]> {
  let before: string | undefined
  do {
    const found = await find({ text, rooms, limit: PAGE, ...defined({ before }) })
    yield found.hits.map(({ event }) => event)
    before = found.next
  } while (before !== undefined)
}

function isNamed ({ nick, newNick, actor, crowd = [] }: ArchivedEvent, name: string): boolean {
  return [nick, newNick, actor].includes(name) || crowd.some(member => member.nick === name)
}
