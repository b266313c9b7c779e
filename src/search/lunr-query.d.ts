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
}
