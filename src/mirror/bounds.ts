/** What a mirror room takes on, so that no visitor costs more than others. */
export const BOUNDS = {
  /** Sessions in one room … */
  occupants: 2_000,
  /** … of one account in it, and of all accounts of one server, so that none keeps the others out. */
  sessionsOfAccount: 20,
  sessionsOfServer: 1_500,
  /** Joins over all rooms, of one account and of all accounts of one server: so many at once, and so many more each second. */
  joins: { account: { burst: 100, perSecond: 1 }, server: { burst: 4_000, perSecond: 50 } },
  /** Refusals, and answers to what is no join. */
  answers: { account: { burst: 200, perSecond: 5 }, server: { burst: 4_000, perSecond: 50 } },
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
  write: 1_000_000,
  /** A visitor that was not heard for so long is asked whether it is still there; so many of them each minute. */
  silence: 3_600_000_000,
  asked: 500
} as const
