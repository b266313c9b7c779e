import type { Lanes } from './lanes.ts'
import type { Spool, SpooledEvent } from './spool.ts'

/** How many rooms are drained together, each of which costs the store a question, and how many bytes in all. */
const MAX_ROOMS = 50
const MAX_BYTES = 4_000_000

/**
 * The next events of the spool whose time has come, oldest first in each room: not those that a hold keeps, nor of rooms
 * with older ones still on their way. Rooms take turns.
 */
export function readSpooled (spool: Spool, lanes: Lanes, limit: number): SpooledEvent[] {
  const batch: SpooledEvent[] = []
  let rooms = 0
  const spooling = lanes.spooling()
  const maxBytes = MAX_BYTES / Math.min(spooling.length, MAX_ROOMS)
  for (const lane of spooling) {
    if (batch.length >= limit || rooms >= MAX_ROOMS) break
    if (lane.direct > 0) continue
    const upTo = lane.hold?.from ?? Number.MAX_SAFE_INTEGER
    const events = spool.read(lane.room, { upTo, limit: limit - batch.length, maxBytes })
    if (events.length === 0) continue
    batch.push(...events)
    lanes.drained(lane)
    rooms++
  }
  return batch
}
