import { phrase } from './phrase.ts'
import type { Phrase } from './phrase.ts'

// French sets signs of two strokes off by a space at which no line breaks: a whole one for «, » and the colon, a narrow one else.
const WHOLE = '\u00A0'
const NARROW = '\u202F'

const spaced = new WeakMap<TemplateStringsArray, TemplateStringsArray>()

/** A text of ours with the spaces that French typography wants. What is put in stays as it is. */
export function texte (texts: TemplateStringsArray, ...values: readonly string[]): string {
  return String.raw({ raw: spacedOnce(texts) }, ...values)
}

/** The same for what is more than text. */
export function phrased<T> (texts: TemplateStringsArray, ...values: ReadonlyArray<string | T>): Phrase<T> {
  return phrase<T>(spacedOnce(texts), ...values)
}

// The pages of a busy day have thousands of these.
function spacedOnce (texts: TemplateStringsArray): TemplateStringsArray {
  const known = spaced.get(texts)
  if (known !== undefined) return known
  const result = texts.map(withSpaces)
  const made: TemplateStringsArray = Object.assign(result, { raw: result })
  spaced.set(texts, made)
  return made
}

function withSpaces (text: string): string {
  return text.replace(/ (?=[:»])|(?<=«) /g, WHOLE).replace(/ (?=[;!?])/g, NARROW)
}
