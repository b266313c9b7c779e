import { defined } from '../../model/defined.ts'
import type { ArchivedEvent } from '../../model/event.ts'
import { shownBody } from './shown-body.ts'

// Named one by one, so that a new field of the record stays inside until somebody decides otherwise. Left out on
// purpose: the stanza, the source, occupant ids (they link the nicks of a person) and all that is private.
const SHOWN = [
  'message', 'body', 'replaces', 'retracts', 'repliesTo', 'reactsTo', 'reactions',
  'encrypted', 'newNick', 'actor', 'reason', 'role', 'affiliation', 'status', 'alternate'
] as const

/** An event as JSON gives it to the public. */
export type PublicEvent = Readonly<Pick<ArchivedEvent, 'uid' | 'time' | 'kind' | 'nick' | 'anchor' | typeof SHOWN[number]>> & {
  readonly id: string
  readonly crowd?: ReadonlyArray<{ readonly nick: string }>
  readonly removed?: { readonly by: string, readonly time: string }
}

/** Of a removed event only the place is left, and who removed it when. */
export function publicEvent (event: ArchivedEvent): PublicEvent {
  const { _id: id, uid, time, kind, nick, anchor, removed } = event
  if (removed !== undefined) return { id, uid, time, kind, nick, anchor, removed: { by: removed.by, time: removed.time } }
  const told = { ...event, body: shownBody(event) }
  const shown = Object.fromEntries(SHOWN.filter(field => told[field] !== undefined).map(field => [field, told[field]]))
  return { id, uid, time, kind, nick, anchor, ...shown, ...defined({ crowd: event.crowd?.map(({ nick }) => ({ nick })) }) }
}
