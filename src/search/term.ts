/** A word with its other forms, the beginning of a word, or words that follow each other exactly as written. */
export interface Term {
  readonly kind: 'word' | 'prefix' | 'phrase'
  readonly text: string
}
