import { contentOf } from '../../model/content.ts'
import type { ArchivedEvent } from '../../model/event.ts'

/**
 * Whether a hit is to be shown as the record has it now: it may have been removed or become part of another message since it
 * was indexed; or be the text beside an encrypted one, indexed before that was known.
 */
export function isShownHit (event: ArchivedEvent): boolean {
  return event.removed === undefined && event.appliesTo === undefined && contentOf(event).encrypted === undefined
}
