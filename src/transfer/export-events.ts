import type { ArchiveStore } from '../archive/store.ts'
import type { RoomJid } from '../model/address.ts'
import type { ArchiveTime } from '../model/archive-time.ts'
import { shift } from '../model/day.ts'
import type { ArchivedEvent, Stream } from '../model/event.ts'

const PAGE = 1000

/** Inclusive. */
export interface TimeRange {
  readonly start?: ArchiveTime
  readonly end?: ArchiveTime
}

/** All events of a room in the order of time, talk before what else happened at its moment; in pages, however many there are. */
export async function * exportedEvents (store: Pick<ArchiveStore, 'page'>, room: RoomJid, range: TimeRange): AsyncGenerator<ArchivedEvent> {
  const streams = (['talk', 'presence'] as const).map(stream => streamEvents(store, room, stream, range))
  const next = await Promise.all(streams.map(stream => stream.next()))
  for (;;) {
    const [talk, presence] = next.map(({ done, value }) => done === true ? undefined : value)
    if (talk === undefined && presence === undefined) return
    const first = presence === undefined || (talk !== undefined && talk.time <= presence.time) ? 0 : 1
    yield (first === 0 ? talk : presence) as ArchivedEvent
    next[first] = await streams[first]?.next() ?? { done: true, value: undefined }
  }
}

async function * streamEvents (store: Pick<ArchiveStore, 'page'>, room: RoomJid, stream: Stream, { start, end }: TimeRange): AsyncGenerator<ArchivedEvent> {
  for (let from = start; ;) {
    const page = await store.page(room, { stream, limit: PAGE, ...from !== undefined && { start: from }, ...end !== undefined && { end } })
    yield * page.events
    const last = page.events.at(-1)
    if (page.complete || last === undefined || last.time === end) return
    from = shift(last.time, 1)
  }
}
