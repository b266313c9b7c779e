/** Lucene's whitespace analyser cuts tokens at 255 characters. */
const LONGEST = 250

/**
 * A token of ours as one for Lucene: small letters and digits stand for themselves, every other UTF-16 unit is X and four hexadecimal
 * digits. So nothing that anybody wrote is syntax, no token is one of Lucene's words (AND, OR, NOT, TO), and what begins a token still
 * begins it.
 */
export function luceneToken (token: string): string {
  return token.replace(/[^a-z0-9]/g, unit => `X${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).slice(0, LONGEST)
}
