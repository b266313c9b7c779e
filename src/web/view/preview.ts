import { visibleLine } from './visible-text.ts'

const GRAPHEMES = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** The beginning of a text on one line, for titles and link previews: whole characters, at most `length` of them. */
export function preview (text: string, length: number): string {
  const line = visibleLine(text.slice(0, length * 8))
  // No character is shorter than one unit of UTF-16.
  if (line.length <= length) return line
  const characters = [...GRAPHEMES.segment(line)].map(({ segment }) => segment)
  return characters.length <= length ? characters.join('') : `${characters.slice(0, length - 1).join('')}…`
}
