import { analyse, isWord } from './analyse.ts'
import type { ChatToken } from './analyse.ts'
import type { Term } from './term.ts'

/** What a term asks of a message, in tokens of the analyser. Where both lists have members, both must be found. */
export interface Pattern {
  /** Word tokens that follow each other. */
  readonly words: readonly string[]
  /** Code tokens that follow each other. */
  readonly code: readonly string[]
  /** Whether the last of the words, or of the code, is only the beginning of one. */
  readonly isWordPrefix: boolean
  readonly isCodePrefix: boolean
  /** The plain form of a single word that may also be found in its other forms. */
  readonly stemmed?: string
}

/**
 * A longer phrase is looked for by its beginning. That finds the same messages, but a thousand times the same word does
 * not keep a core busy for minutes.
 */
const LONGEST_RUN = 32

/** Undefined for a term in which the analyser finds nothing to look for, such as `"..."`. */
export function patternOf (term: Term): Pattern | undefined {
  const tokens = analyse(term.text)
  const allWords = tokens.filter(isWord)
  const allCode = tokens.filter(token => !isWord(token))
  const words = allWords.slice(0, LONGEST_RUN)
  const code = allCode.slice(0, LONGEST_RUN)
  const isWhole = words.length === allWords.length && code.length === allCode.length
  const isPrefix = term.kind === 'prefix' && isWhole
  const lastWord = words.at(-1)
  const lastCode = code.at(-1)
  if (lastWord === undefined && lastCode === undefined) return undefined

  const endsInCode = lastCode !== undefined && lastCode.metadata.end >= (lastWord?.metadata.end ?? 0)
  const isCodePrefix = isPrefix && endsInCode
  const endsInCharacter = isWhole && lastWord?.metadata.isTail === true && !isPairOfTail(words.at(-2), lastWord)
  if (lastWord?.metadata.isTail === true && !endsInCharacter) words.pop()
  if (saysAll(code, words)) return { words: [], code: code.map(String), isWordPrefix: false, isCodePrefix }

  const [only] = words
  const isStemmed = term.kind === 'word' && words.length === 1 && code.length === 0 && !endsInCharacter
  return {
    words: words.map(String),
    code: code.map(String),
    isWordPrefix: endsInCharacter || (isPrefix && (!endsInCode || lastWord?.metadata.end === lastCode.metadata.end)),
    isCodePrefix,
    ...(isStemmed && only !== undefined && { stemmed: only.metadata.plain ?? String(only) })
  }
}

function isPairOfTail (before: ChatToken | undefined, tail: ChatToken): boolean {
  return before !== undefined && before.metadata.end === tail.metadata.end
}

// One unbroken chain of code that has every word in it.
function saysAll (code: readonly ChatToken[], words: readonly ChatToken[]): boolean {
  if (code.length === 0) return false
  const isChain = code.every((token, index) => index === 0 || token.metadata.start <= (code[index - 1] as ChatToken).metadata.end)
  const start = Math.min(...code.map(token => token.metadata.start))
  const end = Math.max(...code.map(token => token.metadata.end))
  return isChain && words.every(word => word.metadata.start >= start && word.metadata.end <= end)
}
