import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import fc from 'fast-check'
import { analyse, isWord } from '../../src/search/analyse.ts'
import { fold, plain } from '../../src/search/fold.ts'

const TABLE: ReadonlyArray<readonly [text: string, words: string, code: string]> = [
  ['Hello, World!', 'hello world', ''],
  ['Foo::Bar.new', 'foo bar new', 'foo::bar bar.new'],
  ['urn:xmpp:mam:2', 'urn xmpp mam 2', 'urn:xmpp xmpp:mam mam:2'],
  ['(C++)', 'c', 'c++'],
  ['C++,C#', 'c c', 'c++ c++,c c#'],
  ['node.js node.', 'node js node', 'node.js'],
  ['"#channel" @nick', 'channel nick', '#channel @nick'],
  ['--flag -x a-b', 'flag x a b', '--flag -x'],
  ['1.12.3 v2', '1 12 3 v2', '1.12 12.3'],
  ['https://example.org/a', 'https example org a', 'https://example example.org org/a'],
  ['user@example.org', 'user example org', 'user@example example.org'],
  ['_emphasis_ *strong* `code`', 'emphasis strong code', ''],
  ['wait... what?!', 'wait what', ''],
  [':) ==> <3', '3', ':) ==>'],
  ["don't l’homme", 'don t l homme', ''],
  ['$*IN @array %hash', 'in array hash', '$*in @array %hash'],
  ['検索エンジン', '検索 索エ エン ンジ ジン ン', ''],
  ['索', '索', ''],
  ['2024年Perl入門', '2024 年 perl 入門 門', ''],
  ['🎉🎉 👍🏽', '🎉 🎉 👍', ''],
  ['🇩🇪 ❤️ 1️⃣', '🇩🇪 ❤ 1', ''],
  ['Straße ÅNGSTRÖM Łódź Œuvre', 'strasse angstrom lodz oeuvre', ''],
  ['e\u0301te\u0301 = été', 'ete ete', ''],
  ['ΟΔΟΣ οδός', 'οδοσ οδοσ', ''],
  ['Ｆｕｌｌ：Ｗｉｄｔｈ', 'full width', 'full:width'],
  ['soft\u00adhyphen zero\u200bwidth', 'softhyphen zero width', ''],
  ['हिन्दी', 'हिन्दी', ''],
  ['a\0b\tc\u0085d\ud800e', 'a b c d e', ''],
  ['', '', '']
]

for (const [text, words, code] of TABLE) {
  test(`${JSON.stringify(text)} has the words "${words}" and the code "${code}"`, () => {
    const tokens = analyse(text)
    assert.equal(tokens.filter(isWord).join(' '), words)
    assert.equal(tokens.filter(token => !isWord(token)).join(' '), code)
  })
}

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('a', 'B', '1', ':', '.', '+', '#', '-', ' ', 'ß', 'İ', '検', 'ｶ', 'ﾞ', '👍', '\u{1f3fd}', '\u200d', '\ufe0f', '\u0301', '\ud83c', '\0') }))

test('tokens of any text are short, have no space or control character and lie within the text', () => {
  fc.assert(fc.property(anyText, text => {
    for (const token of analyse(text)) {
      const { start, end } = token.metadata
      assert.ok(start >= 0 && start < end && end <= text.length)
      assert.match(token.toString(), /^[^\s\p{Cc}]{1,140}$/u)
    }
  }), { numRuns: 2000 })
})

test('words are the same in any Unicode normal form', () => {
  fc.assert(fc.property(fc.string({ unit: 'grapheme' }).filter(text => !/\p{S}/u.test(text)), text => {
    assert.deepEqual(analyse(text.normalize('NFD')).map(String), analyse(text.normalize('NFC')).map(String))
  }), { numRuns: 1000 })
})

test('folding twice is folding once', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), text => {
    const folded = fold(plain(text))
    assert.equal(fold(plain(folded)), folded)
  }), { numRuns: 1000 })
})
