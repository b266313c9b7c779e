import { streamOf } from '../model/event.ts'
import type { RoomEvent } from '../model/event.ts'

/** How a message is found: by its stanza's own id, or by an id that it names. */
export type Link = 'named' | 'referring'

/** The ids by which an event is found; presence by none. */
export function linksOf (event: RoomEvent): Readonly<Record<Link, readonly string[]>> {
  if (streamOf(event.kind) === 'presence') return { named: [], referring: [] }
  const { message, replaces, retracts, reactsTo, repliesTo } = event
  return { named: given(message), referring: given(replaces, retracts, reactsTo, repliesTo) }
}

function given (...ids: ReadonlyArray<string | undefined>): string[] {
  return [...new Set(ids.filter(id => id !== undefined))]
}
