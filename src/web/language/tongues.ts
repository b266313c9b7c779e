import { german } from './de.ts'
import { english } from './en.ts'
import { french } from './fr.ts'
import type { Tongue, Words } from './words.ts'

const WORDS: Readonly<Record<Tongue, Words>> = { en: english, de: german, fr: french }

export function wordsOf (tongue: Tongue): Words {
  return WORDS[tongue]
}
