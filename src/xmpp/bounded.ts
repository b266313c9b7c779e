/** Longer ids than this are nobody's. */
export const MAX_ID = 1_024

/** Something that is of use whole or not at all: undefined when it is empty or longer. */
export function atMost (length: number, text: string | undefined): string | undefined {
  return text === undefined || text === '' || text.length > length ? undefined : text
}

/** The beginning of a text for people, white space around it left out; undefined when nothing is left. */
export function beginning (length: number, text: string | undefined): string | undefined {
  const trimmed = text?.trim()
  if (trimmed === undefined || trimmed === '') return undefined
  // Not half a character.
  return trimmed.length <= length ? trimmed : trimmed.slice(0, length).replace(/[\ud800-\udbff]$/, '')
}

/** A whole number as XML Schema's unsignedInt writes it. */
export function wholeNumber (text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : undefined
}
