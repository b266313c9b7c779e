/** A sentence of ours around things that are more than text: strings, and what was put between them. */
export type Phrase<T> = ReadonlyArray<string | T>

export function phrase<T> (texts: TemplateStringsArray, ...values: ReadonlyArray<string | T>): Phrase<T> {
  return texts.flatMap((text, n) => {
    const value = values[n]
    return [...(text === '' ? [] : [text]), ...(value === undefined ? [] : [value])]
  })
}
