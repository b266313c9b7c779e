import type { ArchivedEvent } from '../../model/event.ts'

// Named one by one, so that a new field of the record stays inside until somebody decides otherwise. Left out on
// purpose: the stanza, the source, occupant ids (they link the nicks of a person) and all that is private.
const SHOWN = [
  'message', 'body', 'replaces', 'retracts', 'repliesTo', 'reactsTo', 'reactions',
  'newNick', 'actor', 'reason', 'role', 'affiliation', 'status', 'alternate'
] as const

/** An event as JSON gives it to the public. */
export type PublicEvent = Readonly<Pick<ArchivedEvent, 'uid' | 'time' | 'kind' | 'nick' | 'anchor' | typeof SHOWN[number]>> & {
  readonly id: string
  readonly removed?: { readonly by: string, readonly time: string }
}

/** Of a removed event only the place is left, and who removed it when. */
export function publicEvent (event: ArchivedEvent): PublicEvent {
  const { _id: id, uid, time, kind, nick, anchor, removed } = event
  if (removed !== undefined) return { id, uid, time, kind, nick, anchor, removed: { by: removed.by, time: removed.time } }
  const shown = Object.fromEntries(SHOWN.filter(field => event[field] !== undefined).map(field => [field, event[field]]))
  return { id, uid, time, kind, nick, anchor, ...shown }
}
