import { cut, findMatches } from './highlight.ts'
import type { Segment, Span } from './highlight.ts'
import type { Query } from './query.ts'
import type { Language } from './stem.ts'

const ELLIPSIS: Segment = { text: '…', isMatch: false }

/** How far a cut may move to fall between words. */
const SLACK = 20

/**
 * The part of a text, of about `maxChars` UTF-16 units, that shows the most of what the query found; with … where
 * something is left out. The whole text when it is short enough, its beginning when nothing is found in it.
 */
export function excerpt (text: string, query: Query, maxChars: number, languages: readonly Language[] = ['en']): Segment[] {
  const matches = findMatches(text, query, languages)
  if (text.length <= maxChars) return cut(text, matches, 0, text.length)
  const window = bestWindow(matches, maxChars)
  // Some words before the first match, so that it reads as part of a sentence.
  const lead = Math.max(0, Math.min(Math.floor((maxChars - (window.end - window.start)) / 2), Math.floor(maxChars / 3)))
  const wanted = Math.max(0, Math.min(window.start - lead, text.length - maxChars))
  const from = wanted === 0 ? 0 : between(text, wanted, 1)
  const to = wanted + maxChars >= text.length ? text.length : between(text, wanted + maxChars, -1)
  return [...(from > 0 ? [ELLIPSIS] : []), ...cut(text, matches, from, to), ...(to < text.length ? [ELLIPSIS] : [])]
}

// From the match that has the most others within reach; a match longer than the excerpt is cut.
function bestWindow (matches: readonly Span[], maxChars: number): Span {
  let best: Span = { start: 0, end: 0 }
  let most = 0
  for (const [index, { start }] of matches.entries()) {
    const within = matches.slice(index, index + maxChars).filter(match => match.end <= start + maxChars)
    if (within.length > most || most === 0) {
      most = within.length
      best = { start, end: within.at(-1)?.end ?? start + maxChars }
    }
  }
  return best
}

// The nearest place to cut in the direction: beside a space, or else at least not inside a surrogate pair or before a mark.
function between (text: string, wanted: number, direction: 1 | -1): number {
  for (let at = wanted; Math.abs(at - wanted) <= SLACK && at > 0 && at < text.length; at += direction) {
    if (/\s/.test(text.charAt(direction === 1 ? at - 1 : at))) return at
  }
  let at = wanted
  while (at > 0 && at < text.length && /[\udc00-\udfff\p{M}\u200d]/u.test(text.charAt(at))) at += direction
  return at
}
