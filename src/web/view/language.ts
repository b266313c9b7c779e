// BCP 47 as far as it goes into an attribute: letters and digits in groups of up to eight.
const TAG = /^[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,8}$/
const names = new Map<string, Intl.DisplayNames>()

/** The language tag as an attribute may have it; undefined for what is none. */
export function languageTag (language: string | undefined): string | undefined {
  return language !== undefined && TAG.test(language) ? language : undefined
}

/** «German», «Brazilian Portuguese»; the tag itself for a language without a name, undefined for what is no tag. */
export function languageName (language: string, locale: string): string | undefined {
  const tag = languageTag(language)
  if (tag === undefined) return undefined
  const known = names.get(locale) ?? new Intl.DisplayNames(locale, { type: 'language', fallback: 'none' })
  names.set(locale, known)
  try {
    return known.of(tag) ?? tag
  } catch {
    return tag
  }
}
