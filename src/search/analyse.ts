import lunr from 'lunr'
import { fold, plain } from './fold.ts'

/** Raised whenever the tokens of a text change: indexes made by another version are rebuilt. */
export const ANALYSER_VERSION = '1'

/**
 * What the analyser makes of a text; the same for the index, for queries and for highlighting. `word` tokens are the
 * words in their order; `code` tokens stand beside them and keep what punctuation makes of words: `foo::bar`, `c++`,
 * `--flag`, `#room`, `:)`. Longer chains are kept as overlapping pairs (`urn:xmpp xmpp:mam mam:2`), so that any part
 * of a name, an address or a version is found inside a longer one.
 */
export type ChatToken = lunr.Token & { readonly metadata: TokenMetadata }

export interface TokenMetadata {
  readonly kind: 'word' | 'code' | 'marks' | 'ideographs'
  /** Place in the text, in UTF-16 units, the end not included. */
  readonly start: number
  readonly end: number
  /** Of a word, where folding changed it: its form before, for stemmers. */
  plain?: string
  /** Of ideographs only, which are kept in pairs: whether it is the last character, alone, so that every character begins a token. */
  readonly isTail?: boolean
}

/** The rest of a text longer than this is not analysed: no person writes it, and one message must not occupy a core. */
const LONGEST_TEXT = 100_000

const IDEOGRAPH = '[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Hangul}\\p{Script=Bopomofo}' +
  '\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}\\u3099\\u309a\\u30fc\\uff70\\uff9e\\uff9f]'
const STYLE = '(?:\\ufe0f|\\p{EMod}|[\\u{e0020}-\\u{e007f}])*'
const EMOJI = `\\p{RI}{2}|\\p{ExtPict}${STYLE}(?:\\u200d\\p{ExtPict}${STYLE})*`
const LETTER = '[\\p{L}\\p{N}\\p{M}\\u00ad\\u200c\\u200d]'
// Groups: 1 a word or an emoji, 2 marks, none ideographs.
const RUN = new RegExp(
  `((?!${IDEOGRAPH})[\\p{L}\\p{N}](?:(?!${IDEOGRAPH})${LETTER})*|${EMOJI})|((?:(?!\\p{ExtPict})[\\p{P}\\p{S}]\\p{M}*)+)|${IDEOGRAPH}+`,
  'gu')
const ASCII_TEXT = /^[\0-\x7f]*$/
// The same as RUN where a text is ASCII, and several times faster.
const ASCII_RUN = /([A-Za-z0-9]+)|([!-/:-@[-`{-~]+)/g

// Between two words these make one name; other marks (hyphen, apostrophe, comma) only join words that are also words.
const JOINS = /^(?=.*[:.@/\\_#+=&$%~^|<>?]).{1,3}$/u
const BEFORE_WORD = /(?:--?|[$@%&][*!^]|[#@$%!~&+\\]|::?|(?<!\.)\.|(?<!\/)\/)$/
const AFTER_WORD = /^(?:\+\+?|[#%$])/
const PROSE = /^[.,;!?'"()«»„“”‚‘’–—_*`~-]*$/

/** Tokens of both kinds in the order of the text. Never throws; control characters separate words. */
export function analyse (text: string): ChatToken[] {
  return pipeline.run(split(text.slice(0, LONGEST_TEXT))) as ChatToken[]
}

export function isWord (token: ChatToken): boolean {
  return token.metadata.kind === 'word'
}

function split (text: string): lunr.Token[] {
  const tokens: lunr.Token[] = []
  const run = ASCII_TEXT.test(text) ? ASCII_RUN : RUN
  run.lastIndex = 0
  for (let match = run.exec(text); match !== null; match = run.exec(text)) {
    const kind = match[1] !== undefined ? 'word' : match[2] !== undefined ? 'marks' : 'ideographs'
    tokens.push(makeToken(match[0], { kind, start: match.index, end: run.lastIndex }))
  }
  return tokens
}

function normalize (token: lunr.Token): lunr.Token | null {
  const { metadata } = token as ChatToken
  const word = plain(token.toString())
  const folded = fold(withoutTone(word))
  if (folded === '') return null
  if (folded !== word) metadata.plain = word
  return token.update(() => folded)
}

// A thumb is a thumb, whatever its colour.
function withoutTone (word: string): string {
  return word.includes('\ud83c') ? word.replace(/\p{EMod}/gu, '') : word
}

function joinCode (token: lunr.Token, index: number, tokens: lunr.Token[]): lunr.Token | lunr.Token[] {
  if (kindOf(token) !== 'marks') return token
  const { start, end } = (token as ChatToken).metadata
  const before = tokens[index - 1] as ChatToken | undefined
  const after = tokens[index + 1] as ChatToken | undefined
  const left = before !== undefined && isWord(before) && before.metadata.end === start ? before : undefined
  const right = after !== undefined && isWord(after) && after.metadata.start === end ? after : undefined
  const marks = token.toString()
  if (left === undefined && right === undefined) {
    return marks.length > 1 && !PROSE.test(marks) ? [makeToken(marks, { kind: 'code', start, end })] : []
  }
  const code: lunr.Token[] = []
  const add = (from: ChatToken | undefined, sign: string, to: ChatToken | undefined, span: { start: number, end: number }) =>
    code.push(makeToken(`${String(from ?? '')}${sign}${String(to ?? '')}`, { kind: 'code', ...span }))

  const tail = left === undefined ? '' : AFTER_WORD.exec(marks)?.[0] ?? ''
  if (left !== undefined && tail !== '') add(left, tail, undefined, { start: left.metadata.start, end: Math.min(start + tail.length, end) })
  if (left !== undefined && right !== undefined && JOINS.test(marks)) {
    add(left, marks, right, { start: left.metadata.start, end: right.metadata.end })
  }
  const head = right === undefined ? '' : BEFORE_WORD.exec(marks)?.[0] ?? ''
  const isOwn = left === undefined || head === '#' || head.length < marks.length
  if (right !== undefined && head !== '' && isOwn) add(undefined, head, right, { start: Math.max(end - head.length, start), end: right.metadata.end })
  return code
}

function pairIdeographs (token: lunr.Token): lunr.Token | lunr.Token[] {
  if (kindOf(token) !== 'ideographs') return token
  const { start, end } = (token as ChatToken).metadata
  const characters = [...token.toString()]
  const widths = characters.map(character => character.length)
  // Folding may change lengths (half-width kana): then every pair stands for the whole run.
  const isExact = widths.reduce((sum, width) => sum + width, 0) === end - start
  let at = start
  return characters.map((character, index) => {
    const next = characters[index + 1]
    const from = at
    at += character.length
    const text = character + (next ?? '')
    return makeToken(text, {
      kind: 'word',
      start: isExact ? from : start,
      end: isExact ? from + text.length : end,
      isTail: next === undefined
    })
  })
}

function kindOf (token: lunr.Token): TokenMetadata['kind'] {
  return (token as ChatToken).metadata.kind
}

function makeToken (text: string, metadata: TokenMetadata): lunr.Token {
  return new lunr.Token(text, metadata)
}

lunr.Pipeline.registerFunction(normalize, 'hansard-normalize')
lunr.Pipeline.registerFunction(joinCode, 'hansard-join-code')
lunr.Pipeline.registerFunction(pairIdeographs, 'hansard-pair-ideographs')
const pipeline = new lunr.Pipeline()
pipeline.add(normalize, joinCode, pairIdeographs)
