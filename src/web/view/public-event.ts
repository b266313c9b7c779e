import { contentOf } from '../../model/content.ts'
import type { Content, Reaction } from '../../model/content.ts'
import { defined } from '../../model/defined.ts'
import type { ArchivedEvent } from '../../model/event.ts'
import { shownBody } from './shown-body.ts'

// Named one by one, so that a new field of the record stays inside until somebody decides otherwise. Left out on
// purpose: the stanza, the source, occupant ids (they link the nicks of a person) and all that is private.
const SHOWN = [
  'message', 'replaces', 'retracts', 'reactsTo', 'newNick', 'actor', 'reason', 'role', 'affiliation', 'hats', 'status', 'alternate'
] as const
const SAID = ['language', 'bodies', 'files', 'unstyled', 'spoiler', 'encrypted', 'repliesTo'] as const
// What stands beside a cipher is about a text that nobody sees here.
const SAID_ENCRYPTED = ['encrypted', 'repliesTo'] as const

/** An event as JSON gives it to the public: as it stands. */
export type PublicEvent = Readonly<Pick<ArchivedEvent, 'uid' | 'time' | 'kind' | 'nick' | 'anchor' | 'body' | typeof SHOWN[number] | typeof SAID[number]>> & {
  readonly id: string
  /** The nicks of those who are named in the body. */
  readonly mentions?: readonly string[]
  readonly edited?: { readonly time: string, readonly count: number }
  /** Of a message that reacts: its own reactions; of any other: those to it. */
  readonly reactions?: readonly string[] | readonly Reaction[]
  readonly crowd?: ReadonlyArray<{ readonly nick: string }>
  readonly removed?: { readonly by: string, readonly time: string, readonly reason?: string }
}

/** Of a removed event only the place is left, and who removed it when and why. */
export function publicEvent (event: ArchivedEvent): PublicEvent {
  const { _id: id, uid, time, kind, nick, anchor, removed, standing } = event
  if (removed !== undefined) {
    return { id, uid, time, kind, nick, anchor, removed: { by: removed.by, time: removed.time, ...defined({ reason: removed.reason }) } }
  }
  const content = contentOf(event)
  const { latest, edits = 1 } = standing ?? {}
  const body = shownBody(event)
  return {
    id,
    uid,
    time,
    kind,
    nick,
    anchor,
    ...picked(event, SHOWN),
    ...picked(content, content.encrypted === undefined ? SAID : SAID_ENCRYPTED),
    ...defined({
      body: body === '' && content.files !== undefined ? undefined : body,
      mentions: content.encrypted === undefined ? nicksIn(content) : undefined,
      edited: latest === undefined ? undefined : { time: latest.time, count: edits },
      reactions: event.reactsTo === undefined ? standing?.reactions : event.reactions,
      crowd: event.crowd?.map(({ nick }) => ({ nick }))
    })
  }
}

function nicksIn ({ mentions = [] }: Content): string[] | undefined {
  const nicks = new Set(mentions.flatMap(({ nick }) => nick ?? []))
  return nicks.size === 0 ? undefined : [...nicks]
}

function picked<T extends object, K extends keyof T> (from: T, names: readonly K[]): Partial<Pick<T, K>> {
  return Object.fromEntries(names.filter(name => from[name] !== undefined).map(name => [name, from[name]])) as Partial<Pick<T, K>>
}
