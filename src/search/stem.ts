import lunr from 'lunr'
import { fold } from './fold.ts'
import { installPlugin } from './stem-plugin.ts'

export const LANGUAGES = [
  'ar', 'da', 'de', 'el', 'en', 'es', 'fi', 'fr', 'hu', 'it', 'nl', 'no', 'pt', 'ro', 'ru', 'sv', 'tr'
] as const

export type Language = typeof LANGUAGES[number]

const pipelines = new Map<Language, lunr.Pipeline>()
// The same as LETTERS for most words, and faster.
const ASCII_LETTERS = /^[a-z]{3,24}$/
const LETTERS = /^[\p{L}\p{M}]{3,24}$/u

/**
 * The stems of a word in its plain form, folded. It is stemmed with and without its accents, as stemmers rely on them and
 * people leave them out. Words that share a stem are forms of one word. Empty for what has no forms: names with digits,
 * short or very long words.
 */
export function stemsOf (word: string, languages: readonly Language[]): string[] {
  if (!isStemmable(word)) return []
  const folded = fold(word)
  const stems = new Set<string>()
  for (const language of languages) {
    const pipeline = pipelineOf(language)
    for (const form of folded === word ? [word] : [word, folded]) {
      const stem = fold(String(pipeline.run([new lunr.Token(form, {})])[0] ?? form))
      stems.add(stem === '' ? folded : stem)
    }
  }
  return [...stems]
}

export function isStemmable (word: string): boolean {
  return ASCII_LETTERS.test(word) || LETTERS.test(word)
}

function pipelineOf (language: Language): lunr.Pipeline {
  let pipeline = pipelines.get(language)
  if (pipeline === undefined) {
    pipeline = new lunr.Pipeline()
    pipeline.add(language === 'en' ? lunr.stemmer : pluginStemmer(language))
    pipelines.set(language, pipeline)
  }
  return pipeline
}

function pluginStemmer (language: Exclude<Language, 'en'>): lunr.PipelineFunction {
  const withPlugins = lunr as unknown as Record<string, { stemmer?: lunr.PipelineFunction } | undefined>
  if (withPlugins['stemmerSupport'] === undefined) installPlugin('stemmer.support')
  if (withPlugins[language] === undefined) installPlugin(language)
  const stemmer = withPlugins[language]?.stemmer
  if (stemmer === undefined) throw new TypeError(`lunr-languages has no stemmer for ${language}`)
  return stemmer
}
