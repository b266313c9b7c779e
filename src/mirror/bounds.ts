/** What a mirror room takes on, so that no visitor costs more than others. */
export const BOUNDS = {
  /** Sessions in one room … */
  occupants: 2_000,
  /** … and of one account in it. */
  sessionsOfAccount: 20,
  /** Joins of one account, over all rooms: so many at once, and one more each second. */
  joins: 100,
  /** Refusals to one account: so many at once, and five more each second. */
  answers: 200,
  /** Messages of history unless a client asks for more or less, and at most. */
  history: 20,
  maxHistory: 200,
  maxHistoryCharacters: 1_000_000,
  /**
   * What may wait in one room: joins and other things that visitors ask for, before they are refused; and what was said,
   * before the visitors are told to come again.
   */
  waiting: { asked: 2_000, said: 1_000 },
  /** Characters handed to the stream at once. */
  write: 1_000_000
} as const
