import type { Slice } from './stretch.ts'

const QUOTE = /^(?:\s*>)+\s*/
/** So many characters alone are enough to know whose words they are; fewer must be words. */
const TELLING = 8
/** Of more lines only those are found that are the same: comparing each with each would take its time. */
const MAX_LINES = 1_000
const MAX_TRIES = 100
/** Characters of the texts that are gone through for one body: somebody may answer himself with as many lines as he has forms of a text. */
const MAX_SEARCHED = 20_000_000

/**
 * Where lines behind `>` have words of the texts: a line of them, a part of one, or one behind a name. A quoted line that
 * announces one of them (`> alice wrote:`) goes with it. In order.
 */
export function quotedLines (body: string, texts: readonly string[]): Slice[] {
  const isOfTexts = finder(texts)
  const found: Slice[] = []
  let from = 0
  let announcement: Slice | undefined
  for (const line of body.split('\n')) {
    const slice = { from, to: Math.min(from + line.length + 1, body.length) }
    const quoted = QUOTE.exec(line)?.[0]
    if (quoted !== undefined && isOfTexts(line.slice(quoted.length))) {
      if (announcement !== undefined) found.push(announcement)
      found.push(slice)
      announcement = undefined
    } else {
      announcement = quoted !== undefined && line.trimEnd().endsWith(':') ? slice : undefined
    }
    from = slice.to
  }
  return found
}

function finder (texts: readonly string[]): (line: string) => boolean {
  const wholes = texts.map(plain).filter(text => text !== '')
  const lines = new Set(texts.flatMap(text => text.split('\n')).map(line => plain(line.replace(QUOTE, ''))).filter(line => line !== ''))
  const first = [...lines].slice(0, MAX_LINES)
  const most = Math.min(MAX_LINES, MAX_SEARCHED / Math.max(1, wholes.reduce((sum, { length }) => sum + length, 0)))
  let asked = 0
  return line => {
    const words = plain(line).replace(/ ?(?:…|\.\.\.)$/, '')
    if (words === '') return false
    if (lines.has(words)) return true
    asked += 1
    return asked <= most && (wholes.some(whole => hasWords(whole, words)) || first.some(known => hasWords(words, known)))
  }
}

function plain (text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}

const WORD = /[\p{L}\p{N}]/u

function hasWords (text: string, words: string): boolean {
  let at = text.indexOf(words)
  if (words.length >= TELLING) return at !== -1
  for (let tries = 0; at !== -1 && tries < MAX_TRIES; tries++) {
    if (!WORD.test(text.charAt(at - 1)) && !WORD.test(text.charAt(at + words.length))) return true
    at = text.indexOf(words, at + 1)
  }
  return false
}
