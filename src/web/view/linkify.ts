/** A stretch of shown text, with the address it links to if it does. */
export interface TextPart {
  readonly text: string
  readonly href?: string
}

const CANDIDATE = /(?<![\p{L}\p{N}])(?:https?:\/\/|xmpp:|mailto:)[^\s<>"`\p{Cc}\u2018-\u201F\u300C-\u300F]+/giu
const PAIRS: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' }

/** Finds the http, https, xmpp and mailto addresses in a text. The parts joined are the text. */
export function linkify (text: string): TextPart[] {
  const parts: TextPart[] = []
  let end = 0
  for (const match of text.matchAll(CANDIDATE)) {
    const address = withoutTrailing(match[0])
    const href = hrefOf(address)
    if (href === undefined) continue
    if (match.index > end) parts.push({ text: text.slice(end, match.index) })
    parts.push({ text: address, href })
    end = match.index + address.length
  }
  if (end < text.length) parts.push({ text: text.slice(end) })
  return parts
}

// The sentence around an address ends it: «(see https://en.wikipedia.org/wiki/Go_(game)).» keeps one bracket of the three.
function withoutTrailing (candidate: string): string {
  let end = candidate.length
  let unopened: Record<string, number> | undefined
  for (; end > 0; end--) {
    const last = candidate.charAt(end - 1)
    if (/[.,;:!?'*_~|。、，！？]/u.test(last)) continue
    if (!(last in PAIRS)) break
    unopened ??= countUnopened(candidate)
    if ((unopened[last] ?? 0) <= 0) break
    unopened[last] = (unopened[last] ?? 0) - 1
  }
  return candidate.slice(0, end)
}

function countUnopened (text: string): Record<string, number> {
  const count = (character: string) => text.split(character).length - 1
  return Object.fromEntries(Object.entries(PAIRS).map(([close, open]) => [close, count(close) - count(open)]))
}

function hrefOf (address: string): string | undefined {
  if (!URL.canParse(address)) return undefined
  const url = new URL(address)
  const isComplete = url.protocol === 'xmpp:' || url.protocol === 'mailto:' ? url.pathname.includes('@') || url.pathname.includes('.') : url.hostname !== ''
  return isComplete ? url.href : undefined
}
