// Harakat, Hebrew points, Latin, Greek and Cyrillic accents, marks around symbols. Not the vowel signs of Indic scripts or
// the dakuten of kana, which make other letters.
// eslint-disable-next-line no-misleading-character-class -- each of them by itself is meant
const MARKS = /[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u0610-\u061a\u0640\u064b-\u065f\u0670\u20d0-\u20ff]/g
const INVISIBLE = /[\s\p{Cc}\p{Cf}\p{Cs}\ufe00-\ufe0f]/gu
const ASCII = /^[\x21-\x7e]*$/

const LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', ł: 'l', đ: 'd', ð: 'd', þ: 'th', ħ: 'h', ı: 'i', ς: 'σ', ſ: 's'
}
const LETTER = /[ßæœøłđðþħıςſ]/g

/** Tokens end here, whatever was typed: half a kilobyte at most, and enough for any word or name. */
const LONGEST = 64

/** The word as written, but in lower case and compatibility form, without what cannot be seen. Stemmers want this form. */
export function plain (text: string): string {
  return cut(ASCII.test(text) ? text.toLowerCase() : text.normalize('NFKC').toLowerCase().normalize('NFC').replace(INVISIBLE, ''))
}

/** The form under which a plain word is compared: without accents, ß as ss. */
export function fold (word: string): string {
  if (ASCII.test(word)) return word
  return cut(word.normalize('NFD').replace(MARKS, '').normalize('NFC').replace(LETTER, letter => LETTERS[letter] ?? letter))
}

/** The form under which nicks are compared: case is ignored, accents are not. */
export function foldNick (nick: string): string {
  return nick.normalize('NFKC').toLowerCase().normalize('NFC')
}

function cut (text: string): string {
  if (text.length <= LONGEST) return text
  const splitsPair = /[\ud800-\udbff]/.test(text.charAt(LONGEST - 1))
  return text.slice(0, splitsPair ? LONGEST - 1 : LONGEST)
}
