import type { ShownMention } from '../../model/fallback.ts'
import { MARKS, parseStyling } from '../../model/styling.ts'
import type { Block, PlainBlock, Span, StyledSpan } from '../../model/styling.ts'
import { linkify } from './linkify.ts'
import { plainText } from './parts.ts'
import type { Part, Piece } from './parts.ts'
import { visibleText } from './visible-text.ts'

/** A text as it is shown: paragraphs, which may have several lines, code and quotations. */
export type TextBlock = Paragraph | { readonly kind: 'code', readonly text: string } | { readonly kind: 'quote', readonly blocks: readonly TextBlock[] }

export interface Paragraph {
  readonly kind: 'text'
  readonly parts: readonly Part[]
}

export interface TextOptions {
  /** In UTF-16 units of the text, by their places. */
  readonly mentions?: readonly ShownMention[]
  /** blocks: all of XEP-0393; spans: no quotations and no blocks of code; none: as it was typed. */
  readonly styling?: 'blocks' | 'spans' | 'none'
}

const TAGS: Readonly<Record<StyledSpan['kind'], 'strong' | 'em' | 'del'>> = { strong: 'strong', emphasis: 'em', strike: 'del' }

/** The marks of styled spans are shown as they were typed (XEP-0393 §6); those of blocks are seen in how they look. */
export function textBlocks (text: string, { mentions = [], styling = 'blocks' }: TextOptions = {}): TextBlock[] {
  const typed = text.trimEnd()
  if (typed === '') return []
  const leaf = withMentions(mentions)
  if (styling === 'none') return [{ kind: 'text', parts: leaf(typed, 0) }]
  return shownBlocks(styling === 'blocks' ? parseStyling(typed) : typed.split('\n').map(spansOf), leaf)
}

/** A single line that is no block, whatever it begins with. */
function spansOf (line: string): PlainBlock {
  const [block] = parseStyling(line)
  return block?.kind === 'plain' ? block : { kind: 'plain', spans: [{ kind: 'text', text: line }] }
}

type Leaf = (text: string, from: number) => Piece[]

/** Walks through the blocks and through the text they were made of, side by side. */
function shownBlocks (all: readonly Block[], leaf: Leaf): TextBlock[] {
  let at = 0
  let isFirst = true

  function nextLine (): void {
    if (!isFirst) at += 1
    isFirst = false
  }

  function partsOf (spans: readonly Span[]): Part[] {
    return spans.flatMap((span): Part[] => {
      const from = at
      if (span.kind === 'text') {
        at += span.text.length
        return leaf(span.text, from)
      }
      const mark = MARKS[span.kind]
      at += 1
      if (span.kind === 'code') at += span.text.length
      const inside: Part = span.kind === 'code' ? { text: visibleText(span.text), isCode: true } : { tag: TAGS[span.kind], parts: partsOf(span.spans) }
      at += 1
      return [{ text: mark }, inside, { text: mark }]
    })
  }

  function shown (blocks: readonly Block[], beginLine: () => void): TextBlock[] {
    const result: TextBlock[] = []
    let lines: Part[][] = []
    function endParagraph (): void {
      // What stands beside a block is set off from it already; blank lines would double that.
      const isAlone = blocks.every(({ kind }) => kind === 'plain')
      const kept = isAlone ? lines : withoutBlankEnds(lines)
      if (kept.length > 0) result.push({ kind: 'text', parts: kept.flatMap((line, n) => n === 0 ? line : [{ text: '\n' }, ...line]) })
      lines = []
    }
    for (const block of blocks) {
      if (block.kind === 'plain') {
        beginLine()
        lines.push(partsOf(block.spans))
        continue
      }
      endParagraph()
      if (block.kind === 'quote') {
        let line = 0
        const inside = shown(block.blocks, () => {
          beginLine()
          at += block.marks[line++]?.length ?? 0
        })
        result.push({ kind: 'quote', blocks: inside })
      } else {
        beginLine()
        at += 3 + block.info.length
        for (const line of block.isEmpty ? [] : block.text.split('\n')) {
          beginLine()
          at += line.length
        }
        if (block.isClosed) {
          beginLine()
          at += 3
        }
        result.push({ kind: 'code', text: visibleText(block.text) })
      }
    }
    endParagraph()
    return result
  }

  return shown(all, nextLine)
}

function withoutBlankEnds (lines: readonly Part[][]): readonly Part[][] {
  const isSaid = (line: readonly Part[]): boolean => plainText(line).trim() !== ''
  const first = lines.findIndex(isSaid)
  return first === -1 ? [] : lines.slice(first, lines.findLastIndex(isSaid) + 1)
}

function withMentions (mentions: readonly ShownMention[]): Leaf {
  return (text, from) => {
    const pieces: Piece[] = []
    let done = 0
    for (const mention of mentions) {
      const begin = Math.max(mention.from - from, done)
      const end = Math.min(mention.to - from, text.length)
      if (begin >= end) continue
      pieces.push(...linkify(visibleText(text.slice(done, begin))), { text: visibleText(text.slice(begin, end)), isMention: true })
      done = end
    }
    return [...pieces, ...linkify(visibleText(text.slice(done)))]
  }
}

/** What stands there, for places that have room for text only. */
export function plainBlocks (blocks: readonly TextBlock[]): string {
  return blocks.map(block => block.kind === 'text' ? plainText(block.parts) : block.kind === 'code' ? block.text : plainBlocks(block.blocks)).join('\n')
}
