import type { ArchiveStore } from '../archive/store.ts'
import type { RoomJid } from '../model/address.ts'
import type { ArchiveTime } from '../model/archive-time.ts'
import { shift } from '../model/day.ts'
import type { ArchivedEvent } from '../model/event.ts'

export interface TalkBetween {
  /** In the order of the record. */
  readonly events: readonly ArchivedEvent[]
  /** More lies behind them. */
  readonly isCut: boolean
}

/** Where people do nothing but react, many events make few lines. */
const MAX_PAGES = 5

/** Talk from one moment to another (both inclusive), the first `wanted` of it, without what is part of how other messages stand. */
export async function talkBetween (
  store: Pick<ArchiveStore, 'page'>, room: RoomJid, start: ArchiveTime, end: ArchiveTime, wanted: number
): Promise<TalkBetween> {
  const events: ArchivedEvent[] = []
  let from = start
  for (let n = 0; n < MAX_PAGES; n++) {
    const page = await store.page(room, { stream: 'talk', start: from, end, limit: wanted + 1 })
    events.push(...page.events.filter(({ appliesTo }) => appliesTo === undefined))
    if (events.length > wanted) return { events: events.slice(0, wanted), isCut: true }
    const last = page.events.at(-1)
    if (page.complete || last === undefined || last.time === end) return { events, isCut: false }
    from = shift(last.time, 1)
  }
  return { events, isCut: true }
}
