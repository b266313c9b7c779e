import type { Content, Fallback, Mention } from './content.ts'
import { merged, slicesOf, withoutSlices } from './stretch.ts'
import type { Slice } from './stretch.ts'

/** Namespaces that a fallback may stand in for. */
export const FALLBACK_FOR_REPLY = 'urn:xmpp:reply:0'
const FOR_FILES = new Set(['urn:xmpp:sfs:0', 'urn:xmpp:sims:1', 'urn:xmpp:reference:0', 'jabber:x:oob'])
const FOR_SPOILER = 'urn:xmpp:spoiler:0'
const FOR_REACTIONS = new Set(['urn:xmpp:reactions:0', ''])
const FOR_RETRACTIONS = new Set([
  'urn:xmpp:message-retract:1', 'urn:xmpp:message-retract:0', 'urn:xmpp:message-moderate:1', 'urn:xmpp:message-moderate:0', ''
])

/** A message with what makes its fallbacks needless. */
export type Shown = Content & { readonly reactsTo?: string, readonly retracts?: string }

/** A mention in UTF-16 units of the shown text. */
export type ShownMention = Slice & Omit<Mention, 'start' | 'end'>

/**
 * The body without what stands in for something else (XEP-0428), or for one of `forWhat` only. Stretches may overlap and
 * come in any order; one that goes beyond the body is ignored.
 */
export function withoutFallback (body: string, fallback: readonly Fallback[] = [], forWhat?: ReadonlySet<string>): string {
  return withoutSlices(body, slicesFor(body, fallback, purpose => forWhat?.has(purpose) ?? true))
}

/**
 * What people and searches are to see of the body: all but what stands in for something that is understood and shown in its
 * own way: the quote of a reply, the address of a file. A fallback for anything else is all there is to show of it.
 */
export function shownText (content: Shown): string {
  const { body = '' } = content
  return withoutSlices(body, hiddenOf(content))
}

/** Whether the text is no more than the address of one of its files: many senders (XEP-0066) mark that by nothing else. */
export function isFileAddress ({ body = '', files = [] }: Content): boolean {
  return files.some(({ url }) => url !== undefined && url === body.trim())
}

/** The mentions that have a place in the shown text, in the order of their places. */
export function shownMentions (content: Shown): ShownMention[] {
  const { body = '', mentions = [] } = content
  const hidden = hiddenOf(content)
  const placed = mentions.filter(({ start, end }) => start !== undefined && end !== undefined)
  return slicesOf(body, placed).flatMap((slice, n) => {
    const { start: _, end: __, ...who } = placed[n] as Mention
    if (slice === undefined || slice.from === slice.to || hidden.some(({ from, to }) => slice.from < to && slice.to > from)) return []
    const before = hidden.reduce((sum, { from, to }) => to <= slice.from ? sum + to - from : sum, 0)
    return [{ ...who, from: slice.from - before, to: slice.to - before }]
  }).sort((a, b) => a.from - b.from)
}

/** What a reply quotes in its body, for where the message that it answers cannot be shown; undefined when it does not. */
export function quotedText ({ body = '', fallback = [] }: Content): string | undefined {
  const text = slicesFor(body, fallback, purpose => purpose === FALLBACK_FOR_REPLY).map(({ from, to }) => body.slice(from, to)).join('')
  return text === '' ? undefined : text
}

function hiddenOf (content: Shown): Slice[] {
  const { body = '', fallback = [] } = content
  const hidden = slicesFor(body, fallback, purpose => isUnderstood(purpose, content))
  const [first] = hidden
  if (first?.from !== 0) return hidden
  // Senders differ in whether they count the line break behind a quote.
  const breaks = /^\n*/.exec(body.slice(first.to))?.[0].length ?? 0
  return merged([...hidden, { from: 0, to: first.to + breaks }])
}

function isUnderstood (purpose: string, { repliesTo, files, spoiler, reactsTo, retracts }: Shown): boolean {
  return (repliesTo !== undefined && purpose === FALLBACK_FOR_REPLY) ||
    (files !== undefined && FOR_FILES.has(purpose)) ||
    (spoiler !== undefined && purpose === FOR_SPOILER) ||
    (reactsTo !== undefined && FOR_REACTIONS.has(purpose)) ||
    (retracts !== undefined && FOR_RETRACTIONS.has(purpose))
}

function slicesFor (body: string, fallback: readonly Fallback[], isWanted: (purpose: string) => boolean): Slice[] {
  const wanted = fallback.filter(({ for: purpose }) => isWanted(purpose))
  return merged(slicesOf(body, wanted).filter(slice => slice !== undefined))
}
