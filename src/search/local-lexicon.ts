import type Database from 'better-sqlite3'
import { fold } from './fold.ts'
import { stemsOf } from './stem.ts'
import type { Language } from './stem.ts'

/** A search asks for at most so many forms of a word, the most frequent ones. */
const MOST_FORMS = 64

/** Words remembered to be in the lexicon, about 10 MB. */
const MOST_KNOWN = 100_000

/** In bulk the frequencies of known words wait for so many messages. */
const MOST_PENDING = 50_000

export interface LexiconWriter {
  /**
   * Takes in the words of so many messages, in their plain form, with the number of messages that have them. New words are
   * written at once, as searches need them.
   */
  add (counts: ReadonlyMap<string, number>, messages: number, isBulk: boolean): void
  /** Nobody says these words any more. */
  leave (words: readonly string[]): void
  /** After a transaction that failed, or when another process has emptied the index. */
  forget (): void
  /** Makes the stems anew when the index was made for other languages; tells whether it did. */
  setLanguages (): boolean
}

/**
 * The words of the index with their document frequency. Frequencies only rank the forms of a word:
 * removed messages keep counting while others have the word, and a killed process may leave out some. Stems are kept for
 * the words that differ from them.
 */
export function createLexiconWriter (db: Database.Database, languages: readonly Language[]): LexiconWriter {
  const count = db.prepare<[string, number]>('INSERT INTO lexicon VALUES (?, ?) ON CONFLICT DO UPDATE SET df = df + excluded.df')
  const meet = db.prepare<[string, number]>('INSERT INTO lexicon VALUES (?, ?) ON CONFLICT DO NOTHING')
  const remove = db.prepare<[string]>('DELETE FROM lexicon WHERE word = ?')
  const removeStem = db.prepare<[string, string]>('DELETE FROM stem WHERE stem = ? AND word = ?')
  const known = new Set<string>()
  const pending = new Map<string, number>()
  let pendingMessages = 0
  const addStem = db.prepare<[string, string]>('INSERT OR IGNORE INTO stem VALUES (?, ?)')

  function addStems (word: string): void {
    const folded = fold(word)
    for (const stem of stemsOf(word, languages)) {
      if (stem !== folded) addStem.run(stem, word)
    }
  }

  return {
    add (counts, messages, isBulk) {
      for (const [word, number] of counts) {
        if (known.has(word)) {
          pending.set(word, (pending.get(word) ?? 0) + number)
          continue
        }
        if (meet.run(word, number).changes === 1) addStems(word)
        else pending.set(word, (pending.get(word) ?? 0) + number)
        if (known.size >= MOST_KNOWN) known.clear()
        known.add(word)
      }
      pendingMessages += messages
      if (isBulk && pendingMessages < MOST_PENDING) return
      for (const word of [...pending.keys()].sort()) count.run(word, pending.get(word) ?? 0)
      pending.clear()
      pendingMessages = 0
    },
    leave (words) {
      for (const word of words) {
        known.delete(word)
        pending.delete(word)
        for (const stem of stemsOf(word, languages)) removeStem.run(stem, word)
        remove.run(word)
      }
    },
    forget () {
      known.clear()
      pending.clear()
    },
    setLanguages () {
      const wanted = [...languages].sort().join(' ')
      const current: unknown = db.prepare("SELECT value FROM meta WHERE key = 'languages'").pluck().get()
      if (current === wanted) return false
      db.exec('DELETE FROM stem')
      for (const word of db.prepare<[], string>('SELECT word FROM lexicon').pluck().all()) addStems(word)
      db.prepare("INSERT INTO meta VALUES ('languages', ?) ON CONFLICT DO UPDATE SET value = excluded.value").run(wanted)
      return current !== undefined
    }
  }
}

/** Looks up the tokens of all forms of a word given in its plain form, itself first. */
export function createFormsLookup (db: Database.Database, languages: readonly Language[]): (word: string) => string[] {
  const wordsOf = db.prepare<[string, number], string>(`
    SELECT word FROM stem JOIN lexicon USING (word)
    WHERE stem IN (SELECT value FROM json_each(?)) GROUP BY word ORDER BY df DESC LIMIT ?`).pluck()
  return word => {
    const stems = stemsOf(word, languages)
    const words = wordsOf.all(JSON.stringify(stems), MOST_FORMS)
    return [...new Set([fold(word), ...stems, ...words.map(fold)])].slice(0, MOST_FORMS)
  }
}
