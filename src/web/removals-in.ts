import type { PublishedRoom } from '../access/can-read.ts'
import type { ArchiveStore, LoggedRemoval, RemovalCursor } from '../archive/store.ts'

export interface RemovalsFound {
  readonly found: ReadonlyArray<{ readonly room: PublishedRoom, readonly removal: LoggedRemoval }>
  /** Goes on after these; undefined where there were none yet. It tells nothing of other rooms. */
  readonly next: RemovalCursor | undefined
  /** There may be more. */
  readonly isCut: boolean
}

/** A line may name hundreds of messages. */
const MOST_LINES = 500

/** The log of removals after the cursor, as far as it is about these rooms. */
export async function removalsIn (
  store: Pick<ArchiveStore, 'removals'>, rooms: readonly PublishedRoom[], since: RemovalCursor | undefined
): Promise<RemovalsFound> {
  const byJid = new Map(rooms.map(room => [room.jid, room]))
  const found: Array<RemovalsFound['found'][number]> = []
  let next = since
  for await (const lines of store.removals(since)) {
    for (const { cursor, ...removal } of lines) {
      const room = byJid.get(removal.room)
      if (room === undefined) continue
      if (found.length === MOST_LINES) return { found, next, isCut: true }
      found.push({ room, removal })
      next = cursor
    }
  }
  return { found, next, isCut: false }
}
