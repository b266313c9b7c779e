import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { LANGUAGES, stemsOf } from '../../src/search/stem.ts'
import type { Language } from '../../src/search/stem.ts'

const PAIRS: Readonly<Record<Language, readonly [string, string]>> = {
  ar: ['كتاب', 'الكتاب'],
  da: ['huset', 'huse'],
  de: ['häuser', 'haus'],
  el: ['γραμματα', 'γραμματων'],
  en: ['searching', 'searches'],
  es: ['buscando', 'buscar'],
  fi: ['taloissa', 'talot'],
  fr: ['chercher', 'cherchant'],
  hu: ['házak', 'házat'],
  it: ['cercare', 'cercando'],
  nl: ['boeken', 'boek'],
  no: ['huset', 'husene'],
  pt: ['procurar', 'procurando'],
  ro: ['căutare', 'căutarea'],
  ru: ['книга', 'книгами'],
  sv: ['flickor', 'flickorna'],
  tr: ['evler', 'evlerin']
}

for (const language of LANGUAGES) {
  const [one, other] = PAIRS[language]
  test(`${one} and ${other} are forms of one word in ${language}`, () => {
    const stems = stemsOf(one, [language])
    assert.ok(stemsOf(other, [language]).some(stem => stems.includes(stem)), `${stems.join()} and ${stemsOf(other, [language]).join()}`)
  })
}

test('a word typed without its accents has the same stem', () => {
  assert.ok(stemsOf('mangees', ['fr']).some(stem => stemsOf('mangées', ['fr']).includes(stem)))
})

test('names with digits, ideographs and endless words have no forms', () => {
  for (const word of ['x11', 'ab', '検索', 'x'.repeat(25), '🎉', '']) assert.deepEqual(stemsOf(word, ['en', 'de']), [])
})
