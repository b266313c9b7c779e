import type Database from 'better-sqlite3'
import lunr from 'lunr'

/** So many words of the lexicon are looked at for one word; enough for any word of a language with an alphabet. */
const MOST_SEEKS = 5_000
const LAST_POINT = 0x10ffff

export interface Spelling {
  /** Words of the lexicon that are one letter away: one more, one less, another, or two beside each other in the other order. */
  alike (word: string): string[]
}

/**
 * Walks lunr's machine for all words one letter away through the sorted lexicon, from word to word, so that nothing of the lexicon
 * is kept in memory and the work has a bound. (lunr.TokenSet.Builder, which would make a machine of the whole lexicon,
 * mixes up words with digits in them and so finds words that nobody said.)
 */
export function createSpelling (db: Database.Database): Spelling {
  const seek = db.prepare<[string], string>('SELECT word FROM lexicon WHERE word >= ? LIMIT 1').pluck()

  return {
    alike (word) {
      const found = new Set<string>()
      let seeks = 0

      function first (from: string, prefix: string): string | undefined {
        if (++seeks > MOST_SEEKS) return undefined
        const next = seek.get(from)
        return next?.startsWith(prefix) === true ? next : undefined
      }

      // `here`: the first word of the lexicon that begins so.
      function walk (node: lunr.TokenSet, prefix: string, here: string): void {
        if (node.final && here === prefix) found.add(here)
        for (const [letter, next] of Object.entries(node.edges)) {
          if (letter === '*') continue
          const there = first(prefix + letter, prefix + letter)
          if (there !== undefined) walk(next, prefix + letter, there)
        }
        const any = node.edges['*']
        if (any === undefined) return
        let there = here === prefix ? first(`${prefix}\u0001`, prefix) : here
        while (there !== undefined) {
          const point: number = there.codePointAt(prefix.length) ?? 0
          const taken = prefix + String.fromCodePoint(point)
          walk(any, taken, there)
          there = point === LAST_POINT ? undefined : first(prefix + String.fromCodePoint(afterPoint(point)), prefix)
        }
      }

      const any = seek.get('')
      if (any !== undefined) walk(lunr.TokenSet.fromFuzzyString(word, 1), '', any)
      found.delete(word)
      return [...found]
    }
  }
}

// Surrogates are no characters of their own.
function afterPoint (point: number): number {
  return point === 0xd7ff ? 0xe000 : point + 1
}
