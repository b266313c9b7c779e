import { contentOf } from '../model/content.ts'
import { defined } from '../model/defined.ts'
import type { ArchivedEvent } from '../model/event.ts'
import { streamOf } from '../model/event.ts'
import { shownText } from '../model/fallback.ts'

/**
 * The fields of a document in the order in which they are written. What a record gives or derives anew from all the others is left out:
 * the anchor, and how a message stands.
 */
const FIELDS = [
  '_id', 'kind', 'room', 'time', 'uid', 'nick', 'body', 'language', 'bodies', 'fallback', 'files', 'unstyled', 'spoiler', 'mentions',
  'encrypted', 'repliesTo', 'reactsTo', 'reactions', 'replaces', 'retracts', 'newNick', 'actor', 'reason', 'role', 'affiliation', 'hats',
  'status', 'alternate', 'crowd', 'message', 'origin', 'occupant', 'claimedTime', 'stanza', 'via', 'source', 'removed', 'private'
] as const satisfies ReadonlyArray<keyof ArchivedEvent>

/** What readers of the site are given; the others stay inside (see docs/export.md). */
const PUBLIC: ReadonlySet<typeof FIELDS[number]> = new Set([
  '_id', 'kind', 'room', 'time', 'uid', 'nick', 'body', 'language', 'bodies', 'files', 'unstyled', 'spoiler', 'mentions', 'encrypted',
  'repliesTo', 'newNick', 'actor', 'reason', 'role', 'affiliation', 'hats', 'status', 'alternate', 'crowd', 'message', 'removed'
])
/** What stands beside a cipher is about a text that nobody sees here. */
const OF_A_TEXT: ReadonlySet<string> = new Set(['body', 'language', 'bodies', 'files', 'unstyled', 'spoiler', 'mentions'])

/** An event as a line that `hansard import --format jsonl` reads back; of the same event always the same bytes. */
export function wholeLine (event: ArchivedEvent): string {
  return lineOf(event, FIELDS)
}

/**
 * The same with what readers of the site see: a message as it stands now. Undefined for what they see as part of another message, or
 * not at all: corrections, reactions, and what asks for a removal.
 */
export function publicLine (event: ArchivedEvent): string | undefined {
  const { appliesTo, retracts, reactsTo, removed } = event
  if (removed !== undefined) {
    const { by, time, reason } = removed
    const { _id, kind, room, uid, nick } = event
    return lineOf({ _id, kind, room, time: event.time, uid, nick, removed: { by, time, ...defined({ reason }) } }, FIELDS)
  }
  const content = contentOf(event)
  const body = shownText({ ...content, ...defined({ retracts, reactsTo }) })
  const refersOnly = (retracts ?? reactsTo) !== undefined && body === ''
  if (appliesTo !== undefined || refersOnly) return undefined
  const isEncrypted = content.encrypted !== undefined
  const { standing: _, mentions: __, ...said } = { ...event, ...standingContent(event) }
  const nicks = (content.mentions ?? []).flatMap(({ nick }) => nick ?? [])
  return lineOf({
    ...said,
    ...streamOf(event.kind) === 'talk' && !isEncrypted && { body },
    ...nicks.length > 0 && { mentions: [...new Set(nicks)].map(nick => ({ nick })) },
    ...event.crowd !== undefined && { crowd: event.crowd.map(({ nick }) => ({ nick })) }
  }, FIELDS.filter(name => PUBLIC.has(name) && !(isEncrypted && OF_A_TEXT.has(name))))
}

/** What a correction says stands in place of all that was said. */
function standingContent (event: ArchivedEvent): Partial<ArchivedEvent> {
  const latest = event.standing?.latest
  if (latest === undefined) return {}
  const { uid: _, time: __, ...content } = latest
  return {
    ...Object.fromEntries([...OF_A_TEXT, 'encrypted', 'repliesTo'].map(name => [name, undefined])),
    ...content
  }
}

function lineOf (event: Partial<ArchivedEvent>, names: ReadonlyArray<typeof FIELDS[number]>): string {
  return `${JSON.stringify(Object.fromEntries(names.flatMap(name => event[name] === undefined ? [] : [[name, sorted(event[name])]])))}\n`
}

// Two stores need not keep the members of an object in one order.
function sorted (value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1).map(([name, member]) => [name, sorted(member)]))
}
