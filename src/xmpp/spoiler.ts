import { beginning } from './bounded.ts'
import { children } from './element.ts'
import type { Element } from './element.ts'
import { isSameLanguage, languageOf } from './language.ts'
import { NS } from './namespaces.ts'

const MAX_HINT = 500

/** XEP-0382: what is said of a text that is to be shown on demand only, '' when nothing is; undefined when it hides nothing. */
export function parseSpoiler (message: Element, language: string | undefined): string | undefined {
  const spoilers = children(message, 'spoiler', NS.SPOILER)
  const spoiler = spoilers.find(element => isSameLanguage(languageOf(element), language)) ?? spoilers[0]
  return spoiler === undefined ? undefined : beginning(MAX_HINT, spoiler.getText()) ?? ''
}
