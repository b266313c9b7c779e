import { authorshipOf } from './authorship.ts'
import type { Session } from './authorship.ts'
import { MOST_NAMED } from './content.ts'
import type { Content, Reaction, Standing } from './content.ts'
import { defined } from './defined.ts'
import type { ArchivedEvent, Removal, Uid } from './event.ts'
import { shownText } from './fallback.ts'

export type { Session } from './authorship.ts'

export interface Outcome {
  /** Undefined where the message stands as it was said, and where it is to be removed. */
  readonly standing?: Standing
  /** What was applied: none of them is a message of its own. By time. */
  readonly applied: readonly Uid[]
  /** Those of them whose texts are those of the message, and go with it. By time. */
  readonly corrections: readonly Uid[]
  /** The removal that was asked for by the author or told by the room; the first counts. */
  readonly removal?: Removal
}

/** So many different reactions to a message are kept: more are nobody's opinion. */
export const MAX_REACTIONS = 50

/** The ids under which others may refer to a message: what `referring` of the store is asked for. */
export function idsOf ({ uid, message, origin }: ArchivedEvent): string[] {
  return [...new Set([uid, message, origin].filter(id => id !== undefined))]
}

/**
 * How a message stands after what was said of it, by the record alone and in whatever order it is given. One that is itself
 * applied to another has no standing of its own, but may be removed.
 * @param referring all that names it or one of its corrections; what only seems to is left alone
 */
export function standingOf (original: ArchivedEvent, referring: readonly ArchivedEvent[], session: Session = {}): Outcome {
  const { hasSameAuthor, isMeantBy } = authorshipOf(original, session)
  const others = [...new Map(referring.map(event => [event.uid, event])).values()]
    .filter(({ uid, kind }) => uid !== original.uid && kind === 'message').sort(byTime)
  const valid = others.filter(isCorrection).filter(event => hasSameAuthor(event) && isMeantBy(event))
  const corrections = original.kind === 'message' && original.appliesTo === undefined ? correctionsOf(original, valid) : []
  const versions = [original, ...corrections]
  const uids = new Set(versions.map(({ uid }) => uid))
  const ids = new Set(versions.flatMap(idsOf))

  // XEP-0425 §5: the room gives its own ids only, and alone speaks without a nick.
  function isRetraction (event: ArchivedEvent): boolean {
    if (event.retracts === undefined) return false
    if (uids.has(event.retracts)) return event.nick === '' || hasSameAuthor(event)
    return ids.has(event.retracts) && event.nick !== '' && hasSameAuthor(event) && isMeantBy(event)
  }

  const retractions = others.filter(isRetraction)
  const reactions = original.appliesTo === undefined ? others.filter(event => isReaction(event) && uids.has(event.reactsTo)) : []
  const applied = [...corrections, ...retractions, ...reactions.filter(isSilent)].sort(byTime)
  const [retraction] = retractions
  const isRemoved = original.removed !== undefined || retraction !== undefined
  return {
    applied: applied.map(({ uid }) => uid),
    corrections: corrections.map(({ uid }) => uid),
    ...(isRemoved ? {} : defined({ standing: standing(corrections, reactions) })),
    ...(retraction === undefined ? {} : { removal: removalBy(retraction) })
  }
}

function standing (corrections: readonly ArchivedEvent[], reactionEvents: readonly ArchivedEvent[]): Standing | undefined {
  const said = corrections.filter(({ removed }) => removed === undefined)
  const last = said.at(-1)
  const reactions = countReactions(reactionEvents.filter(({ removed }) => removed === undefined))
  if (last === undefined && reactions.length === 0) return undefined
  return {
    ...(last === undefined ? {} : { latest: { ...contentFields(last), uid: last.uid, time: last.time }, edits: said.length }),
    ...(reactions.length === 0 ? {} : { reactions })
  }
}

type Correction = ArchivedEvent & { readonly replaces: string }

function isCorrection (event: ArchivedEvent): event is Correction {
  return event.replaces !== undefined && event.retracts === undefined && event.reactsTo === undefined
}

function isReaction (event: ArchivedEvent): event is ArchivedEvent & { readonly reactsTo: string } {
  return event.reactsTo !== undefined && event.retracts === undefined && (event.nick !== '' || event.removed !== undefined)
}

/** What has words of its own besides is shown for their sake. */
function isSilent (event: ArchivedEvent): boolean {
  return shownText(event).trim() === '' && event.encrypted === undefined && event.files === undefined
}

/** XEP-0308 §4: each names the first id. Programs that name the one before are understood too. */
function correctionsOf (original: ArchivedEvent, candidates: readonly Correction[]): ArchivedEvent[] {
  const naming = groupBy(candidates, ({ replaces }) => replaces)
  const found = new Set<ArchivedEvent>()
  const ids = [original.message]
  for (const id of ids) {
    for (const event of id === undefined ? [] : naming.get(id) ?? []) {
      if (!found.has(event)) ids.push(event.message)
      found.add(event)
    }
  }
  return [...found].filter(saysSomething).sort(byTime)
}

function saysSomething ({ body, encrypted, files, removed }: ArchivedEvent): boolean {
  return body !== undefined || encrypted !== undefined || files !== undefined || removed !== undefined
}

const CONTENT: ReadonlyArray<keyof Content> =
  ['body', 'language', 'bodies', 'fallback', 'files', 'unstyled', 'spoiler', 'mentions', 'encrypted', 'repliesTo']

/** What the message says, alone: a correction takes the place of all of it, also of what it does not repeat. */
function contentFields (event: ArchivedEvent): Content {
  return Object.fromEntries(CONTENT.filter(name => event[name] !== undefined).map(name => [name, event[name]]))
}

/** XEP-0444 §4: the last set of each person counts, and takes the place of those before. */
function countReactions (events: readonly ArchivedEvent[]): Reaction[] {
  const sets = new Map(events.map(event => [event.occupant === undefined ? `nick ${event.nick}` : `occupant ${event.occupant}`, event]))
  const each = [...sets.values()].sort(byTime)
    .flatMap(({ nick, reactions = [] }) => [...new Set(reactions)].map(reaction => ({ nick, reaction })))
  return [...groupBy(each, ({ reaction }) => reaction)]
    .map(([reaction, people]) => [reaction, people.map(({ nick }) => nick)] as const)
    .sort(([, one], [, other]) => other.length - one.length)
    .slice(0, MAX_REACTIONS)
    .map(([reaction, nicks]) => ({ reaction, count: nicks.length, nicks: nicks.slice(0, MOST_NAMED) }))
}

function removalBy ({ nick, uid, message, time, reason, actor }: ArchivedEvent): Removal {
  if (nick !== '') return { by: 'author', time, retraction: uid, ...defined({ message }) }
  return { by: 'moderator', time, retraction: uid, ...defined({ message, reason, moderator: actor }) }
}

function groupBy<T> (items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const group = groups.get(keyOf(item))
    if (group === undefined) groups.set(keyOf(item), [item])
    else group.push(item)
  }
  return groups
}

function byTime (one: ArchivedEvent, other: ArchivedEvent): number {
  return one.time < other.time ? -1 : one.time > other.time ? 1 : one.uid < other.uid ? -1 : 1
}
