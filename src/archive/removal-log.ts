import { createHash } from 'node:crypto'
import type { LoggedRemoval, RemovalCursor } from './store.ts'
import { wellFormed } from './well-formed.ts'

export interface RemovalLine {
  readonly cursor: RemovalCursor
  readonly removal: LoggedRemoval
}

/** A line of the log of removals under its key, which orders by time and is the same for the same line. */
export function removalLine (asGiven: LoggedRemoval): RemovalLine {
  const removal = wellFormed(asGiven)
  const { time, room, by, uids, upTo, stream, count, reason, actor } = removal
  const content = JSON.stringify([room, by, uids, upTo, stream, count, reason, actor])
  return { cursor: `${time}:${createHash('sha256').update(content).digest('hex').slice(0, 16)}` as RemovalCursor, removal }
}
