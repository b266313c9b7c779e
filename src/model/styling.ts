/** A text in blocks (XEP-0393 §4.1). Put together again they are the text: see `unstyledText`. */
export type Block = PlainBlock | PreformattedBlock | QuoteBlock

/** One line. */
export interface PlainBlock {
  readonly kind: 'plain'
  readonly spans: readonly Span[]
}

export interface PreformattedBlock {
  readonly kind: 'preformatted'
  /** What stands behind the opening ```: the name of a language, say. */
  readonly info: string
  readonly text: string
  /** False where the text or the quotation ends before the block does. */
  readonly isClosed: boolean
  readonly isEmpty: boolean
}

export interface QuoteBlock {
  readonly kind: 'quote'
  readonly blocks: readonly Block[]
  /** What was taken from the beginning of each line: `>`, mostly with a space. */
  readonly marks: readonly string[]
}

/** A piece of a line. The marks around a styled one are to be shown too (XEP-0393 §6). */
export type Span = TextSpan | CodeSpan | StyledSpan

export interface TextSpan {
  readonly kind: 'text'
  readonly text: string
}

export interface CodeSpan {
  readonly kind: 'code'
  readonly text: string
}

export interface StyledSpan {
  readonly kind: 'strong' | 'emphasis' | 'strike'
  readonly spans: readonly Span[]
}

export const MARKS = { strong: '*', emphasis: '_', strike: '~', code: '`' } as const

const FENCE = '```'
/** Deeper quotations are the text of the innermost. */
const MAX_DEPTH = 12
const SPACE = /[\p{White_Space}\p{Z}]/u
const KINDS = new Map<string, keyof typeof MARKS>(Object.entries(MARKS).map(([kind, mark]) => [mark, kind as keyof typeof MARKS]))

/** Parses a body in time linear in its length, whatever it is. */
export function parseStyling (text: string): Block[] {
  return parseBlocks(text.split('\n'), 0)
}

function parseBlocks (lines: readonly string[], depth: number): Block[] {
  const blocks: Block[] = []
  for (let at = 0; at < lines.length;) {
    const line = lines[at] ?? ''
    if (line.startsWith(FENCE)) {
      const end = lines.indexOf(FENCE, at + 1)
      const inside = lines.slice(at + 1, end === -1 ? undefined : end)
      blocks.push({ kind: 'preformatted', info: line.slice(FENCE.length), text: inside.join('\n'), isClosed: end !== -1, isEmpty: inside.length === 0 })
      at += inside.length + (end === -1 ? 1 : 2)
    } else if (line.startsWith('>') && depth < MAX_DEPTH) {
      let end = at + 1
      while (lines[end]?.startsWith('>') === true) end += 1
      const quoted = lines.slice(at, end)
      const marks = quoted.map(quotedLine => SPACE.test(quotedLine.charAt(1)) ? quotedLine.slice(0, 2) : '>')
      blocks.push({ kind: 'quote', marks, blocks: parseBlocks(quoted.map((quotedLine, n) => quotedLine.slice(marks[n]?.length)), depth + 1) })
      at += quoted.length
    } else {
      blocks.push({ kind: 'plain', spans: parseSpans(line) })
      at += 1
    }
  }
  return blocks
}

/**
 * XEP-0393 §4.2. What ends a span is the first mark of its kind that has no white space before it, so a span never
 * holds another of its own kind, and nests no deeper than there are kinds.
 */
function parseSpans (line: string): Span[] {
  const ends = endsOf(line)

  function parse (begin: number, end: number): Span[] {
    const spans: Span[] = []
    let plain = begin
    for (let at = begin; at < end;) {
      const kind = KINDS.get(line.charAt(at))
      const isOpening = kind !== undefined && at + 1 < end &&
        (at === begin || SPACE.test(line.charAt(at - 1))) && !SPACE.test(line.charAt(at + 1))
      const close = isOpening ? ends(line.charAt(at), at + 1) : undefined
      if (kind === undefined || close === undefined || close >= end) {
        at += 1
      } else if (close === at + 1) {
        // Nothing in between: neither is a mark.
        at += 2
      } else {
        if (at > plain) spans.push({ kind: 'text', text: line.slice(plain, at) })
        spans.push(kind === 'code' ? { kind, text: line.slice(at + 1, close) } : { kind, spans: parse(at + 1, close) })
        at = plain = close + 1
      }
    }
    if (end > plain) spans.push({ kind: 'text', text: line.slice(plain, end) })
    return spans
  }

  return parse(0, line.length)
}

/** Finds the first mark from a place on that may end a span. */
function endsOf (line: string): (mark: string, from: number) => number | undefined {
  const places = new Map<string, number[]>(Object.values(MARKS).map(mark => [mark, []]))
  for (let at = 1; at < line.length; at++) {
    const known = places.get(line.charAt(at))
    if (known !== undefined && !SPACE.test(line.charAt(at - 1))) known.push(at)
  }
  return (mark, from) => {
    const known = places.get(mark) ?? []
    let low = 0
    for (let high = known.length; low < high;) {
      const middle = (low + high) >> 1
      if ((known[middle] ?? 0) < from) low = middle + 1
      else high = middle
    }
    return known[low]
  }
}

/** The text that the blocks were made of. */
export function unstyledText (blocks: readonly Block[]): string {
  return linesOf(blocks).join('\n')
}

function linesOf (blocks: readonly Block[]): string[] {
  return blocks.flatMap(block => {
    if (block.kind === 'plain') return [textOfSpans(block.spans)]
    if (block.kind === 'quote') return linesOf(block.blocks).map((line, n) => `${block.marks[n] ?? ''}${line}`)
    const text = block.isEmpty ? [] : block.text.split('\n')
    return [`${FENCE}${block.info}`, ...text, ...(block.isClosed ? [FENCE] : [])]
  })
}

export function textOfSpans (spans: readonly Span[]): string {
  return spans.map(span => {
    if (span.kind === 'text') return span.text
    const mark = MARKS[span.kind]
    return `${mark}${span.kind === 'code' ? span.text : textOfSpans(span.spans)}${mark}`
  }).join('')
}
