import { setImmediate as breathe } from 'node:timers/promises'
import type { ArchiveStore } from '../../archive/store.ts'
import type { RoomJid } from '../../model/address.ts'
import { dayBounds, shift } from '../../model/day.ts'
import type { Day } from '../../model/day.ts'
import { createDayDigester } from './day-digest.ts'
import type { DayDigest } from './day-digest.ts'

/** Few enough that readers who come meanwhile do not notice. */
const BATCH = 250

/** Goes through the talk of a day once, in small batches. Throws what the signal was aborted with. */
export async function readDay (store: Pick<ArchiveStore, 'page'>, room: RoomJid, day: Day, signal: AbortSignal): Promise<DayDigest> {
  const { start, end } = dayBounds(day)
  const digester = createDayDigester()
  for (let from = start; ;) {
    signal.throwIfAborted()
    const page = await store.page(room, { stream: 'talk', start: from, end, limit: BATCH })
    for (const event of page.events) digester.add(event)
    await breathe()
    const last = page.events.at(-1)
    if (page.complete || last === undefined || last.time === end) return digester.done()
    from = shift(last.time, 1)
  }
}
