import lunr from 'lunr'

/** What TokenSet has and its published types leave out. */
interface State {
  readonly final: boolean
  readonly edges: Readonly<Record<string, { readonly id: number }>>
  readonly _str?: string
}

/**
 * Lunr 2.3.9 names the states of its automaton by their edges without anything between them: with digits among the labels, edges
 * 1→5, 2→7 and the one edge 1→527 are one name, states are merged that differ, and the index loses words and has others
 * that make prefix queries throw. Names with separators are unambiguous. To be imported wherever an index is built or loaded.
 */
(lunr.TokenSet.prototype as unknown as { toString (this: State): string }).toString = function () {
  if (this._str !== undefined && this._str !== '') return this._str
  return Object.keys(this.edges).sort().reduce((name, label) => `${name};${label},${this.edges[label]?.id ?? ''}`, this.final ? '1' : '0')
}

export { lunr }
