import type { RoomJid } from '../model/address.ts'
import type { ArchiveStore } from '../archive/store.ts'
import { dayBounds, shift } from '../model/day.ts'
import type { Day } from '../model/day.ts'
import type { ArchivedEvent, Stream } from '../model/event.ts'

const PAGE = 2000

/**
 * All events of a day in the order of the record, without those that are part of how another message stands; days are
 * shown whole, however long.
 */
export async function dayEvents (store: ArchiveStore, room: RoomJid, day: Day, withPresence: boolean): Promise<ArchivedEvent[]> {
  const streams: Stream[] = withPresence ? ['talk', 'presence'] : ['talk']
  const [talk = [], presence = []] = await Promise.all(streams.map(stream => streamEvents(store, room, day, stream)))
  return presence.length === 0 ? talk : merged(talk, presence)
}

async function streamEvents (store: ArchiveStore, room: RoomJid, day: Day, stream: Stream): Promise<ArchivedEvent[]> {
  const { start, end } = dayBounds(day)
  const events: ArchivedEvent[] = []
  for (let from = start; ;) {
    const page = await store.page(room, { stream, start: from, end, limit: PAGE })
    for (const event of page.events) if (event.appliesTo === undefined) events.push(event)
    const last = page.events.at(-1)
    if (page.complete || last === undefined || last.time === end) return events
    from = shift(last.time, 1)
  }
}

function merged (talk: readonly ArchivedEvent[], presence: readonly ArchivedEvent[]): ArchivedEvent[] {
  const events: ArchivedEvent[] = []
  let next = 0
  for (const said of talk) {
    for (let event = presence[next]; event !== undefined && event.time <= said.time; event = presence[++next]) events.push(event)
    events.push(said)
  }
  return [...events, ...presence.slice(next)]
}
