// BCP 47 as far as it goes into an attribute: letters and digits in groups of up to eight.
const TAG = /^[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,8}$/
const NAMES = new Intl.DisplayNames('en-GB', { type: 'language', fallback: 'none' })

/** The language tag as an attribute may have it; undefined for what is none. */
export function languageTag (language: string | undefined): string | undefined {
  return language !== undefined && TAG.test(language) ? language : undefined
}

/** «German», «Brazilian Portuguese»; «another language» for what has no name. */
export function languageName (language: string): string {
  const tag = languageTag(language)
  if (tag === undefined) return 'another language'
  try {
    return NAMES.of(tag) ?? tag
  } catch {
    return tag
  }
}
