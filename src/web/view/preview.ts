import { visibleLine } from './visible-text.ts'

/** The beginning of a text on one line, for titles and link previews: whole characters, at most `length` of them. */
export function preview (text: string, length: number): string {
  const characters = [...new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(visibleLine(text.slice(0, length * 8)))]
  return characters.length <= length ? characters.map(({ segment }) => segment).join('') : `${characters.slice(0, length - 1).map(({ segment }) => segment).join('')}…`
}
