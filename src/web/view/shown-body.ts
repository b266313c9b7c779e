import type { RoomEvent } from '../../model/event.ts'

/** The text that readers get. What stands beside an encrypted one is not what was said, but advice for old clients. */
export function shownBody (event: Pick<RoomEvent, 'body' | 'encrypted'>): string | undefined {
  return event.encrypted === undefined ? event.body : undefined
}
