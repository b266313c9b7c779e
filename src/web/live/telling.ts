import type { ArchiveTime } from '../../model/archive-time.ts'
import type { ArchivedEvent } from '../../model/event.ts'

/**
 * What a stream tells of an event. said: it is new; changed: it stands otherwise than it was told, or was recorded late;
 * removed: its tombstone; merged: it is part of how another message stands, and has no line of its own any more.
 */
export type TellingKind = 'said' | 'changed' | 'removed' | 'merged'

/** @param newest the time of the newest event that was told */
export function tellingKind ({ time, appliesTo, removed }: ArchivedEvent, newest: ArchiveTime): TellingKind {
  if (appliesTo !== undefined) return 'merged'
  if (removed !== undefined) return 'removed'
  return time > newest ? 'said' : 'changed'
}

/** Whether it will rather be part of another message: which one, is worked out after it was recorded. */
export function namesAnother ({ appliesTo, removed, replaces, retracts, reactsTo }: ArchivedEvent): boolean {
  return appliesTo === undefined && removed === undefined && (replaces ?? retracts ?? reactsTo) !== undefined
}
