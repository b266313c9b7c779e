import { defined } from './defined.ts'
import type { ArchivedEvent, Removal } from './event.ts'

/**
 * What stays of a removed message: that it was, whose, and where; what it replaces, retracts or reacts to, as its standing
 * follows from that; nothing of what it said.
 */
export function tombstoneOf (event: ArchivedEvent, removed: Removal): ArchivedEvent {
  const { _id, kind, room, time, uid, anchor, nick, via, occupant, message, replaces, retracts, reactsTo, appliesTo } = event
  return {
    _id, kind, room, time, uid, anchor, nick, via, ...defined({ occupant, message, replaces, retracts, reactsTo, appliesTo }), removed
  }
}

/**
 * A tombstone that does not tell whose it was. Nor what it retracts: without a nick it would seem to be the room itself that
 * asks for it.
 */
export function anonymousOf ({ occupant: _, message: __, replaces: ___, retracts: ____, ...tombstone }: ArchivedEvent): ArchivedEvent {
  return { ...tombstone, nick: '' }
}

/** What others did, without the name of the person it was done to, with or by. */
export function withoutPerson (event: ArchivedEvent, person: string): ArchivedEvent {
  const { actor, crowd, ...rest } = event
  return {
    ...rest,
    ...(actor === undefined || actor === person ? {} : { actor }),
    ...(crowd === undefined ? {} : { crowd: crowd.filter(({ nick }) => nick !== person) })
  }
}
