import 'lunr'

// What lunr 2.3 has and its published types leave out.
declare module 'lunr' {
  class QueryParser {
    constructor (text: string, query: Query)
    parse (): Query
  }

  namespace Query {
    interface Clause {
      presence: presence
    }
  }

  /** A machine that accepts words letter by letter; the edge `*` takes any letter. */
  interface TokenSet {
    final: boolean
    edges: Record<string, TokenSet>
  }

  namespace TokenSet {
    function fromFuzzyString (text: string, edits: number): TokenSet
  }
}
