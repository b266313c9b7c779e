import { defined } from './defined.ts'
import type { ArchivedEvent, Removal } from './event.ts'

/**
 * What stays of a removed message: that it was, whose, and where; what it replaces or retracts, as its standing follows
 * from that; nothing of what it said.
 */
export function tombstoneOf (event: ArchivedEvent, removed: Removal): ArchivedEvent {
  const { _id, kind, room, time, uid, anchor, nick, via, occupant, message, replaces, retracts, appliesTo } = event
  return { _id, kind, room, time, uid, anchor, nick, via, ...defined({ occupant, message, replaces, retracts, appliesTo }), removed }
}
